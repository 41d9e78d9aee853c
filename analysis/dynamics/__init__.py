"""Dynamics over time: spike counts and rates, lags and hierarchy of areas, Granger causality, responses to stimuli."""

SHORTEST_LAGS_MS = 1500.0
"""Shorter series hold too few independent stretches for lags of up to 100 ms."""

SHORTEST_GRANGER_MS = 10_000.0
"""Shorter series leave too few samples for the parameters of a model of Granger causality."""
