"""The start-up of a simulation, which all statistics leave out: one constant, in a module that takes no time to import."""

START_MS = 500.0
"""End of the start-up (ms), as in Schmidt et al. (2018)."""
