"""What the mean-field theory says of one network: its state of low activity, how stable that is, and how rates get there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures.inputs import one_file
from analysis.figures.style import CATEGORIES, INK, NO_DATA, PALE, WIDTH_IN, layer_name, panel_letter, population_color
from analysis.figures.theory.common import LAYER_COLORS, SLOWEST, eigenvalues
from analysis.structure.areas import ARCHITECTURAL_ORDER
from analysis.theory.modes import oriented
from contracts.theory import read_theory
from procortex.formats.populations import LAYER_POPULATIONS, split_label

RANGE = (0.01, 100.0)
FEW_AREAS = 10
"""Up to so many areas the two panels over areas stand side by side."""

MANY_STARTS = 50
"""Beyond so many, trajectories are pixels: as lines they would make a file of many megabytes."""

WIDE = 20.0
"""Ratio of mean rates from which their axis is logarithmic."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rates and critical eigenvector by area and population; eigenvalues; mean rate and its speed in pseudo-time."""
    theory = one_file(inputs, "theory", "theory file", read_theory)
    areas = _areas(theory)
    few = len(areas) <= FEW_AREAS
    figure = Figure(figsize=(WIDTH_IN, 4.4 if few else 5.9))
    upper, lower = figure.subfigures(2, 1, squeeze=False, height_ratios=(2.2, 2.1) if few else (3.8, 2.1))[:, 0]
    top, second = upper.subplots(1, 2) if few else upper.subplots(2, 1)
    panels = [top, second, *lower.subplots(1, 3)]
    _rates(panels[0], theory, areas)
    _critical_vector(panels[1], theory, areas)
    upper.legend(handles=_legend(), loc="outside lower right", ncols=6, handletextpad=0.1, columnspacing=0.9)
    eigenvalues(panels[2], theory)
    panels[2].set(ylabel="Imaginary part", title="Eigenvalues")
    panels[2].margins(y=0.15)
    _trajectories(panels[3], panels[4], theory)
    for axes, letter in zip(panels, "ABCDE", strict=True):
        panel_letter(axes, letter)
    return figure


def _areas(theory: xr.Dataset) -> list[str]:
    """Areas of the network, in the order of the published figures."""
    there = {split_label(str(label))[0] for label in theory["target"].to_numpy()}
    return [area for area in ARCHITECTURAL_ORDER if area in there]


def _by_area(theory: xr.Dataset, values: np.ndarray, areas: Sequence[str]) -> pd.DataFrame:
    """Values of the populations, as layer populations x areas; NaN where an area lacks one."""
    table = pd.DataFrame(np.nan, index=list(LAYER_POPULATIONS), columns=list(areas))
    for label, value in zip(theory["target"].to_numpy(), values, strict=True):
        area, population = split_label(str(label))
        table.loc[population, area] = value
    return table


def _rates(axes: Axes, theory: xr.Dataset, areas: Sequence[str]) -> None:
    found = bool(theory.attrs["low_activity_found"])
    rates = theory["low_rates"].to_numpy()
    shown = _by_area(theory, np.maximum(rates, RANGE[0]), areas).to_numpy()
    palette = colormaps["viridis"].with_extremes(bad=NO_DATA)
    image = axes.imshow(np.ma.masked_invalid(shown), norm=LogNorm(*RANGE), cmap=palette, aspect="auto", interpolation="nearest")
    axes.set_yticks(range(len(LAYER_POPULATIONS)), [layer_name(population) for population in LAYER_POPULATIONS])
    for tick, population in zip(axes.get_yticklabels(), LAYER_POPULATIONS, strict=True):
        tick.set_color(population_color(population))
    axes.set_xticks(range(len(areas)), areas, rotation=0 if len(areas) <= FEW_AREAS else 90)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    name = "State of low activity" if found else "No state of low activity; end of the relaxation"
    axes.set_title(f"{name}, mean over populations {rates.mean():.3g} spikes/s")
    bar = axes.figure.colorbar(image, ax=axes, pad=0.01, aspect=14, extend="both")
    bar.set_label("Firing rate (spikes/s)")
    bar.outline.set_visible(False)


def _critical_vector(axes: Axes, theory: xr.Dataset, areas: Sequence[str]) -> None:
    vector = _by_area(theory, oriented(theory["critical_right"]), areas)
    axes.axhline(0.0, color=PALE, linewidth=0.5, zorder=0)
    for place, population in enumerate(LAYER_POPULATIONS):
        color = LAYER_COLORS[population[:-1]]
        face = color if population.endswith("E") else "white"
        shift = 0.09 * (place - (len(LAYER_POPULATIONS) - 1) / 2)
        axes.plot(
            np.arange(len(areas)) + shift, vector.loc[population].to_numpy(), "o", markersize=3.0, color=color, markerfacecolor=face,
            markeredgewidth=0.6,
        )  # fmt: skip
    for border in np.arange(len(areas) - 1) + 0.5:
        axes.axvline(border, color="#ececec", linewidth=0.5, zorder=0)
    axes.set_xticks(range(len(areas)), areas, rotation=0 if len(areas) <= FEW_AREAS else 90)
    axes.tick_params(axis="x", length=0)
    axes.set(xlim=(-0.6, len(areas) - 0.4), ylabel="Component", title="Critical eigenvector")


def _legend() -> list[Line2D]:
    shapes = {name: (color, color) for name, color in zip(("layer 2/3", "4", "5", "6"), LAYER_COLORS.values(), strict=True)}
    shapes |= {"excitatory": (INK, INK), "inhibitory": (INK, "white")}
    return [
        Line2D([], [], linestyle="", marker="o", markersize=3, color=color, markerfacecolor=face, label=name)
        for name, (color, face) in shapes.items()
    ]


def _trajectories(left: Axes, right: Axes, theory: xr.Dataset) -> None:
    time, attractor = theory["time"].to_numpy(), theory["attractor"].to_numpy()
    many = len(attractor) > MANY_STARTS
    for mean, speed, number in zip(theory["mean_rate"].to_numpy(), theory["speed"].to_numpy(), attractor, strict=True):
        color = CATEGORIES[number % len(CATEGORIES)] if number >= 0 else PALE
        for axes, values in ((left, mean), (right, speed)):
            axes.plot(time, np.where(values > 0, values, np.nan), color=color, linewidth=0.9, alpha=0.8, rasterized=many)
    starts, settled = len(attractor), int((attractor >= 0).sum())
    if starts == 1:
        title = f"From {_start_name(theory)}: {'at rest' if settled else 'not at rest'}"
    else:
        states = int(attractor.max()) + 1
        title = f"{starts} starts, {settled} at rest, {states} {'state' if states == 1 else 'states'}"
    left.set(xlabel="Pseudo-time", ylabel="Mean rate (spikes/s)", title=title)
    positive = theory["mean_rate"].to_numpy()[theory["mean_rate"].to_numpy() > 0]
    if positive.size and positive.max() > WIDE * positive.min():
        left.set_yscale("log")
    else:
        left.set_ylim(bottom=0.0)
    right.set(xlabel="Pseudo-time", ylabel="Speed (spikes/s)", yscale="log", title="Speed of the mean")
    right.set_ylim(bottom=SLOWEST)
    for axes in (left, right):
        axes.set_xlim(0.0, float(time[-1]))


def _start_name(theory: xr.Dataset) -> str:
    name = str(theory.attrs["initial_rates"])
    return {"zero": "zero rates", "published": "the published rates", "random_uniform": "random rates"}.get(name, "given rates")
