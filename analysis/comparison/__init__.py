"""Comparison of simulations: distances, their natural spread, the published values, and the acceptance of the full model."""
