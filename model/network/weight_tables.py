"""Integer tables of the weights: their law, their unit, and how their values get onto its grid."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from model.network.circuit import Vector
from model.network.quantiles import redrawn_normal_quantiles
from procortex.constants import LEVELS
from procortex.utilities.errors import InputError

Integers = NDArray[np.int32]

RESOLUTION = 1e-3
"""Largest unit relative to the smallest mean weight."""

COARSEST = 1 / 16
"""Largest unit relative to the smallest mean weight where tables keep the mean: rounding then adds at most 3e-4 of its square to the
variance of a weight, a thirtieth of what the published spread makes."""

EVENT_LIMIT = 2**16 - 1
"""Largest magnitude of a weight in an event, which has 17 bits with the sign."""


def lognormal_parameters(mean: float, sd: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of a lognormal variable with a mean and a standard deviation (both above 0)."""
    variance = np.log1p((sd / mean) ** 2)
    return float(np.log(mean) - variance / 2), float(np.sqrt(variance))


def lognormal_levels(mean: float, sd: float, levels: int = LEVELS) -> Vector:
    """Replace a lognormal variable by its conditional means within bins of equal probability.

    Their mean is that of the variable, which quantiles in the middle of the bins would miss: most of the tail lies in the last bin. What
    is lost is the variance within the bins.

    Parameters
    ----------
    mean, sd
        Of the variable, not of its logarithm; 0 or more.
    levels
        Number of bins.

    Returns
    -------
    numpy.ndarray
        Ascending, shape (levels,); `mean` throughout where nothing spreads.
    """
    if mean == 0 or sd == 0:
        return np.full(levels, float(mean))
    _, sigma = lognormal_parameters(mean, sd)
    edges = ndtri(np.arange(levels + 1) / levels)  # -inf .. inf
    # E[X; z_k < Z < z_(k+1)] = mean (Phi(z_(k+1) - sigma) - Phi(z_k - sigma)): counted from the nearer end, to lose no digits
    lower, upper = edges[:-1] - sigma, edges[1:] - sigma
    share = np.where(lower > 0, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower))
    return np.asarray(mean * levels * share, dtype=np.float64)


def weight_quantiles(mean: float, sd: float, unit: float, levels: int = LEVELS) -> NDArray[np.int32]:
    """Weights in units, redrawn where they have the wrong sign, rounded half to even; mean, sd and unit in pA."""
    magnitude = redrawn_normal_quantiles(abs(mean), sd, 0.0, levels)
    return np.rint(np.copysign(magnitude, mean) / unit).astype(np.int32)


def weight_levels(mean: float, sd: float, lognormal: bool, levels: int = LEVELS) -> Vector:
    """Magnitudes of the weights of a class before they are rounded, ascending; mean (of any sign) and sd in pA."""
    if lognormal:
        return lognormal_levels(abs(mean), sd, levels)
    return redrawn_normal_quantiles(abs(mean), sd, 0.0, levels)


def round_keeping_sum(values: Vector) -> NDArray[np.int64]:
    """Round ascending numbers to whole ones, up or down, so that their sum is that of the numbers to half a unit.

    Those with the largest fractions are rounded up (the method of largest remainders), so that the result ascends, too.
    """
    whole = np.floor(values)
    missing = int(np.rint((values - whole).sum()))
    up = np.argsort(values - whole, kind="stable")[len(values) - missing :]  # of equal ones the later
    whole[up] += 1
    return whole.astype(np.int64)


def weight_table(mean: float, sd: float, lognormal: bool, unit: float, *, coarse: bool) -> Integers:
    """Tabulate the weights of a class in units.

    Parameters
    ----------
    mean, sd
        Of the weight (pA); the mean has the weight's sign.
    lognormal
        Whether the magnitude is lognormal; else the weight is normal, redrawn where it has the wrong sign.
    unit
        Unit (pA).
    coarse
        Whether the unit is so coarse that rounding value by value could move the mean; lognormal tables always keep it.

    Returns
    -------
    numpy.ndarray
        Shape (4096,).
    """
    if not (lognormal or coarse):
        return weight_quantiles(mean, sd, unit)
    magnitudes = round_keeping_sum(weight_levels(mean, sd, lognormal) / unit)
    return np.copysign(magnitudes, mean).astype(np.int32)


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
