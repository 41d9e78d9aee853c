"""Spike counts of populations in bins of 1 ms, from the spikes of one simulation."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from analysis.parallel import over_areas, recorded_areas
from procortex.constants import BIN_MS
from procortex.formats.populations import split_label
from procortex.formats.series import COUNTED_NAME, SUBSAMPLE_NEURONS, read_series, series_dataset
from procortex.formats.spike_meta import SpikeMeta, read_meta
from procortex.formats.spikes import spikes_by_population
from procortex.utilities.errors import InputError

SUBSAMPLE_RATE = 0.56
"""Smallest rate (spikes/s) of a neuron of the subsample: spike sorting finds no slower ones."""

Counts = NDArray[np.int64]


def series_of(folder: Path, state: str, jobs: int = 1) -> xr.Dataset:
    """Take the series that a simulation has left beside its spikes, or count them; see `count_spikes`."""
    read_meta(folder)  # a folder of something else is refused
    counted = folder / COUNTED_NAME
    if counted.is_file():
        return read_series(counted).assign_attrs(state=state)
    return count_spikes(folder, state, jobs)


def count_spikes(folder: Path, state: str, jobs: int = 1) -> xr.Dataset:
    """Count the spikes of every recorded population.

    Bins are half-open in time steps, ``k <= step * dt < k + 1`` (ms); a spike at exactly t_sim is not counted. The subsample of an area
    has 140 neurons, divided among its populations in proportion to their sizes: the first ones by index that fire faster than
    0.56 spikes/s over the whole simulation (Schmidt et al. 2018b, Fig. 6).

    Parameters
    ----------
    folder
        Spike data set.
    state
        Name of the simulated state.
    jobs
        Number of processes; areas are shared out among them.

    Returns
    -------
    xarray.Dataset
        What `procortex.formats.series` describes.

    Raises
    ------
    InputError
        If the folder holds no readable spikes, or bins are no whole number of steps.
    """
    meta = read_meta(folder)
    if abs(round(BIN_MS / meta.dt) * meta.dt - BIN_MS) > 1e-9 * BIN_MS or meta.t_sim < BIN_MS:
        raise InputError(
            f"{folder}: counting needs bins of {BIN_MS:g} ms in whole steps; dt is {meta.dt:g} ms, the simulation lasts {meta.t_sim:g} ms"
        )
    areas = recorded_areas(folder, meta)
    work = partial(_area, folder, meta)
    counts: dict[str, Counts] = {}
    samples: dict[str, tuple[Counts, int]] = {}
    for area, (own, sample, size) in zip(areas, over_areas("counting", work, areas, meta, jobs), strict=True):
        counts |= own
        samples[area] = sample, size
    in_order = {label: counts[label] for label, recorded in meta.recorded.items() if recorded > 0}
    kept = {name: meta.network[name] for name in ("configuration",) if name in meta.network}  # which network it is of
    run = {"state": state, "simulator": meta.backend, "seed": meta.seed, "t_sim": meta.t_sim}
    return series_dataset(in_order, meta.recorded, samples, **run, **kept)


def _area(folder: Path, meta: SpikeMeta, area: str) -> tuple[dict[str, Counts], Counts, int]:
    """Count spikes of an area's populations and of its subsample; give the subsample's size as well."""
    steps_per_bin, bins = round(BIN_MS / meta.dt), int(meta.t_sim // BIN_MS)
    all_neurons = sum(number for label, number in meta.recorded.items() if split_label(label)[0] == area)
    counts, sample, size = {}, np.zeros(bins, dtype=np.int64), 0
    for label, neuron, step in spikes_by_population(folder, meta, area):
        place = step // steps_per_bin
        inside = slice(int(np.searchsorted(place, place.dtype.type(bins))))  # in the order of time
        counts[label] = np.bincount(place[inside], minlength=bins)
        number = meta.recorded[label]
        fast = np.flatnonzero(np.bincount(neuron[inside], minlength=number) > SUBSAMPLE_RATE * meta.t_sim * 1e-3)
        chosen = fast[: round(SUBSAMPLE_NEURONS * number / all_neurons)]
        size += len(chosen)
        of_sample = np.isin(neuron[inside], chosen, kind="table")
        sample += np.bincount(place[inside][of_sample], minlength=bins)
    return counts, sample, size
