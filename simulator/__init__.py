"""Network file to spikes: one definition of the network in integers, several backends that run it."""
