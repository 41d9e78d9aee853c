"""Dynamics over time: spike counts and rates, lags and hierarchy of areas, Granger causality, responses to stimuli."""
