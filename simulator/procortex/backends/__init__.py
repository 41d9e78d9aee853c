"""The engines that run a network: the same files in, the same files out."""
