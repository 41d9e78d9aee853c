"""The figure of one area with ever more of the others simulated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from procortex.formats.spike_meta import read_meta, write_meta
from procortex.utilities.errors import InputError
from tests.helpers.figures import drawn, titles
from tests.helpers.spikes import write_spikes

SUBSETS = {"three": ("V1", "V2", "TH"), "one": ("V1",), "two": ("V1", "V2"), "again": ("V1",), "apart": ("MT",)}


@pytest.fixture(scope="module")
def spikes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("subsets")
    for seed, (name, areas) in enumerate(SUBSETS.items(), 1):
        write_spikes(folder / name, areas, seed, neurons=20, t_sim=600.0)
    return {name: folder / name for name in SUBSETS}


def test_panels_go_from_the_fewest_areas_to_the_most(spikes: dict[str, Path]) -> None:
    figure = drawn("subset-rasters", *(spikes[name] for name in ("three", "one", "two")))
    assert titles(figure) == ["V1, 31 areas replaced", "V1, 30 areas replaced", "V1, 29 areas replaced"]
    assert all(axes.collections for axes in figure.axes)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("one",), "1 inputs; it draws 2 to 6 spike data sets"),
        (("one", "again"), "the same areas are simulated in all inputs"),
        (("one", "apart"), "the inputs share no recorded area"),
    ],
)
def test_what_cannot_be_compared_is_refused(spikes: dict[str, Path], names: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        drawn("subset-rasters", *(spikes[name] for name in names))


def test_rasters_show_the_layers_that_were_recorded(tmp_path: Path) -> None:
    write_spikes(tmp_path, ("V1",), 1, neurons=20, t_sim=600.0)
    meta = read_meta(tmp_path)
    recorded = {label: n if label in ("V1-4E", "V1-4I", "V1-5I") else 0 for label, n in meta.recorded.items()}
    write_meta(tmp_path, replace(meta, recorded=recorded))
    (axes,) = drawn("raster", tmp_path).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["4", "5"]
    assert axes.get_ylim() == (60.0, 0.0)
