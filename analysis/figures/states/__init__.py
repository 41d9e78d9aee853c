"""Figures that set the states of an experiment side by side."""
