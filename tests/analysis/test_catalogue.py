"""The catalogues of figures and statistics: complete, and the same everywhere."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from analysis.figures.catalogue import CATALOGUE, FIGURES, of_category
from analysis.figures.document import PAGE, figures_help, with_table
from analysis.figures.entry import Figure
from analysis.statistics import catalogue as statistics
from planning.conditions import CONDITIONS
from planning.figure_inputs import FIGURE_INPUTS
from procortex.utilities.errors import InputError
from tests.planning.plans import planned

ROOT = Path(__file__).resolve().parents[2]
OTHER_CAPTIONS = {"acceptance", "comparison_table", "configuration", "crate", "provenance", "sweep_table", "workflow"}


@pytest.mark.parametrize("figure", CATALOGUE, ids=lambda figure: figure.name)
def test_every_entry_is_complete(figure: Figure) -> None:
    assert find_spec(f"analysis.figures.{figure.module}") is not None
    assert (ROOT / "workflow" / "report" / f"{figure.file}.rst").is_file()
    assert figure.condition in CONDITIONS
    assert set(figure.takes + figure.beside) <= set(FIGURE_INPUTS)
    assert figure.name in figures_help()


def test_nothing_is_there_twice_or_unused() -> None:
    assert len(FIGURES) == len(CATALOGUE) == len({figure.label for figure in CATALOGUE})
    assert set(CONDITIONS) == {figure.condition for figure in CATALOGUE}
    assert set(FIGURE_INPUTS) == {name for figure in CATALOGUE for name in figure.takes + figure.beside}
    captions = {path.stem for path in (ROOT / "workflow" / "report").glob("*.rst")}
    assert captions == OTHER_CAPTIONS | {figure.file for figure in CATALOGUE}


def test_every_figure_that_may_be_missing_says_what_it_needs() -> None:
    of_every_experiment = {*of_category("Structure"), "theory", "over-chi", "phases"}
    assert {figure.name for figure in CATALOGUE if not figure.needs} == of_every_experiment
    assert FIGURES["v1-spectrum"].requirement.endswith("for 1524 ms or more")
    assert FIGURES["functional-connectivity"].requirement.startswith("a state of 600 ms or more, with 3 areas or more")
    assert all("{" not in figure.requirement for figure in CATALOGUE)


def test_the_page_has_the_table() -> None:
    text = PAGE.read_text()
    assert with_table(text, PAGE) == text, "run: python -m analysis document"
    with pytest.raises(InputError, match="has no table of figures"):
        with_table("# Figures\n", PAGE)


def test_labels_name_state_and_simulator_where_there_are_several() -> None:
    labels = planned().figures.labels
    assert labels(FIGURES["raster"]) == {"figure": "raster", "state": "{state}", "simulator": "{backend}"}
    assert labels(FIGURES["violins"]) == {"figure": "distributions", "state": "{state}", "simulator": "all"}
    assert labels(FIGURES["functional-connectivity"]) == {"figure": "functional connectivity", "state": "all", "simulator": "{backend}"}
    assert labels(FIGURES["sweep"]) == {"figure": "sweep", "state": "all", "simulator": "cpu"}
    assert labels(FIGURES["areas"]) == {"figure": "areas", "state": "{state}"}
    assert labels(FIGURES["over-chi"]) == {"figure": "over chi", "state": "all"}
    assert labels(FIGURES["phases"]) == {"figure": "time by phase"}


def test_statistics_have_one_order() -> None:
    assert statistics.STATISTICS == ("rate", "lvr", "correlation")
    assert sorted(statistics.PANELS) == sorted(statistics.STATISTICS)
    assert statistics.BY_NAME["rate"].title_with_unit == "rate (spikes/s)"
    assert statistics.BY_NAME["lvr"].title_with_unit == "LvR"
