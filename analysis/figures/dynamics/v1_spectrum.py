"""V1 as an electrode array would see it: rate of a small sample over time, its power spectrum, and rates of single neurons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from analysis.comparison.distances import Sample
from analysis.dynamics.rate_series import smoothed, subsample_rates
from analysis.figures.dynamics.common import RAW, files_by_kind, series_by_state, shown_area, state_colors
from analysis.figures.style import WIDTH_IN, panel_letter
from analysis.runs import Run, read_runs
from analysis.statistics.spectrum import power_spectrum
from analysis.tables import distributions_path
from procortex.formats.populations import area_populations
from procortex.utilities.errors import InputError

NAME = "v1-spectrum"
EXPECTED = "a series and statistics of each state, with the distributions beside the statistics"
KERNEL_MS = 20.0
SHOWN_MS = 10_000.0
HIGHEST_HZ = 200.0
BINS = 100


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rows: the rate of the sample in each state; below, power spectra and distributions of rates, states side by side."""
    files = files_by_kind(inputs, NAME, EXPECTED, ("series", "statistics"))
    states = series_by_state(files.series, NAME, state)
    runs = read_runs(files.statistics)
    run_of = {name: _run_of(runs, series) for name, series in states.items()}
    area = shown_area(states.values(), (run.areas.columns for run in run_of.values()))
    rates = {name: subsample_rates(series).sel(area=area) for name, series in states.items()}
    palette = state_colors(states)
    height = 0.3 + 0.95 * len(states)
    figure = Figure(figsize=(WIDTH_IN, height + 2.4))
    upper, lower = figure.subfigures(2, 1, squeeze=False, height_ratios=(height, 2.4))[:, 0]
    rows = upper.subplots(len(states), 1, squeeze=False, sharex=True)[:, 0]
    for axes, (name, rate) in zip(rows, rates.items(), strict=True):
        number = int(states[name]["subsample_neurons"].sel(area=area))
        axes.set_title(f"{name}: {number} neurons of {area}" if number else f"{name}: no neuron of {area} fires fast enough for the sample")
        _trace(axes, rate, palette[name])
    rows[-1].set_xlabel("Time (s)")
    left, right = lower.subplots(1, 2)
    for name, rate in rates.items():
        frequency, power = power_spectrum(rate.to_numpy(), float(states[name].attrs["bin_ms"]))  # NaN where the sample is empty
        part = (frequency > 0) & (frequency <= HIGHEST_HZ)
        left.plot(frequency[part], power[part], color=palette[name], linewidth=1.0, label=name)
        _histogram(right, neuron_rates(run_of[name], area), run_of[name].window, palette[name])
    left.set(yscale="log", xlim=(0.0, HIGHEST_HZ), xlabel="Frequency (Hz)", ylabel="Power (spikes$^2$/s$^2$/Hz)")
    left.set_title(f"Power spectrum of the sample in {area}")
    right.set(yscale="log", xlabel="Firing rate (spikes/s)", ylabel="Density (s/spike)", title=f"Rates of all neurons of {area}")
    right.set_xlim(left=0.0)
    left.legend()
    for axes, letter in zip((rows[0], left, right), "ABC", strict=True):
        panel_letter(axes, letter)
    return figure


def _run_of(runs: Sequence[Run], series: xr.Dataset) -> Run:
    """Statistics of the simulation that a series is of."""
    key = tuple(series.attrs[name] for name in ("state", "simulator", "seed"))
    for run in runs:
        if (run.state, run.simulator, run.seed) == key:
            return run
    raise InputError("{}: no statistics of the {} state on {} with seed {} among the inputs".format(NAME, *key))


def neuron_rates(run: Run, area: str) -> Sample:
    """Rates of an area's neurons (spikes/s), whatever their population, and how often each occurs.

    Raises
    ------
    InputError
        If the distributions do not lie beside the statistics.
    """
    parts = [run.pooled[key] for population in area_populations(area) if (key := ("rate", population, area)) in run.pooled]
    if not parts:
        raise InputError(
            f"{distributions_path(run.path)}: no rates of neurons of {area} in the {run.state} state; make the statistics again"
        )
    return Sample(np.concatenate([part.value for part in parts]), np.concatenate([part.count for part in parts]))


def _trace(axes: Axes, rate: xr.DataArray, color: str) -> None:
    time = rate["time"].to_numpy()
    kept = time < time[0] + SHOWN_MS
    bin_ms = float(time[1] - time[0])
    values = rate.to_numpy()[kept]
    seconds = (time[kept] + bin_ms / 2) / 1000.0
    axes.plot(seconds, values, color=RAW, linewidth=0.3, rasterized=True)
    axes.plot(seconds, smoothed(values, KERNEL_MS, bin_ms), color=color, linewidth=0.9)
    axes.set(xlim=(seconds[0], seconds[-1]), ylabel="spikes/s")
    axes.set_ylim(bottom=0.0)


def rate_bins(largest: float, window: tuple[float, float]) -> NDArray[np.float64]:
    """Edges of bins of rates (spikes/s): 100 equal ones from 0 to the largest rate, as in the original.

    Where these were narrower than the rate of one spike in the window (ms), as in short simulations, every number of spikes has a bin
    of its own around it.
    """
    one_spike = 1000.0 / (window[1] - window[0])
    if largest >= BINS * one_spike:
        return np.linspace(0.0, largest, BINS + 1)
    edges: NDArray[np.float64] = np.asarray((np.arange(round(largest / one_spike) + 2) - 0.5) * one_spike, dtype=np.float64)
    return edges


def _histogram(axes: Axes, sample: Sample, window: tuple[float, float], color: str) -> None:
    density, edges = np.histogram(sample.value, bins=rate_bins(float(sample.value.max()), window), weights=sample.count, density=True)
    axes.stairs(density, edges, color=color, linewidth=1.0)
