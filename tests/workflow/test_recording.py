"""What is drawn where only some populations or neurons are recorded, and what is said of figures that cannot be had."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.command import ROOT, TINY, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

SIDE_BY_SIDE = ["v1-spectrum", "rate-over-time", "metastability", "sweep", "subset-rasters"]
BETWEEN_AREAS = ["temporal-hierarchy", "laminar-interactions", "functional-connectivity"]
RULES = {f"plot_{name.replace('-', '_')}" for name in (*SIDE_BY_SIDE, *BETWEEN_AREAS)}
SOME = {"recorded_populations": ["V1", "5E"]}
SCAN = {state: {"base": state, "t_sim": 1600.0} for state in ("ground", "chi_1.5", "chi_1.7", "resting")}
WARNING = re.compile(r"^warning: figures: (\S+) is not drawn: it needs (.*)$", re.MULTILINE)


@pytest.fixture
def planned(snakemake: Snakemake, tmp_path: Path) -> Callable[..., Outcome]:
    """Plan of the tiny experiment without its reference, with other values."""

    def plan(figures: list[str], **values: Any) -> Outcome:
        config = yaml.safe_load(TINY.read_text()) | {"reference": {"simulate": "none"}, "figures": figures} | values
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        outcome = snakemake("--dry-run", "--printshellcmds", "--configfile", str(path))
        assert outcome.status == 0, outcome.output
        return outcome

    return plan


def drawn(outcome: Outcome) -> set[str]:
    """Figures among the jobs, of those that depend on whose rates are known."""
    return {name.removeprefix("plot_").replace("_", "-") for name in RULES & set(outcome.jobs)}


def states_of(outcome: Outcome, figure: str, name: str) -> list[str]:
    """States of which a figure takes a result."""
    inputs = re.search(rf"rule plot_{figure}:\n +input: (.*)", outcome.output)
    assert inputs, outcome.output
    return re.findall(rf"results/tiny/([^/]+)/seed-1/cpu/{re.escape(name)}", inputs[1])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, set(BETWEEN_AREAS)),
        (SOME, {"temporal-hierarchy"}),
        ({"recorded_populations": ["V2", "TH"]}, set()),
        ({"recorded_populations": ["V2", "TH"], "recorded_counts": True}, set(BETWEEN_AREAS)),
        ({"recorded_neurons": 0, "recorded_counts": True}, set(BETWEEN_AREAS)),
        ({"recorded_neurons": 3}, set(BETWEEN_AREAS)),
        ({"recorded_neurons": 0}, set()),
    ],
    ids=["all", "some", "two areas", "two areas and counts", "counts", "first neurons", "nothing"],
)
def test_figures_between_areas_are_of_known_rates(planned: Callable[..., Outcome], state: dict[str, Any], expected: set[str]) -> None:
    outcome = planned(BETWEEN_AREAS, states={"one": state | {"t_sim": 10500.0}})
    assert drawn(outcome) == expected
    assert {name for name, _ in WARNING.findall(outcome.output)} == set(BETWEEN_AREAS) - expected


def test_functional_connectivity_is_of_the_states_that_are_known_whole(planned: Callable[..., Outcome]) -> None:
    states = {"few": {"areas_simulated": ["V1", "V2"]}, "some": SOME, "all": {}, "counted": SOME | {"recorded_counts": True}}
    outcome = planned(["functional-connectivity"], states=states)
    assert states_of(outcome, "functional_connectivity", "functional_synaptic-input.nc") == ["all", "counted"]
    assert not WARNING.search(outcome.output)


def test_states_side_by_side_share_a_recorded_area(planned: Callable[..., Outcome]) -> None:
    recorded = {"ground": ["TH"], "chi_1.5": ["V1"], "chi_1.7": ["V1", "V2"], "resting": ["V2"]}
    states = {name: SCAN[name] | {"recorded_populations": names} for name, names in recorded.items()}
    states["chi_1.5"] |= {"recorded_neurons": 0, "recorded_counts": True}
    outcome = planned(SIDE_BY_SIDE, states=states, sweep=["cc_weights_factor", "cc_weights_I_factor"])
    assert drawn(outcome) == {"v1-spectrum", "rate-over-time", "metastability", "sweep"}
    assert states_of(outcome, "v1_spectrum", "series.nc") == ["chi_1.7", "resting"]
    assert states_of(outcome, "rate_over_time", "series.nc") == ["chi_1.5", "chi_1.7", "resting"]
    assert states_of(outcome, "metastability", "series.nc") == ["chi_1.5", "chi_1.7", "resting"]
    assert states_of(outcome, "metastability", "statistics.parquet") == ["resting"]
    (points,) = re.findall(r"printf '%s' '(over:.*?)' 2> ", outcome.output, re.DOTALL)
    assert list(yaml.safe_load(points)["states"]) == ["ground", "chi_1.7", "resting"]  # a point has statistics


@pytest.mark.parametrize(("other", "expected"), [("V2", set()), ("V1", {"subset-rasters"})])
def test_subsets_share_a_recorded_area(planned: Callable[..., Outcome], other: str, expected: set[str]) -> None:
    states = {"few": {"areas_simulated": ["V1", "V2"], "recorded_populations": [other]}, "more": {"recorded_populations": ["V1-4E"]}}
    assert drawn(planned(["subset-rasters"], states=states)) == expected


@pytest.mark.parametrize(
    ("file", "values", "absent"),
    [
        ("full.yaml", ["recorded_neurons=100"], {"judge_acceptance", "plot_knight_fig3", "plot_knight_fig4", "bin_statistics"}),
        ("full.yaml", ["recorded_populations=[V1,V2]"], {"judge_acceptance", "plot_knight_fig3"}),
        ("v1.yaml", ["states=[resting]"], {"compare_statistics", "plot_comparison"}),
    ],
)
def test_published_simulations_compare_with_what_is_recorded(snakemake: Snakemake, file: str, values: list[str], absent: set[str]) -> None:
    """The full model is judged by all of its spikes; published values of the resting state are ranks of all areas."""
    outcome = snakemake("--dry-run", "--configfile", str(ROOT / "config" / file), "--config", *values)
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["compute_statistics"] > 0
    assert not absent & set(outcome.jobs)


@pytest.mark.parametrize(
    ("figure", "values", "needs"),
    [
        ("bistability", {}, "states that are called LA and HA"),
        ("sweep", {}, "swept parameters"),
        ("raster", {"recorded_neurons": 0, "recorded_counts": True}, "a state of which spikes are recorded"),
        (
            "stimulus-response",
            {"dc_stimuli": [{"populations": ["V1"], "amplitude": 5, "start": 570, "stop": 580}]},
            "dc_stimuli or poisson_stimuli with a start",
        ),
    ],
)
def test_figures_by_name_that_cannot_be_are_said(planned: Callable[..., Outcome], figure: str, values: dict[str, Any], needs: str) -> None:
    outcome = planned([figure, "phases"], **values)
    ((name, text),) = WARNING.findall(outcome.output)
    assert (name, text.startswith(needs)) == (figure, True)
    assert outcome.jobs["plot_phases"] == 1


def test_without_names_nothing_is_said(snakemake: Snakemake) -> None:
    outcome = snakemake("--dry-run")
    assert "plot_bistability" not in outcome.jobs
    assert not WARNING.search(outcome.output)
