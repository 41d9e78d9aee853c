"""One state at a glance: spikes of three areas, statistics of the populations over areas, rates of all areas over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from analysis.dynamics.rate_series import area_counts, area_rates, kernel_width, population_rates, smoothed, synchrony
from analysis.figures.dynamics.common import RAW, files_by_kind, series_by_state
from analysis.figures.raster import LENGTH_MS, RASTER_START_MS, raster, shown
from analysis.figures.style import AREA_TITLES, INK, WIDTH_IN, layer_name, panel_letter, population_color
from analysis.runs import check_windows, read_runs
from analysis.structure.areas import ARCHITECTURAL_ORDER
from procortex.formats.populations import LAYER_POPULATIONS, label_areas, label_layers
from procortex.formats.spike_meta import read_meta
from procortex.utilities.errors import InputError

NAME = "state-overview"
EXPECTED = "a series, statistics of one or several seeds, and spikes where they are kept, of one state on one simulator"
DEFINITION = "schmidt2018"
"""LvR of neurons without or with few spikes is 0."""

TITLES = AREA_TITLES | {"correlation": "Correlation", "synchrony": "Synchrony"}
LOGARITHMIC = ("rate", "synchrony")
SMALLEST = 1e-3
"""Silent populations are drawn at this rate (spikes/s)."""

LONGEST_MS = 10_000.0
ROW_IN = 0.125
HEADROOM = 1.8
"""Height of a row of rates over the largest smoothed rate; peaks in bins of 1 ms beyond it are cut."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rasters (where spikes are given), box plots over areas, and rates of areas in bins of 1 ms and smoothed."""
    files = files_by_kind(inputs, NAME, EXPECTED, ("spikes", "series", "statistics"))
    if len(files.series) != 1 or not files.statistics or len(files.spikes) > 1:
        raise InputError(
            f"{NAME}: {len(files.series)} series, {len(files.statistics)} statistics, {len(files.spikes)} spike data sets; "
            f"it draws {EXPECTED}"
        )
    series = next(iter(series_by_state(files.series, NAME, state).values()))
    values = _values(files.statistics, series)
    areas = [area for area in ARCHITECTURAL_ORDER if area in series["area"]]
    heights = [*([2.3] if files.spikes else []), 1.9, 0.65 + ROW_IN * max(len(areas), 6)]
    figure = Figure(figsize=(WIDTH_IN, sum(heights)))
    parts = list(figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0])
    panels = _rasters(parts[0], files.spikes[0], series) if files.spikes else []
    for axes, (statistic, frame) in zip(parts[-2].subplots(1, len(values)), values.items(), strict=True):
        _boxes(axes, statistic, frame)
        panels.append(axes)
    last = parts[-1].subplots()
    _rates(last, series, areas)
    for axes, letter in zip([*panels, last], "ABCDEFGH", strict=False):
        panel_letter(axes, letter)
    return figure


def _values(statistics: Sequence[Path], series: xr.Dataset) -> dict[str, pd.DataFrame]:
    """Values of each statistic, layer populations x areas, averaged over seeds; of the series' state and simulator."""
    runs = read_runs(statistics, with_distributions=False, definition=DEFINITION)
    state, simulator = str(series.attrs["state"]), str(series.attrs["simulator"])
    mine = [run for run in runs if (run.state, run.simulator) == (state, simulator)]
    if not mine:
        raise InputError(f"{statistics[0]}: no statistics of the {state} state on {simulator}, which the series is of")
    check_windows(mine)
    means = pd.concat([run.areas for run in mine]).groupby(level=[0, 1], sort=False).mean()
    values = {statistic: means[means.index.get_level_values(0) == statistic].droplevel(0) for statistic in AREA_TITLES}
    labels = [str(label) for label in series["target"].to_numpy()]
    frame = pd.DataFrame({"population": label_layers(labels), "area": label_areas(labels), "value": synchrony(population_rates(series))})
    values["synchrony"] = frame.pivot_table(index="population", columns="area", values="value")
    return values


def _rasters(part: SubFigure, spikes: Path, series: xr.Dataset) -> list[Axes]:
    meta = read_meta(spikes)
    if (meta.backend, meta.seed, meta.t_sim) != tuple(series.attrs[name] for name in ("simulator", "seed", "t_sim")):
        raise InputError(
            f"{spikes}: spikes of {meta.backend}, seed {meta.seed}, {meta.t_sim:g} ms; "
            "the series is of another simulation ({simulator}, seed {seed}, {t_sim:g} ms)".format(**series.attrs)
        )
    areas, window = shown(spikes, meta)
    panels = list(part.subplots(1, len(areas), squeeze=False)[0])
    for axes, area in zip(panels, areas, strict=True):
        raster(axes, spikes, meta, area, window)
        if window[0] < RASTER_START_MS:  # the simulation is too short for the published window
            axes.set_xlabel(f"Time (s), last {min(LENGTH_MS, meta.t_sim):g} ms")
    return panels


def _boxes(axes: Axes, statistic: str, frame: pd.DataFrame) -> None:
    """Box plots over areas: box to the quartiles, whiskers to 1.5 interquartile ranges; what does not exist or is undefined is left out."""
    for place, population in enumerate(LAYER_POPULATIONS):
        if population not in frame.index:
            continue
        row = frame.loc[population].to_numpy(float)
        row = row[~np.isnan(row)]
        color = population_color(population)
        line = {"color": color, "linewidth": 0.8}
        axes.boxplot(
            [np.maximum(row, SMALLEST) if statistic in LOGARITHMIC else row],
            positions=[place],
            widths=0.6,
            showmeans=True,
            boxprops=line,
            whiskerprops=line,
            capprops=line,
            medianprops={"color": INK, "linewidth": 1.0},
            flierprops={"marker": "+", "markersize": 3.0, "markeredgecolor": color, "markeredgewidth": 0.6},
            meanprops={"marker": "x", "markersize": 3.0, "markeredgecolor": INK, "markeredgewidth": 0.7},
            manage_ticks=False,
        )
    axes.set_title(TITLES[statistic].replace("Irregularity ", ""))
    axes.set_xlim(-0.6, len(LAYER_POPULATIONS) - 0.4)
    axes.set_xticks(range(len(LAYER_POPULATIONS)), [layer_name(population) for population in LAYER_POPULATIONS], fontsize=5.2)
    axes.tick_params(axis="x", length=0, pad=1.5)
    for label, population in zip(axes.get_xticklabels(), LAYER_POPULATIONS, strict=True):
        label.set_color(population_color(population))
    if statistic in LOGARITHMIC:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0,) if statistic == "rate" else (1.0, 2.0, 5.0)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    for boundary in (1.5, 3.5, 5.5):
        axes.axvline(boundary, color="#e6e6e6", linewidth=0.6, zorder=0)


def _rates(axes: Axes, series: xr.Dataset, areas: Sequence[str]) -> None:
    """Draw a row for each area, each with a scale of its own: its end is written at the right."""
    bin_ms = float(series.attrs["bin_ms"])
    counts, _ = area_counts(series)
    rates = area_rates(series)
    start = float(series["time"][0])
    kept = series["time"].to_numpy() < start + LONGEST_MS
    time = (series["time"].to_numpy()[kept] + bin_ms / 2) / 1000.0
    widths: Mapping[str, float] = {area: kernel_width(counts.sel(area=area).to_numpy()[kept], bin_ms) for area in areas}
    for row, area in enumerate(areas):
        raw: NDArray[np.float64] = rates.sel(area=area).to_numpy()[kept]
        smooth = smoothed(raw, widths[area], bin_ms)
        top = HEADROOM * smooth.max() or 1.0
        base = len(areas) - 1 - row
        axes.plot(time, base + np.minimum(raw / top, 1.0) * 0.95, color=RAW, linewidth=0.3, rasterized=True)
        axes.plot(time, base + smooth / top * 0.95, color=INK, linewidth=0.7, rasterized=True)
        axes.annotate(f"{top:.3g}", (1, base + 0.4), (3, 0), ("axes fraction", "data"), "offset points", fontsize=5.5, va="center")
    axes.set_yticks(np.arange(len(areas)) + 0.4, list(reversed(areas)), fontsize=6.0)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set(xlim=(time[0] - bin_ms / 2000, time[-1] + bin_ms / 2000), ylim=(-0.1, len(areas)), xlabel="Time (s)")
    least, largest = min(widths.values()), max(widths.values())
    kernel = f"{least:.0f}" if round(least) == round(largest) else f"{least:.0f} to {largest:.0f}"
    axes.set_title(
        f"Rates of areas, in bins of {bin_ms:g} ms and with a Gaussian kernel of {kernel} ms; at the right, a row's height in spikes/s"
    )
