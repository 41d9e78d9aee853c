"""Quantile functions as tables: a random level, uniform over a table, reads off a random value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri_exp

from model.network.circuit import Mask, Matrix, Vector


def midpoints(levels: int) -> Vector:
    """Probabilities in the middle of `levels` equal parts of [0, 1]."""
    return (np.arange(levels) + 0.5) / levels


def redrawn_normal_quantiles(mean: float, sd: float, lower: float, levels: int) -> Vector:
    """Quantiles of a normal distribution that is redrawn below a bound.

    Parameters
    ----------
    mean, sd
        Parameters of the normal distribution.
    lower
        Smallest value; a distribution without spread is cut there.
    levels
        Number of quantiles, at ``(level + 1/2) / levels``.
    """
    if sd == 0:
        return np.full(levels, max(mean, lower))
    # in logarithms and counted from the upper tail: precise even where the bound lies many standard deviations above the mean
    log_above = np.log1p(-midpoints(levels)) + log_ndtr((mean - lower) / sd)
    return np.asarray(np.maximum(mean - sd * ndtri_exp(log_above), lower), dtype=np.float64)


def distinct_classes(mean: Matrix, sd: Matrix, connected: Mask, law: Mask | None = None) -> tuple[Matrix, NDArray[np.int32]]:
    """Find the distinct distributions and number them.

    Parameters
    ----------
    mean, sd
        Parameters of the distribution of each pair, shape (n, n).
    connected
        Pairs that count, shape (n, n).
    law
        Further mark that tells distributions apart, shape (n, n); None where all are of one kind.

    Returns
    -------
    tuple
        Mean, sd and, if given, law of each class, shape (classes, 2 or 3), and the class of each pair, shape (n, n), -1 where not
        connected.
    """
    columns: list[Vector] = [mean[connected], sd[connected], *([] if law is None else [law[connected].astype(np.float64)])]
    classes, place = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    of_pair = np.full(mean.shape, -1, dtype=np.int32)
    of_pair[connected] = place.reshape(-1)
    return classes, of_pair
