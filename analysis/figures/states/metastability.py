"""From the ground state to metastability: rates over time, end states of the theory, and stability over the strength between areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure, SubFigure

from analysis.dynamics.rate_series import after_start, area_rates, smoothed
from analysis.figures.dynamics.common import RAW, shown_area
from analysis.figures.rate_matrix import RANGE, rate_matrix
from analysis.figures.states.common import CHI, rates_by_state, strength
from analysis.figures.style import CATEGORIES, INK, PALE, WIDTH_IN, panel_letter
from analysis.structure.areas import ARCHITECTURAL_ORDER
from contracts.theory import read_theory
from procortex.formats.hdf5 import UnreadableError, read_isolated
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError

NAME = "metastability"
EXPECTED = "series.nc and theory.nc of each of several strengths, and statistics of one state"
KERNEL_MS = 20.0
LONGEST_MS = 10_000.0
END_RATES = (0.1, 500.0)
"""Scale of the mean rates (spikes/s) of end states."""

END_BINS = 48
SERIES_COMMAND, THEORY_COMMAND = "python -m analysis series", "python -m model theory"


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rates of V1 over time by chi; end states of the theory over chi and its critical eigenvalue; rates of the metastable state."""
    series, theories, statistics = _read(inputs)
    rates = rates_by_state(statistics, NAME)
    if len(rates) != 1:
        raise InputError(f"{NAME}: statistics of the states {', '.join(rates)}; it draws the rates of one")
    heights = (0.7 + 0.48 * len(series), 2.5, 2.2)
    figure = Figure(figsize=(WIDTH_IN, sum(heights)))
    parts = figure.subfigures(3, 1, squeeze=False, height_ratios=heights)[:, 0]
    first = _rows(parts[0], series)
    ends, critical = parts[1].subplots(1, 2, width_ratios=(1.15, 1.0))
    _end_states(ends, theories)
    _critical(critical, theories)
    matrix = parts[2].subplots()
    (name, frame), *_ = rates.items()
    image = rate_matrix(matrix, frame, [area for area in ARCHITECTURAL_ORDER if area in frame.columns], RANGE)
    bar = parts[2].colorbar(image, ax=matrix, aspect=18, pad=0.01, extend="both")
    bar.set_label("Firing rate (spikes/s)")
    bar.outline.set_visible(False)
    matrix.set_title(f"Rates of the state {name}")
    for axes, letter in zip((first, ends, critical, matrix), "ABCD", strict=True):
        panel_letter(axes, letter)
    return figure


def _read(inputs: Sequence[Path]) -> tuple[dict[float, xr.Dataset], dict[float, xr.Dataset], list[Path]]:
    """Tell series, theory files and statistics apart; the first two by ascending chi."""
    series: dict[float, xr.Dataset] = {}
    theories: dict[float, xr.Dataset] = {}
    statistics = [path for path in inputs if path.suffix == ".parquet"]
    for path in (path for path in inputs if path.suffix != ".parquet"):
        if path.suffix != ".nc":
            raise InputError(f"{path}: no input of {NAME}; it draws {EXPECTED}")
        is_theory = _is_theory(path)
        one = read_theory(path) if is_theory else after_start(read_series(path))
        chi = strength(one, path, THEORY_COMMAND if is_theory else SERIES_COMMAND)
        found = theories if is_theory else series
        if chi in found:
            raise InputError(f"{path}: {CHI} = {chi:g} is given twice; {NAME} draws one {'theory' if is_theory else 'series'} of each")
        found[chi] = one
    if not series or not theories or not statistics:
        raise InputError(f"{NAME}: {len(series)} series, {len(theories)} theory files, {len(statistics)} statistics; it draws {EXPECTED}")
    return dict(sorted(series.items())), dict(sorted(theories.items())), statistics


def _is_theory(path: Path) -> bool:
    try:
        return "critical_right" in read_isolated(path).variables
    except UnreadableError:
        return False  # the reader of series says what is wrong with it


def _rows(part: SubFigure, series: Mapping[float, xr.Dataset]) -> Axes:
    area = shown_area(series.values())
    rows: list[Axes] = list(part.subplots(len(series), 1, sharex=True, squeeze=False)[:, 0])
    longest = 0.0
    for axes, (chi, one) in zip(rows, series.items(), strict=True):
        bin_ms = float(one.attrs["bin_ms"])
        kept = one["time"].to_numpy() < float(one["time"][0]) + LONGEST_MS
        raw = area_rates(one).sel(area=area).to_numpy()[kept]
        smooth = smoothed(raw, KERNEL_MS, bin_ms)
        time = (one["time"].to_numpy()[kept] + bin_ms / 2) / 1000.0
        axes.plot(time, raw, color=RAW, linewidth=0.3, rasterized=True)
        axes.plot(time, smooth, color=INK, linewidth=0.6, rasterized=True)
        top = 1.4 * float(smooth.max()) or 1.0
        axes.set(ylim=(0.0, top), yticks=[0.0, float(f"{smooth.max():.1g}") or 1.0])
        axes.annotate(f"{CHI} = {chi:g}", (1, 0.5), (4, 0), xycoords="axes fraction", textcoords="offset points", va="center")
        longest = max(longest, float(time[-1]))
    rows[-1].set(xlim=(float(next(iter(series.values()))["time"][0]) / 1000.0, longest), xlabel="Time (s)")
    rows[0].set_title(f"Rate of {area} (spikes/s), in bins of 1 ms and with a Gaussian kernel of {KERNEL_MS:g} ms")
    part.supylabel(" ", fontsize=4)  # keeps the letter of the panel inside
    return rows[0]


def _end_states(axes: Axes, theories: Mapping[float, xr.Dataset]) -> None:
    """Share of the starts that end at each mean rate, a column for each chi; the state of low activity marked."""
    bins = np.geomspace(*END_RATES, END_BINS + 1)
    starts = {int(one.sizes["start"]) for one in theories.values()}
    shares = []
    for place, one in enumerate(theories.values()):
        ends = np.clip(one["rates"].mean("target").to_numpy(), bins[0], bins[-1])
        shares.append(np.histogram(ends, bins)[0] / len(ends))
        if one.attrs["low_activity_found"]:
            low = float(one["low_rates"].mean())
            axes.plot(place, low, "o", markersize=3.5, color=CATEGORIES[5], markerfacecolor="none", markeredgewidth=0.9)
    colors = colormaps["Greys"].with_extremes(under="white")
    edges = np.arange(len(theories) + 1) - 0.5
    image = axes.pcolormesh(edges, bins, np.array(shares).T, cmap=colors, norm=Normalize(0.0, 1.0), rasterized=True)
    axes.set(yscale="log", ylim=END_RATES, ylabel="Mean rate (spikes/s)", xlabel=f"Strength between areas {CHI}")
    axes.set_xticks(range(len(theories)), [f"{chi:g}" for chi in theories], rotation=90 if len(theories) > 8 else 0)
    for edge in edges[1:-1]:
        axes.axvline(edge, color="#ececec", linewidth=0.5)
    number = f"{min(starts)}" if len(starts) == 1 else f"{min(starts)} to {max(starts)}"
    axes.set_title(f"End states of the theory from {number} start{'s' * (max(starts) > 1)}")
    bar = axes.figure.colorbar(image, ax=axes, pad=0.02, aspect=18)
    bar.set_label("Share of starts")
    bar.outline.set_visible(False)


def _critical(axes: Axes, theories: Mapping[float, xr.Dataset]) -> None:
    table = pd.Series(
        {chi: float(one["eigenvalue_real"][0]) for chi, one in theories.items() if one.attrs["low_activity_found"]}, dtype=float
    )
    axes.axhline(1.0, color=PALE, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0)
    axes.plot(table.index, table.to_numpy(), "o-", color=INK, markersize=3.5, linewidth=1.0)
    for chi in (chi for chi in theories if chi not in table.index):
        axes.plot(chi, 1.0, "x", color=CATEGORIES[5], markersize=4.0)
    axes.set(
        xlabel=f"Strength between areas {CHI}",
        ylabel="Critical eigenvalue",
        title="Stability of the state of low activity",
        ylim=(0.0, 1.1),
    )
