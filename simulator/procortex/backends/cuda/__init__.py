"""The cuda backend: the network on one GPU."""
