"""In-degrees and connection probabilities of the populations of two areas, and where the in-degrees of all areas come from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from analysis.figures.structure.common import bar, matrix, one_anatomy, positive
from analysis.figures.style import CATEGORIES, INK, WIDTH_IN, layer_name, panel_letter, population_color
from analysis.structure.areas import ORIGINS, area_neurons, indegrees_by_origin
from analysis.structure.connections import connection_probabilities
from procortex.formats.populations import population_labels, split_label

SHOWN = ("V1", "V2")
ORIGIN_NAMES = dict(zip(ORIGINS, ("same area", "other areas", "external"), strict=True))
SMALLEST_INDEGREE, SMALLEST_PROBABILITY = 0.1, 1e-6


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """In-degrees and probabilities between the populations of V1 and V2; mean in-degree of all areas, by origin, densest first."""
    anatomy = one_anatomy(inputs, "populations")
    figure = Figure(figsize=(WIDTH_IN, 5.5))
    upper, lower = figure.subfigures(2, 1, squeeze=False, height_ratios=(3.2, 2.3))[:, 0]
    left, right = upper.subplots(1, 2)
    labels = list(population_labels(SHOWN))
    indegree = anatomy["indegree"].sel(target=labels, source=labels)
    probability = connection_probabilities(indegree, anatomy["neurons"].sel(target=labels))
    _matrix(left, indegree, labels, SMALLEST_INDEGREE, "In-degree")
    _matrix(right, probability, labels, SMALLEST_PROBABILITY, "Connection probability")
    bottom = lower.subplots()
    _origins(bottom, anatomy)
    for axes, letter in zip((left, right, bottom), "ABC", strict=True):
        panel_letter(axes, letter)
    return figure


def _matrix(axes: Axes, values: xr.DataArray, labels: Sequence[str], smallest: float, name: str) -> None:
    populations = [split_label(label)[1] for label in labels]
    norm = LogNorm(smallest, float(values.max()))
    image = matrix(axes, positive(values.to_numpy()), [layer_name(population) for population in populations], norm, size=5.5)
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        for tick, population in zip(ticks, populations, strict=True):
            tick.set_color(population_color(population))
    half = len(labels) // len(SHOWN)
    for area, middle in zip(SHOWN, (np.arange(len(SHOWN)) + 0.5) * half - 0.5, strict=True):
        axes.annotate(area, (middle, 1), (0, 3), xycoords=("data", "axes fraction"), textcoords="offset points", ha="center", va="bottom")
        axes.annotate(area, (0, middle), (-17, 0), xycoords=("axes fraction", "data"), textcoords="offset points", ha="right", va="center")
    for border in np.arange(1, len(SHOWN)) * half - 0.5:
        axes.axhline(border, color="white", linewidth=1.2)
        axes.axvline(border, color="white", linewidth=1.2)
    axes.set(xlabel="Source population", ylabel="Target population\n", title=f"{name}\n")
    bar(image, axes, name, extend="min")


def _origins(axes: Axes, anatomy: xr.Dataset) -> None:
    means = indegrees_by_origin(anatomy)
    density = anatomy["density"].to_series()
    order = density.sort_values(ascending=False, kind="stable").index
    base, places = np.zeros(len(order)), np.arange(len(order))
    for origin, color in zip(ORIGINS, (CATEGORIES[0], CATEGORIES[1], "#c4c4c4"), strict=True):
        heights = means.loc[order, origin].to_numpy()
        axes.bar(places, heights, bottom=base, color=color, width=0.8, label=ORIGIN_NAMES[origin])
        base = base + heights
    neurons = area_neurons(anatomy).to_series()
    mean = float((means.sum(axis=1) * neurons).sum() / neurons.sum())
    axes.axhline(mean, color=INK, linewidth=0.8, linestyle=(0, (4, 2)), label=f"mean over neurons, {mean:,.0f}")
    axes.set_xticks(places, list(order), rotation=90)
    axes.tick_params(axis="x", length=0)
    axes.set(
        xlim=(-0.7, len(order) - 0.3),
        ylabel="Synapses per neuron",
        xlabel="Area, by neuron density from high to low",
        title="Mean in-degree by origin",
    )
    axes.legend(loc="upper left", ncols=2, handlelength=1.2)
