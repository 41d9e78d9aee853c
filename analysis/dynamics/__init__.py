"""Dynamics over time: spike counts of populations, and what follows from them."""
