"""Neuron densities and thickness of the areas, over their architectural types."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.structure.common import one_anatomy
from analysis.figures.style import CATEGORIES, INK, WIDTH_IN, panel_letter
from contracts.anatomy import LAYERS

LAYER_COLORS = dict(zip(LAYERS, ("#8a8a8a", *CATEGORIES[:4]), strict=True))
SMALLEST_SPREAD = 0.11


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Overall density and laminar densities over architectural types; total and relative thickness over density."""
    anatomy = one_anatomy(inputs, "areas")
    figure = Figure(figsize=(WIDTH_IN, 4.9))
    panels = figure.subplots(2, 2)
    _density(panels[0, 0], anatomy)
    _laminar_densities(panels[0, 1], anatomy)
    _thickness(panels[1, 0], anatomy)
    _laminar_thickness(panels[1, 1], anatomy)
    for axes, letter in zip(panels.ravel(), "ABCD", strict=True):
        panel_letter(axes, letter)
    return figure


def _spread(types: pd.Series[int]) -> np.ndarray:
    """Architectural types, areas of equal type side by side."""
    rank, size = types.groupby(types).cumcount(), types.groupby(types).transform("size")
    return (types + (rank - (size - 1) / 2) * np.minimum(SMALLEST_SPREAD, 0.75 / size)).to_numpy()


def _density(axes: Axes, anatomy: xr.Dataset) -> None:
    density, source = anatomy["density"].to_series(), anatomy["density_source"].to_series()
    order = density.sort_values().index
    places = pd.Series(_spread(anatomy["architectural_type"].to_series()[order]), index=order)
    for name, known in (("measured", source != "type_mean"), ("mean of the type", source == "type_mean")):
        chosen = [area for area in order if known[area]]
        face = CATEGORIES[0] if name == "measured" else "white"
        axes.plot(places[chosen], density[chosen] * 1e-3, "o", markersize=3.5, color=CATEGORIES[0], markerfacecolor=face, label=name)
    axes.set(xlabel="Architectural type", ylabel="Neurons (10$^3$/mm$^3$)", title="Density", ylim=(0, None))
    axes.legend(loc="upper left")


def _laminar_densities(axes: Axes, anatomy: xr.Dataset) -> None:
    by_type = pd.DataFrame(anatomy["density_layer"].to_pandas()).groupby(anatomy["architectural_type"].to_series()).mean() * 1e-3
    for layer in LAYERS[1:]:
        style = (0, (3, 2)) if layer == "6" else "-"  # layers 5 and 6 share one measurement
        axes.plot(by_type.index, by_type[layer], linestyle=style, marker="o", markersize=3, color=LAYER_COLORS[layer], label=_layer(layer))
    axes.set(xlabel="Architectural type", ylabel="Neurons (10$^3$/mm$^3$)", title="Density by layer, means of types", ylim=(0, None))
    axes.legend(loc="upper left")


def _thickness(axes: Axes, anatomy: xr.Dataset) -> None:
    log_density, thickness = np.log10(anatomy["density"].to_numpy()), anatomy["thickness"].to_numpy()
    measured = anatomy["thickness_source"].to_numpy() == "measured"
    if len(set(log_density[measured])) > 1:
        line = np.polynomial.Polynomial.fit(log_density[measured], thickness[measured], 1)
        grid = np.array([log_density.min(), log_density.max()])
        axes.plot(grid, line(grid), color=INK, linewidth=1.0, zorder=1)
    for name, chosen in (("measured", measured), ("regression", ~measured)):
        face = CATEGORIES[0] if name == "measured" else "white"
        axes.plot(log_density[chosen], thickness[chosen], "o", markersize=3.5, color=CATEGORIES[0], markerfacecolor=face, label=name)
    axes.set(xlabel="log$_{10}$ density (1/mm$^3$)", ylabel="Thickness (mm)", title="Thickness of cortex")
    axes.legend(loc="upper right")


def _laminar_thickness(axes: Axes, anatomy: xr.Dataset) -> None:
    log_density = np.log10(anatomy["density"].to_numpy())
    shares = (anatomy["thickness_layer"] / anatomy["thickness_layer"].sum("layer")).to_pandas()
    for layer in LAYERS:
        axes.plot(log_density, shares[layer], "o", markersize=2.8, color=LAYER_COLORS[layer], alpha=0.85, label=_layer(layer))
    axes.set(xlabel="log$_{10}$ density (1/mm$^3$)", ylabel="Share of the thickness", title="Thickness by layer")
    axes.set_ylim(0, 1.35 * float(shares.max().max()))
    axes.legend(loc="upper right", ncols=3, handletextpad=0.1, columnspacing=1.0)


def _layer(layer: str) -> str:
    return f"layer {layer.replace('23', '2/3')}"
