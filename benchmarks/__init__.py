"""Measurements: every number of speed and memory in the docs comes from a command here."""
