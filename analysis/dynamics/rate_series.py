"""Firing rates over time from spike counts: of populations, of areas, of the subsample; smoothing; synchrony."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from contracts.startup import START_MS
from procortex.formats.populations import label_areas
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError

KERNEL_BIN_MS = 10.0
"""Bins in which the width of a kernel is looked for; see `kernel_width`."""

WIDEST_MS = 1000.0
WIDTHS = 60
CUTOFF = 5.0
"""Kernels end at so many standard deviations, as in Elephant."""

Series = NDArray[np.float64]


def after_start(series: xr.Dataset, start_ms: float = START_MS) -> xr.Dataset:
    """Leave out the start of a simulation.

    Raises
    ------
    InputError
        If nothing comes after it.
    """
    kept = series.isel(time=series["time"].to_numpy() >= start_ms)
    if kept.sizes["time"] == 0:
        raise InputError(
            f"the {series.attrs['state']} state lasts {series.attrs['t_sim']:g} ms, of which the first {start_ms:g} ms are left out; "
            f"expected t_sim of more than {start_ms:g}"
        )
    return kept


def population_rates(series: xr.Dataset) -> xr.DataArray:
    """Rate of every population (target, time), spikes/s in bins of the series: spikes over recorded neurons and bin."""
    return series["counts"] / series["neurons"] * _per_second(series)


def area_rates(series: xr.Dataset) -> xr.DataArray:
    """Rate of every area (area, time), spikes/s: the mean over its populations, weighted by their neurons."""
    counts, neurons = area_counts(series)
    return counts / neurons * _per_second(series)


def area_counts(series: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Spikes of every area (area, time), and its recorded neurons (area)."""
    of_target = np.array(label_areas([str(label) for label in series["target"].to_numpy()]))
    names = series["area"].to_numpy()
    inside = of_target == names[:, None]
    counts = np.stack([series["counts"].to_numpy()[mine].sum(axis=0, dtype=np.int64) for mine in inside])
    neurons = inside.astype(np.int64) @ series["neurons"].to_numpy()
    return (
        xr.DataArray(counts, {"area": names, "time": series["time"]}, ("area", "time")),
        xr.DataArray(neurons, {"area": names}, ("area",)),
    )


def mean_rate(series: xr.Dataset) -> xr.DataArray:
    """Rate of all recorded neurons (time), spikes/s."""
    return series["counts"].sum("target") / int(series["neurons"].sum()) * _per_second(series)


def subsample_rates(series: xr.Dataset) -> xr.DataArray:
    """Rate of each area's subsample (area, time), spikes/s; NaN where it holds no neuron."""
    neurons = series["subsample_neurons"]
    return series["subsample_counts"] / neurons.where(neurons > 0) * _per_second(series)


def synchrony(rates: xr.DataArray) -> xr.DataArray:
    """Give standard deviation over mean of rates over time: in bins of 1 ms the synchrony of Schmidt et al. (2018); NaN where silent.

    Parameters
    ----------
    rates
        Rates with the dimension time.
    """
    mean = rates.mean("time")
    return rates.std("time") / mean.where(mean > 0)


def kernel_width(counts: Series, bin_ms: float = 1.0) -> float:
    """Find the width (ms) of the Gaussian kernel that is best for spike counts after Shimazaki and Shinomoto (2010).

    Parameters
    ----------
    counts
        Spikes of the pooled neurons in each bin, shape (bins,).
    bin_ms
        Width of the bins (ms).

    Returns
    -------
    float
        Standard deviation: out of 60 from 20 ms to 1 s (or half the length of the series), the one of the smallest cost; the largest
        for counts without a spike.

    Notes
    -----
    Schmidt et al. (2018) take this width from `elephant.statistics.instantaneous_rate`, whose search sees the spikes on 1000 points:
    10 ms apart in their 10 s, and the least width is twice that. This grid is kept here whatever the duration, because it is what
    decides: pooled spikes of a whole area are so many that the cost falls down to the least width on any grid, 2 ms in bins of 1 ms.
    Counts in bins take the place of spikes: the cost needs no more than them.
    """
    from elephant.statistics import cost_function

    together = round(KERNEL_BIN_MS / bin_ms)
    whole = len(counts) // together * together
    coarse = np.asarray(counts[:whole], dtype=np.float64).reshape(-1, together).sum(axis=1)
    widest = max(2 * KERNEL_BIN_MS, min(WIDEST_MS, 0.5 * whole * bin_ms))
    widths = np.geomspace(2 * KERNEL_BIN_MS, widest, WIDTHS)
    spikes = coarse.sum()
    if spikes == 0:
        return float(widths[-1])
    costs = [cost_function(coarse / (spikes * KERNEL_BIN_MS), spikes, width, KERNEL_BIN_MS)[0] for width in widths]
    return float(widths[int(np.argmin(costs))])


def smoothed(rate: Series, width_ms: float, bin_ms: float = 1.0) -> Series:
    """Convolve a rate (..., time) with a Gaussian kernel.

    Parameters
    ----------
    rate
        Rate in bins, time last.
    width_ms
        Standard deviation of the kernel (ms).
    bin_ms
        Width of the bins (ms).

    Notes
    -----
    At the ends the kernel's mass within the series counts as one; the original lets rates fall there.
    """
    sigma = width_ms / bin_ms
    mass = gaussian_filter1d(np.ones(rate.shape[-1]), sigma, mode="constant", truncate=CUTOFF)
    return np.asarray(gaussian_filter1d(np.asarray(rate, dtype=np.float64), sigma, mode="constant", truncate=CUTOFF) / mass)


def _per_second(series: xr.Dataset) -> float:
    return 1000.0 / float(series.attrs["bin_ms"])


def long_series(path: Path, shortest_ms: float, what: str) -> xr.Dataset:
    """Read a series without the start of the simulation, and refuse it where the rest is too short.

    Parameters
    ----------
    path
        Series file.
    shortest_ms, what
        How much (ms) is needed by what, for the message.

    Raises
    ------
    InputError
        If the file is none, or too short.
    """
    series = after_start(read_series(path))
    window = series.sizes["time"] * float(series.attrs["bin_ms"])
    if window < shortest_ms:
        raise InputError(
            f"{path}: {window / 1e3:g} s of rates after the first {START_MS:g} ms; {what} "
            f"needs {shortest_ms / 1e3:g} s, simulate {shortest_ms + START_MS:g} ms or more"
        )
    return series
