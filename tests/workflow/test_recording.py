"""What is drawn where only some populations or neurons are recorded, and what is said of figures that cannot be had."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.command import TINY, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

SIDE_BY_SIDE = ["v1-spectrum", "rate-over-time", "metastability", "sweep", "subset-rasters"]
RULES = {f"plot_{name.replace('-', '_')}" for name in SIDE_BY_SIDE}
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
