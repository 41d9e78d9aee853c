"""Distances between simulators in units of their bands; where there is no band, the values themselves."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures.style import INK, PALE, WIDTH_IN, layer_name, population_color, simulator_name
from analysis.statistics.catalogue import BY_NAME, STATISTICS
from analysis.tables import COMPARISON_COLUMNS, read_table
from procortex.formats.populations import LAYER_POPULATIONS
from procortex.utilities.errors import InputError

MEASURES = {"mean_difference": "Difference of means", "ks": "Kolmogorov-Smirnov", "w1": "Wasserstein"}
LIMIT = 2.0
"""Values farther out are drawn as arrows at the edge."""
GAP = 1.0
SMALLEST = 1e-4
"""Below this value the axis of values without bands is linear."""

Places = Mapping[tuple[str, str], float]
"""Height of each statistic of each layer population."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """One row of panels for each state and pair of simulators.

    Where bands are known, 1 is the end of the band. With too few areas and seeds to know the natural spread there is none, and values are
    drawn in their own units.
    """
    frame = pd.concat([read_table(path, COMPARISON_COLUMNS)[0] for path in inputs])
    frame = frame[frame["state"] == state] if state else frame
    if frame.empty:
        raise InputError(f"{inputs[0]}: nothing compared for state {state!r}")
    groups = list(frame.groupby(["state", "reference", "simulator"], sort=False))
    figure = Figure(figsize=(WIDTH_IN, 0.7 + 3.3 * len(groups)))
    subfigures = figure.subfigures(len(groups), 1, squeeze=False)[:, 0]
    for part, (key, group) in zip(subfigures, groups, strict=True):
        name, reference, simulator = map(str, key)
        judged = group[group["verdict"] != "reported"]
        rows, inside = (judged if len(judged) else group), int((judged["verdict"] == "inside").sum())
        said = f"{inside} of {len(judged)} inside" if len(judged) else "no bands: too few areas and seeds to know the natural spread"
        title = f"{name}: {simulator_name(simulator)} against {simulator_name(reference)}, {said}"
        part.suptitle(title, x=0.01, ha="left", fontsize=8)
        for axes, (measure, label) in zip(part.subplots(1, len(MEASURES), sharey=True), MEASURES.items(), strict=True):
            chosen = rows[rows["measure"].isin([measure, f"{measure}_areas"])]
            places = _places(axes, label)
            (_judged if len(judged) else _values)(axes, chosen, places, signed=measure == "mean_difference")
    subfigures[-1].legend(handles=_legend(), loc="outside lower center", ncols=4)
    return figure


def _judged(axes: Axes, rows: pd.DataFrame, places: Places, *, signed: bool) -> None:
    """Draw distances over their bands; far ones as arrows at the edge."""
    axes.axvspan(-1.0 if signed else 0.0, 1.0, color="#e9eef5", zorder=0, linewidth=0)
    for row in rows.to_dict("records"):
        ratio = row["value"] / row["band_high"] if row["band_high"] > 0 else 0.0
        marker = "o" if row["verdict"] == "inside" else ">" if ratio >= LIMIT else "<" if ratio <= -LIMIT else "X"
        _point(axes, row, float(np.clip(ratio, -LIMIT, LIMIT)), places, marker, filled=row["verdict"] == "inside")
    axes.set(xlim=(-LIMIT if signed else 0.0, LIMIT), xlabel="value / band")


def _values(axes: Axes, rows: pd.DataFrame, places: Places, *, signed: bool) -> None:
    """Draw values in their own units, from rates of some spikes/s to correlations of 1e-4."""
    axes.set_xscale("symlog", linthresh=SMALLEST)
    for row in rows.to_dict("records"):
        if np.isfinite(row["value"]):
            _point(axes, row, float(row["value"]), places, "s", filled=False)
    largest = max(float(np.nanmax(np.abs(rows["value"]), initial=0.0)), SMALLEST)
    ends = SMALLEST * 100.0 ** np.arange(1 + np.floor(np.log(largest / SMALLEST) / np.log(100) + 1e-9))
    axes.set(xlim=(-2 * largest if signed else 0.0, 2 * largest), xlabel="value (rate: spikes/s)")
    axes.set_xticks([*(-ends[::-1] if signed else []), *ends])


def _point(axes: Axes, row: Mapping[Hashable, Any], x: float, places: Places, marker: str, *, filled: bool) -> None:
    color, y = population_color(str(row["population"])), places[str(row["statistic"]), str(row["population"])]
    axes.plot(x, y, marker, markersize=4, color=color, markerfacecolor=color if filled else "white", clip_on=False, zorder=3)


def _places(axes: Axes, label: str) -> Places:
    """Give each statistic of each layer population its height, and label them."""
    places = {(s, p): i * (len(LAYER_POPULATIONS) + GAP) + j for i, s in enumerate(STATISTICS) for j, p in enumerate(LAYER_POPULATIONS)}
    axes.axvline(0.0, color=PALE, linewidth=0.5, zorder=1)
    axes.set(ylim=(max(places.values()) + 0.7, -0.7), title=label)
    axes.set_yticks(list(places.values()), [layer_name(population) for _, population in places])
    for tick, (_, population) in zip(axes.get_yticklabels(), places, strict=False):
        tick.set_color(population_color(population))
    axes.tick_params(axis="y", length=0, labelsize=6)
    if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
        for i, statistic in enumerate(STATISTICS):
            middle = i * (len(LAYER_POPULATIONS) + GAP) + (len(LAYER_POPULATIONS) - 1) / 2
            axes.annotate(
                BY_NAME[statistic].title,
                (0, middle),
                (-30, 0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                rotation=90,
                va="center",
                ha="center",
            )
    return places


def _legend() -> list[Line2D]:
    shapes = {
        "inside the band": ("o", INK),
        "outside": ("X", "white"),
        "outside, beyond the axis": (">", "white"),
        "no band": ("s", "white"),
    }
    return [
        Line2D([], [], linestyle="", marker=marker, markersize=4, color=INK, markerfacecolor=face, label=text)
        for text, (marker, face) in shapes.items()
    ]
