"""Figures of the structure: written twice the same, with the axes and names that they should have."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.__main__ import main
from analysis.figures.catalogue import FIGURES, of_category
from analysis.figures.style import styled
from contracts.errors import InputError
from contracts.populations import AREAS

EXPECTED: dict[str, dict[str, int]] = {
    "areas": {"Architectural type": 2, "log$_{10}$ density (1/mm$^3$)": 2},
    "connectivity": {"Source": 4},
    "regressions": {"Distance (mm)": 1, "ln (density of target / density of source)": 1},
    "laminar-patterns": {"Connections": 3, "Source population": 3},
    "populations": {"Source population": 2, "Area, by neuron density from high to low": 1},
    "communities": {"Source": 2, "Modularity": 2},
    "paths": {"Share of paths": 1, "Share of relays": 2},
}
"""How often an x-axis has which label."""


def drawn(name: str, path: Path) -> Figure:
    with styled():
        figure: Figure = import_module(f"analysis.figures.{FIGURES[name].module}").draw([path], None)
    return figure


def axes_of(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]


@pytest.mark.parametrize("name", of_category("Structure"))
def test_axes_are_named(anatomy_file: Path, name: str) -> None:
    labels = [axes.get_xlabel() for axes in axes_of(drawn(name, anatomy_file))]
    assert {label: labels.count(label) for label in EXPECTED[name]} == EXPECTED[name]


def test_matrices_name_every_area(anatomy_file: Path) -> None:
    for axes in axes_of(drawn("connectivity", anatomy_file)):
        assert sorted(label.get_text() for label in axes.get_xticklabels()) == sorted(AREAS)
        assert sorted(label.get_text() for label in axes.get_yticklabels()) == sorted(AREAS)


def test_the_number_of_communities_stands_in_the_title(anatomy_file: Path) -> None:
    titles = [axes.get_title("left") for axes in axes_of(drawn("communities", anatomy_file))]
    assert any(title.startswith("Anatomy, ") and title.endswith("communities") for title in titles)


@pytest.mark.parametrize("name", of_category("Structure"))
def test_files_are_written_twice_the_same(anatomy_file: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for attempt in ("first", "second"):
        svg, png = tmp_path / f"{attempt}.svg", tmp_path / f"{attempt}.png"
        monkeypatch.setattr(sys, "argv", ["analysis", "figure", name, str(anatomy_file), "--out-svg", str(svg), "--out-png", str(png)])
        assert main() == 0
        written.append((svg.read_bytes(), png.read_bytes()))
    assert written[0] == written[1]
    assert b"<svg" in written[0][0]


def test_several_files_are_refused(anatomy_file: Path) -> None:
    module = import_module("analysis.figures.structure.paths")
    with pytest.raises(InputError, match="paths: 2 inputs; it draws one anatomy file"):
        module.draw([anatomy_file, anatomy_file], None)
