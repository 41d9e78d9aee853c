"""From anatomical data and an experiment's configuration to the network file."""
