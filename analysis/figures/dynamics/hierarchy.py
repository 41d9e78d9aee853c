"""The order in which activity reaches the areas: an example, lags of all pairs, and the hierarchy that fits them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, TwoSlopeNorm
from matplotlib.figure import Figure

from analysis.dynamics import SHORTEST_LAGS_MS
from analysis.dynamics.hierarchy import (
    AFTER,
    BEFORE,
    TemporalHierarchy,
    rank_correlation,
    rise_times,
    steepest_rise,
    temporal_hierarchy,
    violations_by_chance,
)
from analysis.dynamics.lags import COLUMNS, LONGEST_MS, cross_correlation, lag_axis, lag_matrix
from analysis.dynamics.rate_series import area_rates, long_series, smoothed
from analysis.figures.catalogue import FEWEST_INTERACTING
from analysis.figures.structure.common import bar, colors, matrix
from analysis.figures.style import CATEGORIES, INK, PALE, WIDTH_IN, nothing_to_show, panel_letter
from analysis.tables import read_table
from contracts.anatomy import read_anatomy
from procortex.utilities.errors import InputError

SMOOTHING_MS = 5.0
EXAMPLES = ("V1", "V2", "V4", "MT", "7a", "FEF", "46")
"""Areas whose correlation with the first that is there is drawn, from low to high in the structural hierarchy."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Draw a rise of activity (A), cross-correlations (B), lags (C), the hierarchy (D), and the same over the structural one (E)."""
    if len(inputs) != 3:
        raise InputError(f"temporal-hierarchy: {len(inputs)} inputs; it draws series.nc, lags.parquet and anatomy.nc, in this order")
    series = long_series(inputs[0], SHORTEST_LAGS_MS, "temporal-hierarchy")
    lag = lag_matrix(read_table(inputs[1], COLUMNS)[0])
    found = temporal_hierarchy(lag)
    order = [str(area) for area in found.heights.dropna().sort_values(kind="stable").index]
    if len(order) < FEWEST_INTERACTING:
        return nothing_to_show(f"Lags between {len(order)} areas: a hierarchy needs at least {FEWEST_INTERACTING} that reach each other.")
    rates = area_rates(series)
    figure = Figure(figsize=(WIDTH_IN, 7.0))
    upper, lower = figure.subfigures(2, 1, squeeze=False, height_ratios=(3.3, 3.5))[:, 0]
    rise, examples = upper.subplots(1, 2, width_ratios=(1.5, 1))
    lag_axes, bars, structural = lower.subplots(1, 3, width_ratios=(2.35, 0.85, 1.25))
    _rise(rise, rates.sel(area=order))
    _examples(examples, rates, order)
    _lags(lag_axes, lag, order)
    _hierarchy(bars, found, violations_by_chance(lag), order)
    _structural(structural, found.heights, read_anatomy(inputs[2]))
    for axes, letter in zip((rise, examples, lag_axes, bars, structural), "ABCDE", strict=True):
        panel_letter(axes, letter)
    return figure


def _rise(axes: Axes, rates: xr.DataArray) -> None:
    smooth = smoothed(rates.to_numpy(), SMOOTHING_MS)
    start = steepest_rise(smooth) - BEFORE
    shown = smooth[:, start : start + BEFORE + AFTER]
    low, high = shown.min(axis=1, keepdims=True), shown.max(axis=1, keepdims=True)
    scaled = np.divide(shown - low, high - low, out=np.zeros_like(shown), where=high > low)
    time = rates["time"].to_numpy()[start : start + shown.shape[1]]
    extent = (float(time[0]), float(time[-1]) + 1.0, len(shown) - 0.5, -0.5)
    image = axes.imshow(scaled, extent=extent, aspect="auto", interpolation="nearest", cmap=colors(), norm=Normalize(0.0, 1.0))
    times = rise_times(shown)
    axes.plot(time[0] + 0.5 + times, np.arange(len(times)), "o", markersize=2.6, color="white", markeredgecolor=INK, markeredgewidth=0.4)
    axes.set_yticks(range(len(shown)), [str(area) for area in rates["area"].to_numpy()], fontsize=5)
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)
    axes.set(xlabel="Time (ms)", title="A rise of activity")
    bar(image, axes, "Rate, scaled")


def _examples(axes: Axes, rates: xr.DataArray, order: Sequence[str]) -> None:
    areas = [area for area in EXAMPLES if area in order]
    areas += [area for area in order if area not in areas][: max(0, 3 - len(areas))]
    first, *others = areas
    lag = lag_axis()
    shown = np.abs(lag) <= LONGEST_MS
    axes.axvline(0.0, color=PALE, linewidth=0.6, zorder=0)
    axes.axhline(0.0, color=PALE, linewidth=0.6, zorder=0)
    for area, color in zip(others, CATEGORIES, strict=False):
        correlation = cross_correlation(rates.sel(area=area).to_numpy(), rates.sel(area=first).to_numpy())
        axes.plot(lag[shown], correlation[shown], color=color, linewidth=0.9, label=area)
    axes.set(xlim=(-LONGEST_MS, LONGEST_MS), xlabel=f"Lag behind {first} (ms)", ylabel="Correlation", title=f"Correlation with {first}")
    axes.legend(loc="upper left", handlelength=1.0, fontsize=6, borderaxespad=0.1)


def _lags(axes: Axes, lag: pd.DataFrame, order: Sequence[str]) -> None:
    values = lag.loc[list(order), list(order)].to_numpy()
    limit = max(1.0, float(np.nanpercentile(np.abs(values), 98)))
    image = matrix(axes, values, order, TwoSlopeNorm(0.0, -limit, limit), colors("RdBu_r"), size=4.4)
    axes.set(xlabel="Reference", ylabel="Area", title="Lag of the area behind the reference")
    bar(image, axes, "Lag (ms)", extend="both")


def _hierarchy(axes: Axes, found: TemporalHierarchy, chance: float, order: Sequence[str]) -> None:
    axes.barh(range(len(order)), found.heights[list(order)].to_numpy(), height=0.7, color=CATEGORIES[0])
    axes.set_yticks(range(len(order)), order, fontsize=5)
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(len(order) - 0.4, -0.6), xlim=(0.0, 1.0), xlabel=f"Place in time\n(0 to 1: {found.span_ms:.0f} ms)")
    share = 100 * found.violations / max(1, found.pairs)
    axes.set_title(f"Hierarchy: {share:.0f} % of\npairs violate it\n(by chance {100 * chance:.0f} %)", fontsize=7)


def _structural(axes: Axes, heights: pd.Series[float], anatomy: xr.Dataset) -> None:
    structural = anatomy["hierarchy"].sel(area=list(heights.index)).to_numpy()
    temporal = heights.to_numpy()
    rho, p = rank_correlation(heights, structural)
    axes.plot(structural, temporal, "o", markersize=2.5, color=CATEGORIES[0], markeredgewidth=0)
    for name, x, y in zip(heights.index, structural, temporal, strict=True):
        if np.isfinite(x) and np.isfinite(y):
            axes.annotate(str(name), (x, y), (2, 1), textcoords="offset points", fontsize=4.4)
    value = f"{rho:.2f}".replace("-", "\N{MINUS SIGN}")
    axes.set(xlabel="Structural hierarchy", ylabel="Place in time", xlim=(-0.05, 1.12), ylim=(-0.05, 1.05))
    axes.set_title(f"Against the anatomy\nSpearman {value} (p = {p:.2g})", fontsize=7)
