"""How far two simulators may lie apart: bands that hold, all together, with a family-wise error of 5 %.

The null hypothesis is that both simulators draw their runs from the same law. With m judged numbers each gets the level
``0.05 / m`` (Bonferroni): nothing is assumed about how statistics, populations and states depend on each other.

**Several seeds** (N runs in all, at least 4). The unit is the run: areas and neurons of one run fluctuate together, so they
are no independent observations, and only the spread between seeds says what is natural.

* Means. The value of a run is the mean over areas. For equal normal spread of both simulators the difference of the
  simulators' means over ``s sqrt(1/n + 1/n')`` is Student's t with ``f = N - 2`` degrees of freedom.
* Distances. With d the distance of two runs, let ``W = sum_within d^2 / n`` (added up over both simulators) and ``T = sum_all d^2 / N``.
  ``F = f (T - W) / W`` compares cross with within distances (Anderson 2001). If runs were Gaussian points with variances
  l_k along independent modes, T - W and W would be ``sum_k l_k chi^2`` with 1 and f degrees of freedom, and F nearly
  Fisher's F with (v, f v) degrees of freedom, where ``v = (sum l)^2 / sum l^2 >= 1`` is the effective number of modes. The
  relative spread of within distances tells v: ``r = mean(d^4) / W^2`` has the expectation ``4 (v + 2) / (f^2 v + 2 f)``. One
  population has too few distances for that, so v is that of the population with the largest r among those of the same
  state, statistic and measure: the widest band that any of them asks for. v = 1 gives the t interval back.
  Assumed: the distance is roughly Euclidean, and populations have similar modes; the simulated tests try what departs from it.

**One seed each** (or three runs in all; bands of distances are then those of the first reference and the last candidate).
Nothing tells the spread between seeds, so areas are taken as independent units (a mode common to all
areas would make this band too narrow). Under the null hypothesis the runs may be swapped within any area: signs of the
areas' differences are flipped at random, and the band ends at the quantile of the largest difference so obtained. Where
areas cannot be paired (resting state of the published values), all area values are dealt out anew instead. Below about 14
areas there are too few arrangements to judge.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.comparison.distances import Sample

Band = tuple[float, float]
FAMILY_LEVEL = 0.05
MIN_DEGREES = 2
"""Seeds tell their spread from this f = N - 2 on."""
MIN_CELLS = 4
"""With fewer populations to learn the number of modes from, it is taken as 1."""
EXCEEDANCES = 20
"""Random arrangements per family level: so many lie beyond the band on average."""
FLIP_SEED = 20210217
BATCH = 2048

NO_BAND: Band = (float("nan"), float("nan"))


def mean_band(reference: NDArray[np.float64], candidate: NDArray[np.float64], level: float) -> Band:
    """Band of the difference of means (candidate - reference) of several runs.

    Parameters
    ----------
    reference, candidate
        One value for each run.
    level
        Probability of a difference outside under the null hypothesis.
    """
    from scipy import stats

    degrees = len(reference) + len(candidate) - 2
    squares = sum(float(np.square(group - group.mean()).sum()) for group in (reference, candidate))
    half = float(stats.t.isf(level / 2, degrees)) * np.sqrt(squares / degrees * (1 / len(reference) + 1 / len(candidate)))
    return -half, half


def _parts(distance: NDArray[np.float64], n_reference: int) -> tuple[NDArray[np.float64], float, float, int]:
    """Squared within distances, W, sum of squared within distances, and degrees of freedom."""
    squared = np.square(distance)
    groups = [squared[:n_reference, :n_reference], squared[n_reference:, n_reference:]]
    within = [group[np.triu_indices(len(group), 1)] for group in groups]
    total = sum(float(pairs.sum()) / len(group) for pairs, group in zip(within, groups, strict=True))
    together = np.concatenate(within)
    return together, total, float(together.sum()), len(distance) - 2


def effective_modes(distances: Sequence[NDArray[np.float64]], n_reference: int) -> float:
    """Effective number v of independent modes in which runs differ: the lowest that any population's distances suggest.

    Parameters
    ----------
    distances
        Matrix of distances between runs, reference runs first, for each population.
    n_reference
        Number of reference runs.
    """
    ratios = []
    for distance in distances:
        within, total, _, degrees = _parts(distance, n_reference)
        if total > 0:
            # W has f degrees of freedom however many runs each group has, and d^2 / 2 that of one: the mean over pairs is exact
            ratios.append(float(np.square(within).mean()) / total**2)
    if len(ratios) < MIN_CELLS:
        return 1.0
    largest = max(ratios)
    excess = largest * degrees**2 - 4.0
    return max(1.0, (8.0 - 2.0 * degrees * largest) / excess) if excess > 0 else float("inf")


def distance_band(distance: NDArray[np.float64], n_reference: int, modes: float, level: float) -> Band:
    """Band of the root mean square of the distances between runs of the two simulators.

    Parameters
    ----------
    distance
        Distances between runs, reference runs first.
    n_reference
        Number of reference runs.
    modes
        Effective number of modes, from `effective_modes`.
    level
        Probability of a distance above the band under the null hypothesis.
    """
    from scipy import stats

    _, within, within_sum, degrees = _parts(distance, n_reference)
    modes = min(modes, 1e6)
    limit = float(stats.f.isf(level, modes, degrees * modes))
    crossed = len(distance) * within * (1.0 + limit / degrees) - within_sum
    return 0.0, float(np.sqrt(crossed / (n_reference * (len(distance) - n_reference))))


def cross_distance(distance: NDArray[np.float64], n_reference: int) -> float:
    """Root mean square of the distances between runs of the two simulators."""
    return float(np.sqrt(np.square(distance[:n_reference, n_reference:]).mean()))


def paired_rows(reference: Sequence[Sample], candidate: Sequence[Sample], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each area's part of the difference of the pooled distribution functions on a grid; shape (areas, grid)."""
    sizes = [sum(float(sample.count.sum()) for sample in side) for side in (reference, candidate)]
    rows = [np.array([_below(sample, grid) for sample in side]) / size for side, size in zip((reference, candidate), sizes, strict=True)]
    return np.asarray(rows[1] - rows[0])


def _below(sample: Sample, grid: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(sample.count)])
    return np.asarray(total[np.searchsorted(sample.value, grid, side="right")])


def can_flip(units: int, level: float) -> bool:
    """Whether so many paired areas allow a band at this level at all."""
    return 2.0 ** (units - 1) * level >= EXCEEDANCES / 4


def flipped_quantiles(rows: NDArray[np.float64], widths: NDArray[np.float64], level: float, *, paired: bool) -> tuple[float, float]:
    """Quantiles of the largest and of the integrated absolute difference under random arrangements.

    Parameters
    ----------
    rows
        Contributions of the units: each area's difference (`paired`), or each single value's with positive sign (first the
        reference's, then as many of the candidate), on a grid; shape (units, grid).
    widths
        Width of each grid cell, for the integral.
    level
        Probability above the quantiles.
    paired
        Whether signs are flipped per row; else half of the rows get a minus at random.
    """
    rng = np.random.default_rng(FLIP_SEED)
    draws = int(np.ceil(EXCEEDANCES / level))
    largest, integrated = [], []
    for start in range(0, draws, BATCH):
        size = (min(BATCH, draws - start), len(rows))
        if paired:
            signs = rng.integers(0, 2, size) * 2.0 - 1.0
        else:
            signs = rng.permuted(np.broadcast_to(np.where(np.arange(len(rows)) < len(rows) // 2, -1.0, 1.0), size), axis=1)
        difference = np.abs(signs @ rows)
        largest.append(difference.max(axis=1))
        integrated.append(difference @ widths)
    ks, w1 = (float(np.quantile(np.concatenate(values), 1.0 - level, method="higher")) for values in (largest, integrated))
    return ks, w1
