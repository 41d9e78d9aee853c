"""Poisson counts in integers: thresholds for a uniform random number of 31 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

from model.network.circuit import Matrix

BITS = 31
NEVER = 2**BITS - 1
"""No random number of 31 bits is greater."""


def poisson_thresholds(mean: Matrix) -> NDArray[np.int32]:
    """Thresholds below which a random number has to lie to make another event.

    The number of events is the number of entries below ``r``, uniform in 0 .. 2**31 - 1. Entry k is ``round(2**31 * CDF(k)) - 1``.

    Parameters
    ----------
    mean
        Mean number of events in a time step, any shape.

    Returns
    -------
    numpy.ndarray
        Thresholds, shape ``(*mean.shape, k)``, ascending in k; entries at the end that no number exceeds are 2**31 - 1.
    """
    largest = float(np.max(mean, initial=0.0))
    counts = np.arange(np.ceil(largest + 12 * np.sqrt(largest) + 24))  # beyond: less than half a unit of 2**-31
    thresholds = np.rint(2.0**BITS * pdtr(counts, mean[..., None])) - 1
    length = max(1, int((thresholds < NEVER).any(axis=tuple(range(mean.ndim))).sum()))
    return np.asarray(thresholds[..., :length], dtype=np.int32)
