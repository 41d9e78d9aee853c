"""Figures: draw one by its name, find its parts, compare two that were written from the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.catalogue import FIGURES
from analysis.figures.style import styled
from tests.helpers.results import analyse


def drawn(name: str, *inputs: Path, state: str | None = None, laid_out: bool = False) -> Figure:
    """The figure of this name, drawn in our style; `laid_out`: with the places that its parts have in a file."""
    with styled():
        figure: Figure = import_module(f"analysis.figures.{FIGURES[name].module}").draw(list(inputs), state)
        if laid_out:
            figure.draw_without_rendering()
    return figure


def panels(figure: Figure) -> list[Axes]:
    """Axes without colour bars."""
    return [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]


def titles(figure: Figure) -> list[str]:
    """Left titles of the panels."""
    return [axes.get_title("left") for axes in panels(figure)]


def letters(figure: Figure) -> str:
    """Letters that name the panels."""
    return "".join(text.get_text() for axes in figure.axes for text in axes.texts if text.get_fontweight() == "bold")


def assert_written_twice_the_same(name: str, inputs: Sequence[Path], folder: Path) -> None:
    """The command of the figure writes the same bytes, SVG and PNG, when it runs again."""
    written = []
    for attempt in ("first", "second"):
        svg, png = (folder / f"{name}-{attempt}.{kind}" for kind in ("svg", "png"))
        assert analyse("figure", name, *inputs, "--out-svg", svg, "--out-png", png) == 0
        written.append((svg.read_bytes(), png.read_bytes()))
    assert written[0] == written[1]
    assert b"<svg" in written[0][0]
