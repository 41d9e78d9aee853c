"""Files and folders that a configuration names: which of them a state reads, and the key that says so."""

from __future__ import annotations

import pytest

from model.configuration import load_experiment
from model.configuration.given_files import given_files

V1 = {"areas_simulated": ["V1"]}
SERIES = V1 | {"replace_non_simulated_areas": "current_nonstat"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"K_scaling": 0.5, "fullscale_rates": "a.json"}, ["network_params.fullscale_rates: rates in a.json"]),
        ({"K_scaling": 0.5, "fullscale_rates": "theory"}, []),
        ({"fullscale_rates": "unused.json"}, []),
        (V1 | {"fullscale_rates": "a.json"}, ["network_params.fullscale_rates: rates in a.json"]),
        (V1 | {"K_scaling": 0.5, "fullscale_rates": "a.json"}, ["network_params.fullscale_rates: rates in a.json"]),
        (V1 | {"replace_cc_input_source": "run"}, ["connection_params.replace_cc_input_source: rates in run"]),
        (SERIES | {"replace_cc_input_source": "pre"}, ["connection_params.replace_cc_input_source: series in pre"]),
        (SERIES | {"fullscale_rates": "run"}, ["network_params.fullscale_rates: series in run"]),
        ({"initial_rates": "a.json"}, ["theory_params.initial_rates: rates in a.json"]),
        ({"initial_rates": "random_uniform"}, []),
        ({"overrides": "a.csv"}, ["connectivity.overrides: overrides in a.csv"]),
        ({"tables_dir": "here"}, ["connectivity.tables_dir: tables in here"]),
        ({"tables_dir": "here", "source": "raw", "raw_dir": "there"}, ["connectivity.raw_dir: raw in there"]),
        ({"published_dir": "here"}, []),
        ({"published_dir": "here", "published": True}, ["reference.published_dir: published in here"]),
        ({"published_dir": "here", "K_scaling": 0.5}, ["reference.published_dir: published in here"]),
        ({"published_dir": "here", "initial_rates": "published"}, ["reference.published_dir: published in here"]),
        ({"spikes": "run"}, ["reference.spikes: spikes in run"]),
        ({"spikes": {"default": "run"}}, ["reference.spikes: spikes in run"]),
        ({"spikes": "run", "recorded_neurons": 0}, []),
    ],
)
def test_what_a_state_reads(given: dict[str, object], expected: list[str]) -> None:
    found = given_files(load_experiment([], given), "default")
    assert [f"{'.'.join(item.key)}: {item.content} in {item.path}" for item in found] == expected


def test_runs_of_other_states_are_no_files_of_the_user() -> None:
    states = {"all": {}, "v1": V1 | {"replace_cc_input_source": "state:all"}, "small": {"K_scaling": 0.5, "fullscale_rates": "state:all"}}
    experiment = load_experiment([], {"states": states})
    assert [given_files(experiment, state) for state in states] == [[], [], []]
