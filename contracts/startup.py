"""What all statistics share: the start-up that they leave out and the bins that they count in. A module that takes no time to import."""

START_MS = 500.0
"""End of the start-up (ms), as in Schmidt et al. (2018)."""

BIN_MS = 1.0
"""Bins in which spikes are counted (ms)."""
