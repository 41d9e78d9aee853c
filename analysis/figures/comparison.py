"""Judged distances in units of their bands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """One row of panels for each state and pair of simulators; 1 is the end of the band."""
    frame = pd.concat([read_table(path, COMPARISON_COLUMNS)[0] for path in inputs])
    frame = frame[frame["state"] == state] if state else frame
    judged = frame[frame["verdict"] != "reported"]
    if frame.empty:
        raise InputError(f"{inputs[0]}: nothing compared for state {state!r}")
    groups = list((judged if len(judged) else frame).groupby(["state", "reference", "simulator"], sort=False))
    figure = Figure(figsize=(WIDTH_IN, 0.7 + 3.3 * len(groups)))
    subfigures = figure.subfigures(len(groups), 1, squeeze=False)[:, 0]
    for part, (key, group) in zip(subfigures, groups, strict=True):
        name, reference, simulator = map(str, key)
        rows = group[group["verdict"] != "reported"]
        inside = int((rows["verdict"] == "inside").sum())
        title = f"{name}: {simulator_name(simulator)} against {simulator_name(reference)}"
        part.suptitle(f"{title}, {inside} of {len(rows)} inside" if len(rows) else f"{title}, reported only", x=0.01, ha="left", fontsize=8)
        for axes, (measure, label) in zip(part.subplots(1, len(MEASURES), sharey=True), MEASURES.items(), strict=True):
            _panel(axes, rows[rows["measure"].isin([measure, f"{measure}_areas"])], measure, label)
    subfigures[-1].legend(handles=_legend(), loc="outside lower center", ncols=3)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, measure: str, label: str) -> None:
    signed = measure == "mean_difference"
    axes.axvspan(-1.0 if signed else 0.0, 1.0, color="#e9eef5", zorder=0, linewidth=0)
    axes.axvline(0.0, color=PALE, linewidth=0.5, zorder=1)
    places = {(s, p): i * (len(LAYER_POPULATIONS) + GAP) + j for i, s in enumerate(STATISTICS) for j, p in enumerate(LAYER_POPULATIONS)}
    for row in rows.to_dict("records"):
        ratio = row["value"] / row["band_high"] if row["band_high"] > 0 else 0.0
        shown = float(np.clip(ratio, -LIMIT, LIMIT))
        marker = "o" if row["verdict"] == "inside" else ">" if ratio >= LIMIT else "<" if ratio <= -LIMIT else "X"
        color = population_color(str(row["population"]))
        face = color if row["verdict"] == "inside" else "white"
        axes.plot(
            shown,
            places[str(row["statistic"]), str(row["population"])],
            marker,
            markersize=4,
            color=color,
            markerfacecolor=face,
            clip_on=False,
            zorder=3,
        )
    axes.set(xlim=(-LIMIT if signed else 0.0, LIMIT), ylim=(max(places.values()) + 0.7, -0.7), title=label, xlabel="value / band")
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


def _legend() -> list[Line2D]:
    shapes = {"inside the band": ("o", INK), "outside": ("X", "white"), "outside, beyond the axis": (">", "white")}
    return [
        Line2D([], [], linestyle="", marker=marker, markersize=4, color=INK, markerfacecolor=face, label=text)
        for text, (marker, face) in shapes.items()
    ]
