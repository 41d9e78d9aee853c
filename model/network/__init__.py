"""Networks: weights, delays, streams, stimuli, overrides and scaling, from anatomy and parameters to the network file."""
