"""Layers in which connections end in the data, and populations that they join in the network, for each class of connection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Patch

from analysis.figures.structure.common import CLASS_COLORS, colors, one_anatomy
from analysis.figures.style import PALE, WIDTH_IN, layer_name, panel_letter, population_color
from analysis.structure.connections import CLASSES
from analysis.structure.laminar import PATTERN_LAYERS, mean_patterns, termination_layers
from procortex.formats.populations import LAYER_POPULATIONS

SOURCES = ("23E", "5E", "6E")
"""Populations that send synapses to other areas."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Top: connections of CoCoMac with terminals in a layer. Bottom: mean share of synapses by population of origin and of termination."""
    anatomy = one_anatomy(inputs, "laminar-patterns")
    figure = Figure(figsize=(WIDTH_IN, 4.6))
    top, bottom = figure.subplots(2, len(CLASSES), height_ratios=(1.0, 1.25))
    counts, patterns = termination_layers(anatomy), mean_patterns(anatomy)
    largest = float(patterns.max())
    for axes, name in zip(top, CLASSES, strict=True):
        _terminations(axes, counts[counts["connection_class"] == name], name)
    for axes, name in zip(bottom, CLASSES, strict=True):
        image = _pattern(axes, patterns.sel(connection_class=name), largest)
        axes.set_title(name.capitalize())
    top[0].set_ylabel("Layer of termination")
    swatches = [Patch(facecolor=PALE, label="terminals"), Patch(facecolor="white", edgecolor=PALE, linewidth=0.6, label="unknown")]
    top[0].legend(handles=swatches, loc="lower right", handlelength=1.0, fontsize=6)
    bottom[0].set_ylabel("Target population")
    shared = figure.colorbar(image, ax=list(bottom), aspect=18, pad=0.02, shrink=0.9)
    shared.set_label("Mean share of synapses")
    shared.outline.set_visible(False)
    for axes, letter in ((top[0], "A"), (bottom[0], "B")):
        panel_letter(axes, letter)
    return figure


def _terminations(axes: Axes, counts: pd.DataFrame, name: str) -> None:
    places = np.arange(len(PATTERN_LAYERS))
    present, unknown, patterns = counts["present"].to_numpy(), counts["unknown"].to_numpy(), int(counts["patterns"].iloc[0])
    axes.barh(places, present, color=CLASS_COLORS[name], height=0.75)
    axes.barh(places, unknown, left=present, facecolor="white", edgecolor=CLASS_COLORS[name], linewidth=0.6, height=0.75)
    axes.axvline(patterns, color="#c8c8c8", linewidth=0.6, zorder=0)
    axes.set(
        ylim=(len(places) - 0.4, -0.6),
        xlim=(0, 1.04 * max(1, patterns)),
        xlabel="Connections",
        title=f"{name.capitalize()}, {patterns} patterns",
    )
    axes.set_yticks(places, PATTERN_LAYERS)
    axes.tick_params(axis="y", length=0)


def _pattern(axes: Axes, pattern: xr.DataArray, largest: float) -> AxesImage:
    shares = pattern.sel(source_population=list(SOURCES)).to_numpy()
    image = axes.imshow(shares, cmap=colors(), norm=Normalize(0, largest), aspect="auto", interpolation="nearest")
    axes.set_yticks(range(len(LAYER_POPULATIONS)), [layer_name(population) for population in LAYER_POPULATIONS])
    axes.set_xticks(range(len(SOURCES)), [layer_name(population) for population in SOURCES])
    for label, population in zip(axes.get_yticklabels(), LAYER_POPULATIONS, strict=True):
        label.set_color(population_color(population))
    for (row, column), share in np.ndenumerate(shares):
        if share >= 0.005:
            color = "white" if share < 0.6 * largest else "black"
            axes.text(column, row, f"{share:.2f}".lstrip("0"), ha="center", va="center", fontsize=6, color=color)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("Source population")
    return image
