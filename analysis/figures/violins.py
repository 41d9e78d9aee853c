"""Area values of rate, LvR and correlation in each layer population: ours on the left of each violin, the reference on its right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from analysis.figures.style import (
    AREA_TITLES,
    EXCITATORY,
    INHIBITORY,
    INK,
    LIGHT,
    PALE,
    WIDTH_IN,
    layer_name,
    panel_letter,
    population_color,
    runs_by_simulator,
    simulator_name,
)
from procortex.formats.populations import LAYER_POPULATIONS

HALF_WIDTH = 0.42
POINTS = 120
FEWEST = 10
"""Values from which on a density is drawn; fewer are points."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Violins of two simulators, over areas, averaged over seeds: ours first, then given spikes, NEST, published values."""
    simulators = dict(list(runs_by_simulator(inputs, state).items())[:2])
    values = {name: pd.concat([run.areas for run in runs]).groupby(level=[0, 1], sort=False).mean() for name, runs in simulators.items()}
    figure = Figure(figsize=(WIDTH_IN, 2.6))
    for axes, letter, statistic in zip(figure.subplots(1, 3), "ABC", AREA_TITLES, strict=True):
        panel_letter(axes, letter)
        largest = max(
            (np.nanmax(frame.loc[statistic].to_numpy(float)) for frame in values.values() if statistic in frame.index), default=1.0
        )
        scale, unit = (1e3, " (10$^{-3}$)") if largest < 0.05 else (1.0, "")
        axes.set_title(AREA_TITLES[statistic] + unit)
        for place, population in enumerate(LAYER_POPULATIONS):
            for side, frame in zip((-1, 1), values.values(), strict=False):
                if (statistic, population) in frame.index:
                    sides = (side,) if len(values) > 1 else (-1, 1)
                    violin(
                        axes,
                        place,
                        violin_values(frame.loc[[(statistic, population)]]) * scale,
                        population_color(population),
                        sides,
                    )
        population_axis(axes)
    names = [simulator_name(name) for name in values]
    figure.legend(handles=legend(names), loc="outside lower center", ncols=len(names) + 2, handlelength=1.2, columnspacing=1.8)
    return figure


def population_axis(axes: Axes) -> None:
    """Make the horizontal axis one of layer populations."""
    axes.set_xticks(range(len(LAYER_POPULATIONS)), [layer_name(population) for population in LAYER_POPULATIONS])
    axes.set_xlim(-0.6, len(LAYER_POPULATIONS) - 0.4)
    axes.tick_params(axis="x", length=0)
    for label, population in zip(axes.get_xticklabels(), LAYER_POPULATIONS, strict=True):
        label.set_color(population_color(population))
    for boundary in (1.5, 3.5, 5.5):
        axes.axvline(boundary, color="#e6e6e6", linewidth=0.6, zorder=0)


def legend(names: list[str]) -> list[Patch]:
    """Dark and light halves, then the two colours."""
    shades = [
        Patch(facecolor=color, edgecolor=INK, linewidth=0.6, label=name) for color, name in zip(("#5a5a5a", "#cfcfcf"), names, strict=False)
    ]
    return [*shades, Patch(color=EXCITATORY, label="excitatory"), Patch(color=INHIBITORY, label="inhibitory")]


def violin_values(row: pd.DataFrame) -> NDArray[np.float64]:
    """Area values that there are."""
    values = row.to_numpy(float).ravel()
    return np.asarray(values[~np.isnan(values)])


def violin(axes: Axes, place: float, values: NDArray[np.float64], color: str, sides: tuple[int, ...]) -> None:
    """Halves of a violin: kernel density cut at the data's range, quartiles as lines; points where there are few values."""
    for side in sides:
        face = color if side < 0 or len(sides) > 1 else LIGHT[color]
        if len(values) < FEWEST or np.ptp(values) == 0:
            axes.plot(
                np.full(len(values), place + side * 0.15),
                values,
                "o",
                markersize=2.5,
                color=face,
                markeredgecolor=color,
                markeredgewidth=0.5,
            )
            continue
        grid = np.linspace(values.min(), values.max(), POINTS)
        width = density(values, grid)
        width = side * HALF_WIDTH * width / width.max()
        axes.fill_betweenx(grid, place, place + width, facecolor=face, edgecolor=color, linewidth=0.6, zorder=2)
        for q, style in ((0.25, (0, (2, 1.5))), (0.5, "-"), (0.75, (0, (2, 1.5)))):
            level = np.quantile(values, q)
            ink = "white" if face == color else color
            axes.plot([place, place + np.interp(level, grid, width)], [level, level], linestyle=style, color=ink, linewidth=0.8, zorder=3)
    if len(sides) == 1:
        axes.plot([place, place], [values.min(), values.max()], color=PALE, linewidth=0.4, zorder=3)


def density(values: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaussian kernel density with Scott's bandwidth."""
    bandwidth = values.std(ddof=1) * len(values) ** -0.2
    return np.asarray(
        np.exp(-0.5 * ((grid[:, None] - values) / bandwidth) ** 2).sum(axis=1) / (len(values) * bandwidth * np.sqrt(2 * np.pi))
    )
