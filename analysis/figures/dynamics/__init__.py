"""Figures of the dynamics: what the simulated network does over time."""
