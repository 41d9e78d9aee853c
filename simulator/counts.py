"""Population rates while the simulation runs, for simulations whose spikes are too many to keep."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from contracts.errors import InputError
from contracts.populations import split_label
from contracts.series import SUBSAMPLE_NEURONS, series_dataset
from contracts.startup import BIN_MS
from simulator.memory import check_memory


class CountRecorder:
    """Count the spikes of every population in bins of 1 ms, half-open as those of `python -m analysis series`.

    An area's sample are its first neurons whatever their rates, which are not known yet.

    Parameters
    ----------
    populations
        Number of neurons of each population, by label, in model order.
    n_steps, dt
        Length of the simulation and its time step (ms).

    Raises
    ------
    InputError
        If a bin is no whole number of steps or does not fit into the simulation.
    """

    def __init__(self, populations: Mapping[str, int], n_steps: int, dt: float) -> None:
        self._steps_per_bin = round(BIN_MS / dt)
        self._bins = n_steps // max(self._steps_per_bin, 1)
        if abs(self._steps_per_bin * dt - BIN_MS) > 1e-9 * BIN_MS or self._bins == 0:
            raise InputError(f"--counts needs bins of {BIN_MS:g} ms in whole steps; dt is {dt:g} ms, the simulation has {n_steps} steps")
        self._populations = dict(populations)
        check_memory({"places of neurons": 24 * sum(populations.values()), "counts": 4 * len(populations) * self._bins}, "--counts")
        sizes = np.array(list(populations.values()), dtype=np.int64)
        areas = [split_label(label)[0] for label in populations]
        self._areas = list(dict.fromkeys(areas))
        place = np.array([self._areas.index(area) for area in areas])
        share = sizes / np.bincount(place, weights=sizes)[place]
        sampled = np.rint(np.minimum(SUBSAMPLE_NEURONS * share, sizes)).astype(np.int64)
        self._sampled = np.bincount(place, weights=sampled).astype(np.int64)
        self._population_of = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self._sample_of = np.where(within < np.repeat(sampled, sizes), np.repeat(place, sizes), -1)
        self._counts = np.zeros((len(sizes), self._bins), dtype=np.uint32)
        self._samples = np.zeros((len(self._areas), self._bins), dtype=np.uint32)
        self._first_bin = 0

    def append(self, steps: NDArray[np.int32], neurons: NDArray[np.uint32]) -> None:
        """Count the spikes of a piece, sorted by time; the last step of a simulation belongs to no bin."""
        bins = steps.astype(np.int64) // self._steps_per_bin
        inside = bins < self._bins
        if not inside.any():
            return
        bins, neurons = bins[inside], neurons[inside]
        _add(self._counts, self._population_of[neurons], bins)
        sample = self._sample_of[neurons]
        _add(self._samples, sample[sample >= 0], bins[sample >= 0])

    def take(self, last_step: int) -> dict[str, NDArray[np.uint32]]:
        """Give the counts of the bins that changed since the last call; a bin that goes on is given again."""
        here = slice(self._first_bin, last_step // self._steps_per_bin + 1)
        self._first_bin = last_step // self._steps_per_bin
        return {"counts": self._counts[:, here], "subsample_counts": self._samples[:, here], "first_bin": np.array(here.start, np.uint32)}

    def put_back(self, part: Mapping[str, NDArray[np.uint32]]) -> None:
        """Take up what `take` gave in an earlier attempt; parts in their order."""
        self._first_bin = int(part["first_bin"]) + part["counts"].shape[1] - 1
        for name, whole in (("counts", self._counts), ("subsample_counts", self._samples)):
            whole[:, int(part["first_bin"]) : int(part["first_bin"]) + part[name].shape[1]] = part[name]

    def series(self, attributes: Mapping[str, str | int | float]) -> xr.Dataset:
        """Series file (`contracts.series`) of all that was counted."""
        counts = dict(zip(self._populations, self._counts, strict=True))
        samples = {area: (sample, int(size)) for area, sample, size in zip(self._areas, self._samples, self._sampled, strict=True)}
        return series_dataset(counts, self._populations, samples, **attributes)


def _add(table: NDArray[np.uint32], rows: NDArray[np.int64], bins: NDArray[np.int64]) -> None:
    """Add one at each (row, bin); bins of a piece are few and neighbours."""
    if len(bins) == 0:
        return
    first, width = int(bins[0]), int(bins[-1] - bins[0]) + 1
    table[:, first : first + width] += (
        np.bincount(rows * width + bins - first, minlength=len(table) * width).reshape(len(table), width).astype(np.uint32)
    )
