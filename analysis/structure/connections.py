"""Connections between areas: their laminar origin (SLN) and the classes that follow from it.

Schmidt et al. (2018a), "Cortico-cortical connectivity"; classes after Felleman and Van Essen (1991).
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtr

from contracts.anatomy import AREA_PAIR, NO_EVIDENCE

FEEDFORWARD, LATERAL, FEEDBACK = "feedforward", "lateral", "feedback"
CLASSES = (FEEDFORWARD, LATERAL, FEEDBACK)


def supragranular_curve(anatomy: xr.Dataset, log_ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """SLN that the fit gives for ln(density of the target area / density of the source area)."""
    return np.asarray(ndtr(anatomy.attrs["sln_intercept"] + anatomy.attrs["sln_slope"] * log_ratio))


def labelled_curve(anatomy: xr.Dataset, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """FLN that the exponential distance rule gives for a distance (mm)."""
    return np.asarray(np.exp(anatomy.attrs["fln_intercept"] + anatomy.attrs["fln_slope"] * distance))


def log_density_ratios(anatomy: xr.Dataset) -> xr.DataArray:
    """ln(density of the target area / density of the source area); (target_area, source_area)."""
    logarithm: xr.DataArray = np.log(anatomy["density"])  # type: ignore[assignment]
    ratio: xr.DataArray = logarithm.rename(area="target_area") - logarithm.rename(area="source_area")
    return ratio.transpose(*AREA_PAIR)


def supragranular_fractions(anatomy: xr.Dataset) -> xr.DataArray:
    """SLN of all pairs of areas, connected or not: measured, else what the fit gives; (target_area, source_area)."""
    fitted = log_density_ratios(anatomy).copy(data=supragranular_curve(anatomy, log_density_ratios(anatomy).to_numpy()))
    measured = anatomy["sln_measured"]
    return measured.where(measured.notnull(), fitted)


def connection_classes(anatomy: xr.Dataset, *, unconnected: bool = False) -> xr.DataArray:
    """Class of each pair of areas by its SLN (target_area, source_area): one of `CLASSES`, or '' on the diagonal.

    Parameters
    ----------
    anatomy
        The anatomy file's content.
    unconnected
        Whether pairs without a connection have the class that one would have; else they have ''.
    """
    fractions = supragranular_fractions(anatomy)
    below, above = anatomy.attrs["sln_feedback_below"], anatomy.attrs["sln_feedforward_above"]
    classes = np.select([fractions.to_numpy() < below, fractions.to_numpy() > above], [FEEDBACK, FEEDFORWARD], LATERAL)
    named = ~np.eye(len(classes), dtype=bool)
    if not unconnected:
        named &= anatomy["evidence"].to_numpy() != NO_EVIDENCE
    return fractions.copy(data=np.where(named, classes, ""))


def connection_probabilities(indegree: xr.DataArray, neurons: xr.DataArray) -> xr.DataArray:
    """Probability that a pair of neurons has at least one synapse, where ends of synapses are drawn with replacement.

    ``C = 1 - (1 - 1 / (N_s N_t)) ** (K N_t)``

    Parameters
    ----------
    indegree
        In-degrees K (target, source).
    neurons
        Neurons N (target), of the same populations in the same order.
    """
    matrix, sizes = indegree.transpose("target", "source").to_numpy(), neurons.to_numpy()
    # 1 / (N_s N_t) is about 1e-9: the power itself would lose half of the digits
    probability = -np.expm1(matrix * sizes[:, None] * np.log1p(-1 / (sizes[:, None] * sizes[None, :])))
    return indegree.transpose("target", "source").copy(data=probability)
