"""What a stimulus does to the areas: rates around its onset, areas in hierarchical order, and when each of them responds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from analysis.dynamics.stimuli import Presentations
from analysis.dynamics.stimulus_response import Response, presentations, response
from analysis.figures.structure.common import bar, colors
from analysis.figures.style import CATEGORIES, INK, PALE, WIDTH_IN, panel_letter
from contracts.anatomy import read_anatomy
from procortex.formats.network import read_network
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError

NAME = "stimulus-response"
TRACES = 4


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Draw the change of all areas' rates (A), rates of some areas (B), and latencies over the hierarchy (C).

    Parameters
    ----------
    inputs
        Series of the seeds of one state, then its network, then an anatomy file.
    state
        Takes no part: the series are of one state.

    Raises
    ------
    InputError
        If there is no stimulus with an onset, or the series are of several states or do not reach around it.
    """
    if len(inputs) < 3:
        raise InputError(f"{NAME}: {len(inputs)} inputs; it draws series.nc of each seed, network.nc and anatomy.nc, in this order")
    *paths, network, anatomy = inputs
    series = [read_series(path) for path in paths]
    for path, one in zip(paths, series, strict=True):
        if one.attrs["state"] != series[0].attrs["state"] or list(one["area"].to_numpy()) != list(series[0]["area"].to_numpy()):
            raise InputError(f"{path}: is of another state or of other areas than {paths[0]}; {NAME} draws one state")
    shown = presentations(read_network(network), str(network))
    found = response(series, shown)
    heights = read_anatomy(anatomy)["hierarchy"]
    order = hierarchical(found.areas, heights)
    figure = Figure(figsize=(WIDTH_IN, 1.2 + 0.5 + 0.1 * max(12, len(order))))
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=(1.6, 1.0))[0]
    main = left.subplots()
    traces, latencies = right.subplots(2, 1)
    _map(main, found, order, shown)
    _traces(traces, found, order, shown)
    _latencies(latencies, found, heights)
    for axes, letter in zip((main, traces, latencies), "ABC", strict=True):
        panel_letter(axes, letter)
    return figure


def hierarchical(areas: Sequence[str], heights: xr.DataArray) -> list[int]:
    """Places of areas from low to high in the hierarchy, those without a place in it at the end."""
    height = heights.sel(area=list(areas)).to_numpy()
    return sorted(range(len(areas)), key=lambda k: (not np.isfinite(height[k]), height[k] if np.isfinite(height[k]) else 0.0, k))


def _mark(axes: Axes, shown: Presentations) -> None:
    """Mark the stimulus on an axis of time."""
    axes.axvline(0.0, color=INK, linewidth=0.6)
    if np.isfinite(shown.duration):
        axes.axvline(shown.duration, color=INK, linewidth=0.6, linestyle=":")


def _map(axes: Axes, found: Response, order: Sequence[int], shown: Presentations) -> None:
    change = found.change[order]
    limit = max(2 * found.threshold, float(np.percentile(np.abs(change), 99.5)))
    half = (found.time[1] - found.time[0]) / 2
    extent = (float(found.time[0] - half), float(found.time[-1] + half), len(order) - 0.5, -0.5)
    norm = TwoSlopeNorm(0.0, -limit, limit)
    image = axes.imshow(change, extent=extent, aspect="auto", interpolation="nearest", cmap=colors("RdBu_r"), norm=norm)
    _mark(axes, shown)
    latency = found.latency[order]
    axes.plot(latency, np.arange(len(order)), "o", markersize=2.6, color="white", markeredgecolor=INK, markeredgewidth=0.5)
    axes.set_yticks(range(len(order)), [found.areas[k] for k in order], fontsize=5.5)
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)
    title = f"Mean of {found.presentations} presentation{'s' * (found.presentations != 1)} to {', '.join(shown.areas)}"
    axes.set(xlabel="Time from onset (ms)", title=title if len(title) < 60 else f"Mean of {found.presentations} presentations")
    bar(image, axes, "Change of rate (SD of baseline)", extend="both")


def _traces(axes: Axes, found: Response, order: Sequence[int], shown: Presentations) -> None:
    """Rates of the stimulated area and of those that change most, from low to high in the hierarchy."""
    strongest = sorted(order, key=lambda k: -float(np.abs(found.change[k][found.time > 0]).max()))
    stimulated = [k for k in order if found.areas[k] in shown.areas][:1]
    chosen = set((stimulated + [k for k in strongest if k not in stimulated])[:TRACES])
    for k, color in zip((k for k in order if k in chosen), CATEGORIES, strict=False):
        axes.plot(found.time, found.rate[k], color=color, linewidth=0.9, label=found.areas[k])
    _mark(axes, shown)
    axes.set(xlim=(found.time[0], found.time[-1]), ylim=(0.0, None), xlabel="Time from onset (ms)", ylabel="Rate (spikes/s)")
    axes.set_title("Rates")
    axes.legend(loc="upper right", handlelength=1.0, fontsize=6, borderaxespad=0.1)


def _latencies(axes: Axes, found: Response, heights: xr.DataArray) -> None:
    height = heights.sel(area=list(found.areas)).to_numpy()
    axes.plot(height, found.latency, "o", markersize=2.5, color=CATEGORIES[0], markeredgewidth=0)
    for name, x, y in zip(found.areas, height, found.latency, strict=True):
        if np.isfinite(x) and np.isfinite(y):
            axes.annotate(name, (x, y), (2, 1), textcoords="offset points", fontsize=4.4)
    without = int((~np.isfinite(found.latency)).sum())
    axes.axhline(0.0, color=PALE, linewidth=0.6, zorder=0)
    axes.set(xlabel="Structural hierarchy", ylabel="Latency (ms)", xlim=(-0.05, 1.12))
    axes.set_title(f"First change ({without} area{'s' * (without != 1)} without)")
