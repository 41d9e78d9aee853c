"""One look for all figures, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure, SubFigure

from analysis.runs import Run, check_windows, read_runs
from procortex.utilities.atomic import whole_files
from procortex.utilities.errors import InputError
from procortex.utilities.matplotlib_defaults import own_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EXCITATORY, INHIBITORY = "#1f4e8c", "#c0392b"
LIGHT = {EXCITATORY: "#a9c3e6", INHIBITORY: "#f0b3ab"}
INK, PALE = "#262626", "#8a8a8a"
NO_DATA = "#dddddd"
CATEGORIES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#262626", "#f0e442")
"""Colours that stay apart for colour-blind eyes; Okabe and Ito (2008)."""

WIDTH_IN = 7.2

AREA_TITLES = {"rate": "Firing rate (spikes/s)", "lvr": "Irregularity LvR", "correlation": "Correlation coefficient"}
SIMULATOR_NAMES = {
    "cuda": "procortex (GPU)",
    "cpu": "procortex (CPU)",
    "reference": "reference",
    "nest": "NEST",
    "nest-published": "NEST (published)",
    "genn-published": "GeNN (published)",
}

STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.0,
    "axes.titlesize": 8.0,
    "axes.labelsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.frameon": False,
    "legend.fontsize": 7.0,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 300,
    "svg.hashsalt": "procortex",
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the project's style, without a display."""
    with own_style(STYLE):
        yield


def population_color(population: str) -> str:
    """Blue for excitatory, red for inhibitory populations."""
    return INHIBITORY if population.endswith("I") else EXCITATORY


def layer_name(population: str) -> str:
    """Name of a layer population as it is written in figures: ``2/3E``."""
    return population.replace("23", "2/3")


def simulator_name(simulator: str) -> str:
    """Name of a simulator for readers."""
    return SIMULATOR_NAMES.get(simulator, simulator)


def panel_letter(axes: Axes, letter: str) -> None:
    """Write a panel's letter to the left of its title."""
    axes.annotate(letter, (0, 1), (-22, 5), xycoords="axes fraction", textcoords="offset points", fontsize=9, fontweight="bold")


def runs_by_simulator(inputs: Sequence[Path], state: str | None) -> dict[str, list[Run]]:
    """Read the runs of one state, by simulator: ours first, then given spikes, NEST and published ones.

    Raises
    ------
    InputError
        If the state is not in the inputs or must be named, or windows differ.
    """
    runs = read_runs(inputs, with_distributions=False)
    states = sorted({run.state for run in runs})
    if state is None and len(states) != 1:
        raise InputError(f"{inputs[0]}: the inputs hold the states {', '.join(states)}; choose one with --state NAME")
    chosen = [run for run in runs if run.state == (state or states[0])]
    if not chosen:
        raise InputError(f"{inputs[0]}: no state {state!r}; the inputs hold {', '.join(states)}")
    check_windows(chosen)
    order = list(SIMULATOR_NAMES)
    names = sorted({run.simulator for run in chosen}, key=lambda name: (order.index(name) if name in order else len(order), name))
    return {name: [run for run in chosen if run.simulator == name] for name in names}


def nothing_to_show(text: str) -> Figure:
    """Make a figure of a text alone, where it depends on what the network did whether there is something to draw.

    No plan of a workflow can know that; an error would end it after the longest simulation.
    """
    figure = Figure(figsize=(WIDTH_IN, 0.6))
    figure.text(0.01, 0.5, text, va="center")
    return figure


def save(figure: Figure, svg: Path, png: Path) -> None:
    """Write a figure in both formats, without dates; they appear when both are whole."""
    _fix_layout(figure)
    with whole_files() as whole:
        with whole(svg) as temporary:
            figure.savefig(temporary, format="svg", metadata={"Date": None})
        with whole(png) as temporary:
            figure.savefig(temporary, format="png", metadata={"Software": None})


def _fix_layout(figure: Figure) -> None:
    """Lay a figure out once and round the places: the solver leaves the last bits to chance, and names in an SVG file depend on them."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    parts: list[SubFigure] = list(figure.subfigs)
    for part in parts:
        part.bbox_relative.set_points(np.round(part.bbox_relative.get_points(), 9))
        parts += part.subfigs  # a loop over a list goes on to what is added
    for axes in figure.axes:
        x, y, width, height = (round(value, 9) for value in axes.get_position(original=True).bounds)
        axes.set_position((x, y, width, height), which="original")
