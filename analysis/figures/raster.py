"""Spikes of three areas over half a second."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures.style import EXCITATORY, INHIBITORY, WIDTH_IN, panel_letter, population_color
from procortex.formats.populations import split_label
from procortex.formats.spike_meta import SpikeMeta, read_meta
from procortex.formats.spikes import read_spikes
from procortex.utilities.errors import InputError

PREFERRED = ("V1", "V2", "FEF")
RASTER_START_MS, LENGTH_MS = 3000.0, 500.0
FRACTION, MIN_ROWS = 0.03, 400
"""Shown are 3 % of the neurons, the first ones by index; more in small networks, until there are so many rows in an area."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rasters of V1, V2 and FEF, or of the first areas simulated; window 3.0 to 3.5 s, or the end of shorter simulations."""
    if len(inputs) != 1:
        raise InputError(f"raster: {len(inputs)} inputs; it draws one spike data set")
    areas, window = shown(inputs[0], meta := read_meta(inputs[0]))
    figure = Figure(figsize=(WIDTH_IN * (0.12 + 0.88 * len(areas) / 3), 3.0))
    for axes, letter, area in zip(figure.subplots(1, len(areas), squeeze=False)[0], "ABC", areas, strict=False):
        if len(areas) > 1:
            panel_letter(axes, letter)
        raster(axes, inputs[0], meta, area, window)
    colors = {"excitatory": EXCITATORY, "inhibitory": INHIBITORY}
    dots = [Line2D([], [], linestyle="", marker="o", markersize=3, color=color, label=name) for name, color in colors.items()]
    figure.legend(handles=dots, loc="outside lower center", ncols=2)
    return figure


def shown(folder: Path, meta: SpikeMeta) -> tuple[list[str], tuple[float, float]]:
    """Choose areas and window (ms).

    Raises
    ------
    InputError
        If nothing was recorded.
    """
    simulated = list(dict.fromkeys(split_label(label)[0] for label, n in meta.recorded.items() if n > 0))
    areas = [area for area in PREFERRED if area in simulated]
    areas = (areas + [area for area in simulated if area not in areas])[: len(PREFERRED)]
    if not areas:
        raise InputError(f"{folder}: no population was recorded; run the simulation with recording on")
    start = min(RASTER_START_MS, max(0.0, meta.t_sim - LENGTH_MS))
    return areas, (start, min(start + LENGTH_MS, meta.t_sim))


def raster(axes: Axes, folder: Path, meta: SpikeMeta, area: str, window: tuple[float, float]) -> None:
    """Draw the spikes of an area's first neurons, layers from the top; populations that were not recorded take no part."""
    of_area = {label: n for label, n in meta.populations.items() if split_label(label)[0] == area}
    populations = {split_label(label)[1]: n for label, n in of_area.items() if meta.recorded[label] > 0}
    everyone = sum(of_area.values())
    fraction = min(1.0, max(FRACTION, MIN_ROWS / max(1, everyone)))
    spikes = read_spikes(folder, area, None, round(window[0] / meta.dt), round(window[1] / meta.dt))
    top, middles = 0, {}
    for population, n in populations.items():
        rows = min(max(1, round(fraction * n)), meta.recorded[f"{area}-{population}"])
        mine = spikes[(spikes["population"] == population) & (spikes["neuron"] < rows)]
        size = np.clip(250.0 / (fraction * everyone), 0.15, 1.2)
        axes.scatter(
            mine["step"] * meta.dt / 1000,
            top + mine["neuron"].to_numpy(float) + 0.5,
            s=size,
            color=population_color(population),
            linewidths=0,
            rasterized=True,
        )
        middles[population] = (top, top + rows)
        top += rows
    layers = list(dict.fromkeys(population[:-1] for population in middles))
    rows_of = {layer: [row for population in middles if population[:-1] == layer for row in middles[population]] for layer in layers}
    spans = [(min(rows), max(rows)) for rows in rows_of.values()]
    for _, bottom in spans[:-1]:
        axes.axhline(bottom, color="#d0d0d0", linewidth=0.5, zorder=0)
    axes.set_yticks([(first + last) / 2 for first, last in spans], ["2/3" if layer == "23" else layer for layer in layers])
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(window[0] / 1000, window[1] / 1000), ylim=(top, 0), xlabel="Time (s)", title=area)
    axes.set_xticks([window[0] / 1000, sum(window) / 2000, window[1] / 1000])
    if axes.get_subplotspec().is_first_col():  # type: ignore[union-attr]
        axes.set_ylabel("Layer")
