"""The temporal hierarchy: one order of the areas that fits all their lags or the rise of activity that they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

Array = NDArray[np.float64]

BEFORE, AFTER = 100, 150
"""Bins (ms) before and after the steepest rise."""


@dataclass(frozen=True)
class TemporalHierarchy:
    """Places of the areas in time.

    Attributes
    ----------
    heights
        Place of each area, from 0 (leads) to 1 (comes last); NaN for areas without lags.
    span_ms
        Time between the first and the last of them.
    violations
        Pairs of areas that the hierarchy has in the other order than their lag.
    pairs
        Pairs of areas with a lag other than zero.
    """

    heights: pd.Series[float]
    span_ms: float
    violations: int
    pairs: int


def temporal_hierarchy(lag: pd.DataFrame) -> TemporalHierarchy:
    """Fit places h that minimise the sum over pairs of (h_i - h_j - lag_ij)^2, and map them to 0..1.

    The problem is linear: where all lags are known, h_i is the mean of row i. The original starts a general minimiser at random, which
    finds the same.

    Parameters
    ----------
    lag
        Lags (ms) of areas (rows) behind references (columns), antisymmetric; NaN where there is none.
    """
    values = lag.to_numpy(dtype=float)
    known = np.isfinite(values) & ~np.eye(len(values), dtype=bool)
    placed = known.any(axis=1)
    heights = np.full(len(values), np.nan)
    if not placed.any():
        return TemporalHierarchy(pd.Series(heights, lag.index), np.nan, 0, 0)
    weights = known[np.ix_(placed, placed)].astype(float)
    normal = np.diag(weights.sum(axis=1)) - weights  # sum_j (h_i - h_j) = sum_j lag_ij, for the derivative by each h_i to vanish
    solution = np.linalg.lstsq(normal, np.where(known, values, 0.0)[placed].sum(axis=1), rcond=None)[0]
    span = float(np.ptp(solution))
    heights[placed] = (solution - solution.min()) / span if span > 0 else 0.0
    later = np.triu(known & (values != 0))
    wrong = later & (np.sign(heights[:, None] - heights[None, :]) != np.sign(values))
    return TemporalHierarchy(pd.Series(heights, lag.index), span, int(wrong.sum()), int(later.sum()))


def violations_by_chance(lag: pd.DataFrame, draws: int = 200, seed: int = 1) -> float:
    """Mean share of pairs against the hierarchy where the lags of the pairs have their signs at random; NaN without lags."""
    rng = np.random.default_rng(seed)
    shares = []
    for _ in range(draws):
        signs = np.triu(rng.choice([-1.0, 1.0], lag.shape), 1)
        found = temporal_hierarchy(lag * (signs + signs.T))
        shares.append(found.violations / found.pairs if found.pairs else np.nan)
    return float(np.mean(shares))


def rank_correlation(temporal: pd.Series[float], structural: Array) -> tuple[float, float]:
    """Spearman correlation of two hierarchies over the areas that have both, and its p value; NaN for fewer than three areas."""
    times = temporal.to_numpy(dtype=float)
    both = np.isfinite(times) & np.isfinite(structural)
    if both.sum() < 3:
        return np.nan, np.nan
    result = spearmanr(times[both], structural[both])
    return float(result.statistic), float(result.pvalue)


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
