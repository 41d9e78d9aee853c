"""What the points of a sweep do: rate, synchrony, irregularity and correlation over the swept parameter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures.states.common import CHI, leading_simulator
from analysis.figures.style import INK, WIDTH_IN, layer_name, panel_letter, simulator_name
from analysis.figures.theory.common import LAYER_COLORS
from analysis.sweep.gather import columns_of
from analysis.sweep.points import Line, Points, axis_of, lines_of, read_points, shown
from analysis.tables import POOLED, read_table
from procortex.formats.populations import LAYER_POPULATIONS
from procortex.utilities.errors import InputError

ROWS = {"rate": "Rate (spikes/s)", "synchrony": "Synchrony", "lvr": "Irregularity LvR", "correlation": "Correlation"}
LOGARITHMIC = ("rate", "synchrony")
SMALLEST = 1e-3
"""Silent populations are drawn at this rate (spikes/s)."""

SYMBOLS = {"cc_weights_factor": f"Strength between areas {CHI}", "g": "Inhibition relative to excitation g"}
COLUMN_IN = 1.75
LONGEST = 24
"""Letters of a value on the axis."""

NARROW = 0.35
"""Width of the column of a single state, relative to the others."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rows: statistics of the layer populations; columns: lines of the sweep. Lines: means over seeds; dots: seeds."""
    if len(inputs) != 2:
        raise InputError(f"sweep: {len(inputs)} inputs; it draws sweep.yaml and sweep.parquet, in this order")
    points = read_points(inputs[0])
    table = read_table(inputs[1], columns_of(points))[0]
    if not set(table["state"]) <= set(points.states):
        raise InputError(f"{inputs[1]}: holds other states than {inputs[0]}; make both again")
    simulator = leading_simulator(table)
    table = table[(table["simulator"] == simulator) & (table["area"] == POOLED)]
    axis, lines = axis_of(points), lines_of(points)
    place = _places(points, axis)
    widths = [1.0 if len(line.states) > 1 else NARROW for line in lines]
    figure = Figure(figsize=(max(WIDTH_IN if len(lines) > 2 else 4.4, COLUMN_IN * sum(widths) + 1.0), 6.6))
    panels = figure.subplots(len(ROWS), len(lines), squeeze=False, sharex="col", sharey="row", width_ratios=widths)
    for row, (statistic, label) in zip(panels, ROWS.items(), strict=True):
        for axes, line in zip(row, lines, strict=True):
            _curves(axes, table[table["statistic"] == statistic], line, points, axis, place)
        if statistic in LOGARITHMIC:
            row[0].set_yscale("log")
        row[0].set_ylabel(label)
        panel_letter(row[0], "ABCD"[list(ROWS).index(statistic)])
    for axes, line in zip(panels[0], lines, strict=True):
        axes.set_title(line.label or simulator_name(simulator))
    for axes, line in zip(panels[-1], lines, strict=True):
        _ticks(axes, [points.states[state][axis] for state in line.states], place)
    widest = max(range(len(lines)), key=lambda column: len(lines[column].states))
    panels[-1, widest].set_xlabel(SYMBOLS.get(points.columns[axis], points.columns[axis]))
    figure.legend(handles=_legend(), loc="outside right upper", handlelength=1.8)
    return figure


def _places(points: Points, axis: str) -> dict[str, float]:
    """Place of every value on the axis: numbers at themselves, everything else one after the other."""
    values = [own[axis] for own in points.states.values()]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return {str(value): float(value) for value in values}
    return {text: float(place) for place, text in enumerate(dict.fromkeys(str(value) for value in values))}


def _ticks(axes: Axes, values: Sequence[Any], place: dict[str, float]) -> None:
    """Name the values themselves where they are no numbers, or one alone."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if numbers and len(values) > 1:
        return
    at = [place[str(value)] for value in values]
    texts = [shown(value)[:LONGEST] for value in values]
    slanted = any(len(text) > 6 for text in texts)
    axes.set_xticks(at, texts, rotation=45 if slanted else 0, ha="right" if slanted else "center")
    axes.set_xlim(min(at) - 0.5, max(at) + 0.5)


def _curves(axes: Axes, table: pd.DataFrame, line: Line, points: Points, axis: str, place: dict[str, float]) -> None:
    x = [place[str(points.states[state][axis])] for state in line.states]
    for population in (*LAYER_POPULATIONS, POOLED):
        mine = table[table["population"] == population]
        if mine.empty:
            continue
        style: dict[str, Any] = _style(population)
        seeds = [mine.loc[mine["state"] == state, "value"].to_numpy(float) for state in line.states]
        if mine["statistic"].iloc[0] in LOGARITHMIC:
            seeds = [np.maximum(values, SMALLEST) for values in seeds]
        means = [np.mean(values) if len(values) else np.nan for values in seeds]
        axes.plot(x, means, marker="o", markersize=3.0, **style)
        for at, values in zip(x, seeds, strict=True):
            if len(values) > 1:
                axes.plot([at] * len(values), values, "o", markersize=1.4, markeredgewidth=0, color=style["color"], alpha=0.6)


def _style(population: str) -> dict[str, Any]:
    if population == POOLED:
        return {"color": INK, "linewidth": 1.4, "zorder": 4}
    color = LAYER_COLORS[population[:-1]]
    if population.endswith("E"):
        return {"color": color, "linewidth": 1.0}
    return {"color": color, "linewidth": 0.8, "linestyle": (0, (3, 1.5)), "markerfacecolor": "white", "markeredgewidth": 0.7}


def _legend() -> list[Line2D]:
    handles = [
        Line2D([], [], marker="o", markersize=3.0, label=layer_name(population), **_style(population)) for population in LAYER_POPULATIONS
    ]
    return [*handles, Line2D([], [], marker="o", markersize=3.0, label="all neurons", **_style(POOLED))]
