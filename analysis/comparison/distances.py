"""Distances between distributions whose values are given with counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BINS = 1_000_000
"""No Freedman-Diaconis histogram of the published data has more than 105,558 bins; beyond this it says nothing."""


@dataclass(frozen=True)
class Sample:
    """Distinct values, ascending, and how often each occurs."""

    value: NDArray[np.float64]
    count: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Sample:
        """Sample of plain values."""
        distinct, count = np.unique(values, return_counts=True)
        return cls(distinct, count.astype(np.float64))

    def order_statistic(self, rank: int) -> float:
        """Value of a rank (from 0) among all values."""
        return float(self.value[np.searchsorted(np.cumsum(self.count), rank, side="right")])

    def quantile(self, q: float) -> float:
        """Quantile, interpolated between order statistics as by `numpy.quantile`."""
        position = q * (self.count.sum() - 1)
        low = self.order_statistic(int(position))
        return float(low + (position - int(position)) * (self.order_statistic(int(np.ceil(position))) - low))


def cumulative(samples: Sequence[Sample]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Empirical distribution functions on the union of all values.

    Returns
    -------
    tuple
        Grid, shape (g,), and distribution functions, shape (len(samples), g).
    """
    grid = np.unique(np.concatenate([sample.value for sample in samples]))
    functions = np.empty((len(samples), len(grid)))
    for function, sample in zip(functions, samples, strict=True):
        total = np.concatenate([[0.0], np.cumsum(sample.count)])
        function[:] = total[np.searchsorted(sample.value, grid, side="right")] / total[-1]
    return grid, functions


def kolmogorov_smirnov(first: Sample, second: Sample) -> float:
    """Largest difference of the distribution functions."""
    _, (f, g) = cumulative([first, second])
    return float(np.abs(f - g).max())


def wasserstein(first: Sample, second: Sample) -> float:
    """First Wasserstein distance, the area between the distribution functions, in the values' unit."""
    grid, (f, g) = cumulative([first, second])
    return float(np.abs(f - g)[:-1] @ np.diff(grid))


def freedman_diaconis_edges(truth: Sample) -> NDArray[np.float64] | None:
    """Bin edges as in Knight and Nowotny (2021): ``linspace(min, max, nb)``, so nb - 1 bins.

    nb is the range over the Freedman-Diaconis width ``2 IQR / n^(1/3)``, rounded up. None where the interquartile range
    is 0 or the bins would be more than a million.
    """
    width = 2.0 * (truth.quantile(0.75) - truth.quantile(0.25)) / truth.count.sum() ** (1 / 3)
    extent = float(truth.value[-1] - truth.value[0])
    if width <= 0.0 or not 1.0 < extent / width < MAX_BINS:
        return None
    return np.linspace(truth.value[0], truth.value[-1], int(np.ceil(extent / width)))


def kl_of_histograms(truth: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Kullback-Leibler divergence of two histograms: sum of p ln(p / q) over bins with q > 0, both renormalised there."""
    kept = other > 0
    p, q = truth[kept] / truth[kept].sum(), other[kept] / other[kept].sum()
    positive = p > 0
    return float(np.sum(p[positive] * np.log(p[positive] / q[positive])))


def kullback_leibler(truth: Sample, other: Sample) -> float:
    """KL divergence of `other` from `truth` on the truth's Freedman-Diaconis bins (values outside them are dropped).

    NaN where there are no such bins or nothing of `other` or of `truth` is left.
    """
    edges = freedman_diaconis_edges(truth)
    if edges is None or len(edges) < 2:
        return float("nan")
    p, q = (np.histogram(sample.value, edges, weights=sample.count)[0] for sample in (truth, other))
    if not (p * q).any():
        return float("nan")
    return kl_of_histograms(p, q)
