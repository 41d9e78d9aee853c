"""Connections between areas: what they are known from, how strong they are in tracing, and in the network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.figures.structure.common import bar, matrix, one_anatomy, positive
from analysis.figures.style import CATEGORIES, WIDTH_IN, panel_letter
from analysis.structure.areas import ARCHITECTURAL_ORDER, relative_indegrees
from contracts.anatomy import COCOMAC, NO_EVIDENCE, TRACING

ABSENT = "#f2f2f2"
FLN_RANGE = (1e-6, 1.0)
EVIDENCE = {NO_EVIDENCE: ("none", ABSENT), COCOMAC: ("CoCoMac", CATEGORIES[0]), TRACING: ("tracing alone", CATEGORIES[1])}


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Four matrices of areas: evidence, FLN as measured, FLN completed and normalised, relative in-degrees."""
    anatomy = one_anatomy(inputs, "connectivity")
    figure = Figure(figsize=(WIDTH_IN, 7.3))
    panels = figure.subplots(2, 2).ravel()
    _evidence(panels[0], ordered(anatomy["evidence"]))
    fractions = {
        "FLN, measured": anatomy["fln_measured"],
        "FLN, completed and normalised": anatomy["fln_normalised"],
        "Relative in-degree in the network": relative_indegrees(anatomy),
    }
    for axes, (title, values) in zip(panels[1:], fractions.items(), strict=True):
        image = matrix(axes, positive(ordered(values)), ARCHITECTURAL_ORDER, LogNorm(*FLN_RANGE))
        axes.set_title(title)
    shared = bar(image, list(panels), "Fraction of labelled neurons (B, C), relative in-degree (D)", extend="min")
    shared.ax.tick_params(labelsize=6.5)
    for axes, letter in zip(panels, "ABCD", strict=True):
        panel_letter(axes, letter)
    return figure


def ordered(values: xr.DataArray) -> np.ndarray:
    """Matrix [target, source] of areas in the order of the published figures."""
    order = list(ARCHITECTURAL_ORDER)
    return values.sel(target_area=order, source_area=order).transpose("target_area", "source_area").to_numpy()


def _evidence(axes: Axes, values: np.ndarray) -> None:
    palette = ListedColormap([color for _, color in EVIDENCE.values()])
    matrix(axes, values, ARCHITECTURAL_ORDER, BoundaryNorm(np.arange(len(EVIDENCE) + 1) - 0.5, len(EVIDENCE)), palette)
    off_diagonal = ~np.eye(len(values), dtype=bool)
    handles = [Patch(color=color, label=f"{name} ({(values[off_diagonal] == code).sum()})") for code, (name, color) in EVIDENCE.items()]
    axes.set_title("Evidence of a connection")
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=len(handles), handlelength=1.0, columnspacing=1.2)
