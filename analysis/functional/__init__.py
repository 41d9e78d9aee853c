"""Functional connectivity: how the activity of areas goes together, in the simulation, as fMRI would see it, and in experiments."""
