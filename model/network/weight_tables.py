"""Integer tables of the weights: which law a class of synapses has, and how its values get onto the grid of the unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from model.circuit.circuit import Matrix, Vector
from model.network.quantiles import redrawn_normal_quantiles, weight_quantiles
from procortex.constants import LEVELS

Integers = NDArray[np.int32]


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


def streams_on_grid(rate: Matrix, weight: Matrix, unit: float) -> tuple[Matrix, Matrix]:
    """Round the weights of Poisson streams to the unit, and change their rates so that the mean input stays.

    Parameters
    ----------
    rate, weight
        Streams (spikes/s, pA), each of shape (targets, inputs).
    unit
        Unit (pA), less than twice the smallest weight in use.
    """
    rounded = np.rint(weight / unit) * unit
    return np.divide(rate * weight, rounded, out=np.zeros_like(rate), where=rounded != 0), rounded
