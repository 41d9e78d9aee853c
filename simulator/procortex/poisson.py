"""Poisson counts in integers: thresholds for a uniform random number of 31 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

from procortex.utilities.errors import InputError

BITS = 31
NEVER = 2**BITS - 1
"""No random number of 31 bits is greater."""

MEAN_LIMIT = 2000.0
"""Largest mean number of events in a step: far above any sensible drive, and low enough for a table."""


def poisson_thresholds(mean: NDArray[np.float64]) -> NDArray[np.int32]:
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

    Raises
    ------
    InputError
        If a mean is too large for a table.

    Examples
    --------
    >>> poisson_thresholds(np.array([0.5]))[0, :3].tolist()
    [1302514673, 1953772010, 2116586344]
    """
    largest = float(np.max(mean, initial=0.0))
    if largest > MEAN_LIMIT:
        raise InputError(
            f"input_params.rate_ext: makes up to {largest:.4g} Poisson events in a step of dt, with the external in-degrees "
            f"(av_indegree_V1, fac_nu_ext_...), replaced areas and poisson_stimuli, expected at most {MEAN_LIMIT:g}"
        )
    counts = np.arange(np.ceil(largest + 12 * np.sqrt(largest) + 24))  # beyond: less than half a unit of 2**-31
    thresholds = np.rint(2.0**BITS * pdtr(counts, mean[..., None])) - 1
    length = max(1, int((thresholds < NEVER).any(axis=tuple(range(mean.ndim))).sum()))
    return np.asarray(thresholds[..., :length], dtype=np.int32)
