"""Functional connectivity: how the activity of areas goes together, in the simulation, as fMRI would see it, and in experiments."""

SHORTEST_WINDOW = 100.0
"""Shortest window (ms) that is correlated."""

SHORTEST_BOLD = 30_000.0
"""Shortest simulation (ms) whose BOLD signal is correlated: it varies over ten seconds, so that shorter ones tell nothing."""

FEWEST_AREAS = 3
"""Two areas have one correlation: matrices of them cannot be compared."""
