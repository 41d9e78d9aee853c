"""From anatomy and parameters to the network file: scaling, subsets of areas, weights, delays, integer tables."""

from model.network.assemble import assemble_network
from model.network.build import build_network

__all__ = ["assemble_network", "build_network"]
