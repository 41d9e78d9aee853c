"""Responses to stimuli: when they came, and what the areas did around them."""

PAUSE_MS = 20.0
"""Stimuli less than this apart are one presentation: there is no time between them to see the network by itself."""

LEAST_AFTER_MS = 50.0
"""Shortest time after an onset that shows a response."""
