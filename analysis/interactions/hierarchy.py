"""One order of the areas in time that fits all their lags, and how it compares with the order of the anatomy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

Array = NDArray[np.float64]


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
