"""The unit of the fixed-point weights."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from contracts.errors import InputError

RESOLUTION = 1e-3
"""Largest unit relative to the smallest mean weight."""

EVENT_LIMIT = 2**16 - 1
"""Largest magnitude of a weight in an event, which has 17 bits with the sign."""


def weight_unit(weights: NDArray[np.float64], largest: float) -> float:
    """Choose the largest power of two that resolves the smallest weight.

    Parameters
    ----------
    weights
        Mean weights in use (pA), of synapses and of Poisson input; zeros do not count.
    largest
        Largest magnitude that a synapse or a Poisson spike can have (pA).

    Returns
    -------
    float
        Unit (pA).

    Raises
    ------
    InputError
        If the largest weight does not fit an event in this unit.
    """
    magnitudes = np.abs(weights[weights != 0])
    smallest = float(magnitudes.min()) if magnitudes.size else 1.0
    unit = 2.0 ** math.floor(math.log2(RESOLUTION * smallest))
    if round(largest / unit) > EVENT_LIMIT:
        raise InputError(
            f"connection_params: weights between {smallest:.4g} and {largest:.4g} pA are too far apart for fixed-point numbers; "
            f"expected a largest weight of at most {EVENT_LIMIT * unit:.4g} pA: "
            "bring PSP_e, PSP_e_23_4, PSP_ext, the PSP of stimuli, g, cc_weights_factor and cc_weights_I_factor closer "
            "together, or lower PSC_rel_sd_normal"
        )
    return unit
