"""Bounds: of every number, of simulations whose statistics are taken, of names, and of what is said about a configuration."""

from __future__ import annotations

import math
import re
from typing import get_args

import pytest

from contracts.repository import ROOT
from model.configuration import load_experiment
from model.configuration.keys import SECTIONS
from model.configuration.names import state_findings
from model.configuration.timing import workflow_findings
from tests.model.configuration.test_errors import findings

UNBOUNDED = ("checkpoint_interval", "rec_interval")
"""Intervals of what may happen never."""

NUMBERS = [
    (group, key)
    for group, section in SECTIONS.items()
    for key, field in section.model_fields.items()
    if set(get_args(field.annotation) or [field.annotation]) & {int, float} and key not in UNBOUNDED
]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, -1e300, 10**400])
@pytest.mark.parametrize(("group", "key"), NUMBERS)
def test_no_number_is_without_bounds(group: str, key: str, value: float) -> None:
    lines = findings(**{group: {key: value} | ({"potentials_neurons": 1} if key == "potentials_interval" else {})})
    assert any(f"{group}.{key}: " in line for line in lines), lines
    assert all(len(line) < 500 for line in lines)


def test_findings_are_bounded() -> None:
    lines = findings(**{f"unknown_{k}": k for k in range(300)})
    assert (len(lines), lines[-1]) == (101, "and 200 more findings")


@pytest.mark.parametrize(
    ("change", "figures", "ends"),
    [
        ({}, (), "t_sim: is 500 ms, but statistics leave out the first 500 ms and need 2 bins of 1 ms; expected at least 502"),
        ({"recorded_neurons": 0, "recorded_counts": True}, (), "t_sim: is 500 ms, but rates over time leave out the first 500 ms"),
        ({"recorded_neurons": 0, "recorded_counts": True}, ("phases",), None),
        ({"recorded_neurons": 0}, (), None),
        ({"t_sim": 501.9}, (), "t_sim: is 501.9 ms, but statistics leave out the first 500 ms"),
        ({"t_sim": 502}, (), None),
        ({"t_sim": 600, "dt": 0.4}, (), "dt: is 0.4 ms, but statistics count spikes in bins of 1 ms; expected a whole part of that"),
        ({"t_sim": 600, "dt": 0.4, "recorded_neurons": 0, "recorded_counts": True}, (), "dt: is 0.4 ms, but rates over time count"),
        ({"t_sim": 600, "dt": 0.4, "recorded_neurons": 0}, (), None),
        ({"t_sim": 600, "dt": 0.125, "t_ref": 2, "delay_e": 1.5}, (), None),
    ],
)
def test_a_workflow_needs_what_statistics_are_of(change: dict[str, object], figures: tuple[str, ...], ends: str | None) -> None:
    states = load_experiment([], {"t_sim": 500, **change}).states
    found = [f"{'.'.join(key)}: {text}" for _, key, text in workflow_findings(states, figures)]
    assert [line.startswith(f"sim_params.{ends}") for line in found] == [True] * (ends is not None)


def test_results_of_the_whole_experiment_are_no_names_of_states() -> None:
    rules = "".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    names = set(re.findall(r"""results/\{experiment\}/([^/{"' ]+(?:\{backend\}\.csv)?)""", rules))
    assert {"provenance.json", "figures", "sweep.yaml"} <= names
    assert {name for name in names if not state_findings(name.replace("{backend}", "cpu"))} == set()
