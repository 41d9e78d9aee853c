"""Mean firing rate of every population: areas by layer populations, a matrix for each simulator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from analysis.figures.style import NO_DATA, WIDTH_IN, layer_name, panel_letter, population_color, runs_by_simulator, simulator_name
from procortex.formats.populations import AREAS, LAYER_POPULATIONS
from procortex.utilities.errors import InputError

RANGE = (0.01, 100.0)


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rates averaged over seeds, one below the other; populations that do not exist are grey."""
    simulators = {name: runs for name, runs in runs_by_simulator(inputs, state).items() if all(run.named_areas for run in runs)}
    if not simulators:
        raise InputError(f"{inputs[0]}: the values of this state carry no areas; the matrix needs a simulation")
    rates = {name: pd.concat([run.areas.loc["rate"] for run in runs]).groupby(level=0).mean() for name, runs in simulators.items()}
    areas = [area for area in AREAS if any(area in frame.columns for frame in rates.values())]
    figure = Figure(figsize=(max(2.4, WIDTH_IN * (len(areas) + 4) / (len(AREAS) + 4)), 0.5 + 1.55 * len(rates)))
    panels = figure.subplots(len(rates), 1, sharex=True, squeeze=False)[:, 0]
    for axes, letter, (name, frame) in zip(panels, "ABCDE", rates.items(), strict=False):
        image = rate_matrix(axes, frame, areas)
        if len(rates) > 1:
            panel_letter(axes, letter)
        axes.set_title(simulator_name(name))
    bar = figure.colorbar(image, ax=list(panels), shrink=0.9 if len(rates) == 1 else 0.6, aspect=18, pad=0.01, extend="both")
    bar.set_label("Firing rate (spikes/s)")
    bar.outline.set_visible(False)
    return figure


def rate_matrix(axes: Axes, rates: pd.DataFrame, areas: Sequence[str], limits: tuple[float, float] = RANGE) -> AxesImage:
    """Draw rates of all populations; what does not exist is grey, what is silent gets the lowest colour.

    Parameters
    ----------
    axes
        Where to draw.
    rates
        Rates (spikes/s), layer populations x areas.
    areas
        Areas to draw, in their order.
    limits
        Ends of the scale of colours (spikes/s).
    """
    matrix = rates.reindex(index=list(LAYER_POPULATIONS), columns=list(areas)).to_numpy(float)
    drawn = np.ma.masked_invalid(np.where(matrix <= 0, limits[0], matrix))
    colors = colormaps["viridis"].with_extremes(bad=NO_DATA)
    image = axes.imshow(drawn, norm=LogNorm(*limits), cmap=colors, aspect="auto", interpolation="nearest")
    axes.set_yticks(range(len(LAYER_POPULATIONS)), [layer_name(population) for population in LAYER_POPULATIONS])
    for label, population in zip(axes.get_yticklabels(), LAYER_POPULATIONS, strict=True):
        label.set_color(population_color(population))
    axes.set_xticks(range(len(areas)), areas, rotation=90)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(len(areas) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(LAYER_POPULATIONS) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    return image
