"""Figures of the structure: written twice the same, with the axes and names that they should have."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.figures.catalogue import of_category
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError
from tests.helpers.figures import assert_written_twice_the_same, drawn, panels, titles

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


@pytest.mark.parametrize("name", of_category("Structure"))
def test_axes_are_named(anatomy_file: Path, name: str) -> None:
    labels = [axes.get_xlabel() for axes in panels(drawn(name, anatomy_file))]
    assert {label: labels.count(label) for label in EXPECTED[name]} == EXPECTED[name]


def test_matrices_name_every_area(anatomy_file: Path) -> None:
    for axes in panels(drawn("connectivity", anatomy_file)):
        assert sorted(label.get_text() for label in axes.get_xticklabels()) == sorted(AREAS)
        assert sorted(label.get_text() for label in axes.get_yticklabels()) == sorted(AREAS)


def test_the_number_of_communities_stands_in_the_title(anatomy_file: Path) -> None:
    found = titles(drawn("communities", anatomy_file))
    assert any(title.startswith("Anatomy, ") and title.endswith("communities") for title in found)


@pytest.mark.parametrize("name", of_category("Structure"))
def test_files_are_written_twice_the_same(anatomy_file: Path, name: str, tmp_path: Path) -> None:
    assert_written_twice_the_same(name, [anatomy_file], tmp_path)


def test_several_files_are_refused(anatomy_file: Path) -> None:
    with pytest.raises(InputError, match="paths: 2 inputs; it draws one anatomy file"):
        drawn("paths", anatomy_file, anatomy_file)
