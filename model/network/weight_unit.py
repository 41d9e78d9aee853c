"""The unit of the fixed-point weights."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from procortex.utilities.errors import InputError

RESOLUTION = 1e-3
"""Largest unit relative to the smallest mean weight."""

COARSEST = 1 / 16
"""Largest unit relative to the smallest mean weight where tables keep the mean: rounding then adds at most 3e-4 of its square to the
variance of a weight, a thirtieth of what the published spread makes."""

EVENT_LIMIT = 2**16 - 1
"""Largest magnitude of a weight in an event, which has 17 bits with the sign."""


def smallest_weight(weights: NDArray[np.float64]) -> float:
    """Give the smallest magnitude other than 0 (1 where all are 0)."""
    magnitudes = np.abs(weights[weights != 0])
    return float(magnitudes.min()) if magnitudes.size else 1.0


def weight_unit(weights: NDArray[np.float64], largest: float, coarsest: float = RESOLUTION) -> float:
    """Choose the largest power of two that resolves the smallest weight; a coarser one if the largest weight does not fit and it may be.

    Parameters
    ----------
    weights
        Mean weights in use (pA), of synapses and of Poisson input; zeros do not count.
    largest
        Largest magnitude that a synapse or a Poisson spike can have (pA).
    coarsest
        Largest unit allowed, relative to the smallest weight.

    Returns
    -------
    float
        Unit (pA).

    Raises
    ------
    InputError
        If the largest weight does not fit an event in this unit.
    """
    smallest = smallest_weight(weights)
    unit = 2.0 ** math.floor(math.log2(RESOLUTION * smallest))
    if largest / unit <= EVENT_LIMIT:
        return unit
    unit, limit = 2.0 ** math.ceil(math.log2(largest / EVENT_LIMIT)), 2.0 ** math.floor(math.log2(coarsest * smallest))
    if unit > limit:
        raise InputError(
            f"connection_params: weights between {smallest:.4g} and {largest:.4g} pA are too far apart for fixed-point numbers; "
            f"expected a largest weight of at most {EVENT_LIMIT * limit:.4g} pA: "
            "bring PSP_e, PSP_e_23_4, PSP_ext, the PSP of stimuli, g, cc_weights_factor, cc_weights_I_factor and the weights of "
            "connectivity.overrides closer together, or lower PSC_rel_sd_normal or PSC_rel_sd_lognormal"
        )
    return unit
