"""How steady the states are: rates of V1 and of the whole network over time, and how often they have which value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.dynamics.rate_series import area_rates, mean_rate, smoothed
from analysis.figures.dynamics.common import RAW, files_by_kind, series_by_state, shown_area, state_colors
from analysis.figures.style import INK, WIDTH_IN, panel_letter

NAME = "rate-over-time"
EXPECTED = "a series of each state"
KERNEL_MS = 20.0
BINS = 50
LONG_S = 20.0
"""From so many seconds on lines are thin."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rows: states. Left: rates over the whole simulation; right: distribution of the smoothed rates over time."""
    files = files_by_kind(inputs, NAME, EXPECTED, ("series",))
    states = series_by_state(files.series, NAME, state)
    area = shown_area(states.values())
    palette = state_colors(states)
    figure = Figure(figsize=(WIDTH_IN, 0.7 + 1.35 * len(states)))
    rows = figure.subplots(len(states), 2, squeeze=False, sharey="row", width_ratios=(4, 1))
    for (left, right), (name, series) in zip(rows, states.items(), strict=True):
        _row(left, right, series, area, palette[name])
        left.set_title(name)
    for axes, label in zip(rows[-1], ("Time (s)", "Share of time"), strict=True):
        axes.set_xlabel(label)
    handles = [
        Line2D([], [], color=RAW, linewidth=1.0, label=f"{area}, bins of 1 ms"),
        *(Line2D([], [], color=color, linewidth=1.2, label=f"{area}, {name}") for name, color in palette.items()),
        Line2D([], [], color=INK, linewidth=0.8, label="all neurons"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 5))
    for axes, letter in zip(rows[0], "AB", strict=True):
        panel_letter(axes, letter)
    return figure


def _row(left: Axes, right: Axes, series: xr.Dataset, area: str, color: str) -> None:
    bin_ms = float(series.attrs["bin_ms"])
    raw = area_rates(series).sel(area=area).to_numpy()
    smooth, everyone = (smoothed(rate, KERNEL_MS, bin_ms) for rate in (raw, mean_rate(series).to_numpy()))
    time = (series["time"].to_numpy() + bin_ms / 2) / 1000.0
    left.plot(time, raw, color=RAW, linewidth=0.3, rasterized=True)
    width = 0.8 if time[-1] - time[0] < LONG_S else 0.4
    left.plot(time, everyone, color=INK, linewidth=width, rasterized=True)
    left.plot(time, smooth, color=color, linewidth=width, rasterized=True)
    top = 1.2 * float(max(smooth.max(), everyone.max())) or 1.0  # peaks in bins of 1 ms may lie beyond
    left.set(xlim=(time[0], time[-1]), ylim=(0.0, top), ylabel="Rate (spikes/s)")
    bins = np.linspace(0.0, top, BINS + 1)
    right.stairs(np.histogram(smooth, bins)[0] / len(smooth), bins, orientation="horizontal", fill=True, color=color)
    right.stairs(np.histogram(everyone, bins)[0] / len(everyone), bins, orientation="horizontal", color=INK, linewidth=0.8)
    right.set_xlim(left=0.0)
    right.xaxis.set_major_locator(MaxNLocator(3))
    right.tick_params(labelleft=False)
