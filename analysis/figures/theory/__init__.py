"""Figures of the mean-field theory and of the stabilisation."""
