"""Networks: anatomy and parameters to the network file."""
