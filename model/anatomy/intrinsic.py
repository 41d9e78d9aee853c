"""Connections within an area: the microcircuit of Potjans and Diesmann (2014), for patches of any size and scaled to each area.

Schmidt et al. (2018a), "Scaling of the microcircuit", types I and II.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from scipy.integrate import quad

from model.tables.axes import AREA_LIST, POPULATIONS, Frame, Numbers

PEAK_PROBABILITY = 0.1429914097112598
"""Connection probability of neurons at the same place."""

RANGE_MM = 0.29653208289812366
"""Standard deviation of the Gaussian that the connection probability follows over the distance."""

MICROCIRCUIT_RADIUS_MM = np.sqrt(1 / np.pi)
LARGE_SURFACE_MM2 = 100.0


@dataclass(frozen=True)
class Microcircuit:
    """In-degrees of the microcircuit.

    Attributes
    ----------
    patch
        For the modelled surface [target, source], the same in all areas.
    full
        For the surface of each whole area; (area, target_population, source_population).
    """

    patch: Frame
    full: xr.DataArray


@dataclass(frozen=True)
class Intrinsic:
    """Scaling of the microcircuit to the areas.

    Attributes
    ----------
    fraction
        Fraction of all synapses of a modelled patch that comes from the patch itself, by area.
    factor, factor_full
        Factor from the microcircuit's in-degrees to the area's, for the patch and for the whole area.
    synapses
        Synapses within the patch; (area, target_population, source_population).
    outside
        Synapses from the same area outside the patch (type II), by area; part of the external input.
    """

    fraction: Numbers
    factor: Numbers
    factor_full: Numbers
    synapses: xr.DataArray
    outside: Numbers


def microcircuit_mean_probability() -> float:
    """Mean of the distance-dependent connection probability around the centre of 1 mm^2, by which Potjans and Diesmann normalise."""
    decay = np.exp(-(MICROCIRCUIT_RADIUS_MM**2) / (2 * RANGE_MM**2))
    return float(2 / MICROCIRCUIT_RADIUS_MM**2 * PEAK_PROBABILITY * RANGE_MM**2 * (1 - decay))


def mean_probability(surface: float) -> float:
    """Mean connection probability of two neurons placed at random in a disk of a surface (mm^2)."""
    diameter = 2 * np.sqrt(surface / np.pi)

    def density(r: float) -> float:
        angle = 4 * np.arctan(np.sqrt((diameter - r) / (diameter + r)))
        return float(r * np.exp(-(r**2) / (2 * RANGE_MM**2)) * (angle - np.sin(angle)))

    return float(2 * PEAK_PROBABILITY / surface * quad(density, 0, diameter)[0])


def microcircuit_indegrees(surface: float, probabilities: Frame, numbers: Numbers, corrections: frozenset[str] = frozenset()) -> Frame:
    """Compute the microcircuit's in-degrees for a disk of cortex.

    Parameters
    ----------
    surface
        Surface of the disk (mm^2).
    probabilities
        Connection probabilities [target, source] below 1 mm^2.
    numbers
        Neurons below 1 mm^2 of each population.
    corrections
        ``series_sign``, ``log_cancellation``, ``synapse_rounding`` put right what the notes say.

    Returns
    -------
    pandas.DataFrame
        In-degrees [target, source]: a whole number of synapses over the number of target neurons.

    Notes
    -----
    For small disks the number of synapses is that of a network with multapses, ln(1 - c) / ln(1 - 1/M), evaluated in this form
    although it loses digits. From 100 mm^2 on the original's series has the sign of the other logarithm, ln(1 + c) / ln(1 + 1/M).
    Both belong to the published in-degrees, as does the rounding to whole numbers of synapses.
    """
    connected = probabilities.to_numpy() * (mean_probability(surface) / microcircuit_mean_probability())
    pairs = np.outer(numbers, numbers) * surface**2
    small = surface < LARGE_SURFACE_MM2
    if ("log_cancellation" if small else "series_sign") in corrections:
        synapses = np.log1p(-connected) / np.log1p(-1 / pairs)
    else:
        synapses = np.log(1 - connected) / np.log(1 - 1 / pairs) if small else np.log1p(connected) / np.log1p(1 / pairs)
    if "synapse_rounding" not in corrections:
        synapses = np.rint(synapses)
    indegrees = synapses / (numbers.to_numpy() * surface)[:, None]
    return pd.DataFrame(indegrees, index=POPULATIONS, columns=POPULATIONS)


def microcircuit(
    surface: float, surfaces: Numbers, probabilities: Frame, numbers: Numbers, corrections: frozenset[str] = frozenset()
) -> Microcircuit:
    """Compute the microcircuit's in-degrees for the modelled surface and for the surfaces of all areas (mm^2)."""
    full = np.array([microcircuit_indegrees(surfaces[area], probabilities, numbers, corrections).to_numpy() for area in AREA_LIST])
    coords = {"area": AREA_LIST, "target_population": POPULATIONS, "source_population": POPULATIONS}
    return Microcircuit(microcircuit_indegrees(surface, probabilities, numbers, corrections), xr.DataArray(full, coords))


def intrinsic_synapses(
    circuit: Microcircuit,
    neurons: Frame,
    neurons_full: Frame,
    synapses: Numbers,
    synapses_full: Numbers,
    intrinsic_fraction: float,
    corrections: frozenset[str] = frozenset(),
) -> Intrinsic:
    """Scale the microcircuit so that each area gets its share of intrinsic synapses.

    Parameters
    ----------
    circuit
        In-degrees of the microcircuit.
    neurons, neurons_full
        Neurons of the patch and of the whole area; areas x populations.
    synapses, synapses_full
        All synapses in the patch and in the whole area.
    intrinsic_fraction
        Fraction of all synapses of a whole area that comes from the area.
    corrections
        ``absent_sources`` divides an area's share among the source populations that it has.
    """
    patch, full = circuit.patch.to_numpy(), circuit.full.to_numpy()
    ratio = np.divide(patch, full, out=np.full(full.shape, np.nan), where=full > 0)
    fraction = pd.Series(intrinsic_fraction * np.nanmean(ratio, axis=(1, 2)), index=AREA_LIST)
    existing = (neurons > 0).to_numpy()[:, None, :]
    # All source populations count here, also those that an area lacks (layer 4 of TH); the original does not make up for them.
    counted = existing if "absent_sources" in corrections else np.ones_like(existing)
    by_patch = pd.Series(np.einsum("aij,ai->a", patch * counted, neurons.to_numpy()), index=AREA_LIST)
    by_area = pd.Series(np.einsum("aij,ai->a", full * counted, neurons_full.to_numpy()), index=AREA_LIST)
    factor, factor_full = fraction * synapses / by_patch, intrinsic_fraction * synapses_full / by_area
    blocks = factor.to_numpy()[:, None, None] * patch * neurons.to_numpy()[:, :, None] * existing
    in_area = factor_full * np.einsum("aij,ai->a", full * existing, neurons.to_numpy())
    return Intrinsic(fraction, factor, factor_full, xr.DataArray(blocks, circuit.full.coords), in_area - blocks.sum(axis=(1, 2)))
