"""The two rules that fill gaps: strength by distance, laminar origin by neuron densities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.structure.common import CLASS_COLORS, one_anatomy
from analysis.figures.style import CATEGORIES, INK, PALE, WIDTH_IN, panel_letter
from analysis.structure.connections import FEEDBACK, FEEDFORWARD, LATERAL, labelled_curve, log_density_ratios, supragranular_curve

POINT: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 2.6, "markeredgewidth": 0.0, "alpha": 0.7}


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """FLN over distance, and SLN over the logarithm of the ratio of densities, with the fits."""
    anatomy = one_anatomy(inputs, "regressions")
    figure = Figure(figsize=(WIDTH_IN, 2.9))
    left, right = figure.subplots(1, 2)
    _distance_rule(left, anatomy)
    _laminar_rule(right, anatomy)
    for axes, letter in zip((left, right), "AB", strict=True):
        panel_letter(axes, letter)
    return figure


def _distance_rule(axes: Axes, anatomy: xr.Dataset) -> None:
    measured = anatomy["fln_measured"].to_numpy()
    shown = measured > 0
    distance = anatomy["distance"].to_numpy()[shown]
    axes.plot(distance, measured[shown], color=CATEGORIES[0], **POINT)
    grid = np.linspace(0.9 * distance.min(), 1.05 * distance.max(), 100)
    length = -1 / anatomy.attrs["fln_slope"]
    axes.plot(grid, labelled_curve(anatomy, grid), color=INK, linewidth=1.2, label=f"exponential, length constant {length:.1f} mm")
    axes.set(yscale="log", xlabel="Distance (mm)", ylabel="FLN", title=f"Strength, {shown.sum()} measured pairs")
    axes.set_ylim(top=10 * measured[shown].max())  # room for the legend
    axes.legend(loc="upper right")


def _laminar_rule(axes: Axes, anatomy: xr.Dataset) -> None:
    measured = anatomy["sln_measured"].where(anatomy["evidence"] > 0).to_numpy()
    shown = np.isfinite(measured)
    below, above = anatomy.attrs["sln_feedback_below"], anatomy.attrs["sln_feedforward_above"]
    ratio, fraction = log_density_ratios(anatomy).to_numpy()[shown], measured[shown]
    of_class = {
        FEEDFORWARD: (fraction > above, (above, 1.0)),
        LATERAL: ((fraction >= below) & (fraction <= above), (below, above)),
        FEEDBACK: (fraction < below, (0.0, below)),
    }
    limit = 1.08 * np.abs(ratio).max()
    for name, (chosen, band) in of_class.items():
        axes.plot(ratio[chosen], fraction[chosen], color=CLASS_COLORS[name], **POINT)
        axes.annotate(name, (limit, sum(band) / 2), (3, 0), textcoords="offset points", va="center", color=CLASS_COLORS[name])
    for border in (below, above):
        axes.axhline(border, color=PALE, linewidth=0.6, linestyle=(0, (4, 2)), zorder=0)
    grid = np.linspace(-limit, limit, 100)
    axes.plot(grid, supragranular_curve(anatomy, grid), color=INK, linewidth=1.2, label="probit fit")
    axes.set(
        xlim=(-limit, limit),
        ylim=(-0.03, 1.03),
        xlabel="ln (density of target / density of source)",
        ylabel="SLN",
        title=f"Laminar origin, {shown.sum()} measured pairs",
    )
    axes.legend(loc="upper right")
