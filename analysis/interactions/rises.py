"""A rise of activity that many areas share, and when each of them joins it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BEFORE, AFTER = 100, 150
"""Bins (ms) before and after the steepest rise."""


def steepest_rise(rates: Array) -> int:
    """Find the bin in which the areas together rise most steeply, as far from the ends as a stretch around it reaches.

    Parameters
    ----------
    rates
        Smoothed rates in bins of 1 ms, shape (areas, bins), more than `BEFORE` + `AFTER` bins; each area counts in units of its own
        standard deviation.
    """
    spread = rates.std(axis=1, keepdims=True)
    together = np.divide(rates, spread, out=np.zeros_like(rates), where=spread > 0).mean(axis=0)
    slope = np.gradient(together)
    return BEFORE + int(np.argmax(slope[BEFORE : len(slope) - AFTER]))


def rise_times(rates: Array) -> Array:
    """When rates reach half their way up; bins, linear between them, shape (areas,).

    Parameters
    ----------
    rates
        Smoothed rates around the rise, shape (areas, bins).

    Returns
    -------
    numpy.ndarray
        For each area the last crossing, before its maximum, of the middle between this and the lowest rate before it; NaN where the maximum
        comes first.
    """
    times = np.full(len(rates), np.nan)
    for place, row in enumerate(rates):
        top = int(row.argmax())
        if top == 0 or row[top] == row[:top].min():
            continue
        middle = (row[top] + row[:top].min()) / 2
        below = int(np.flatnonzero(row[:top] < middle)[-1])
        times[place] = below + (middle - row[below]) / (row[below + 1] - row[below])
    return times
