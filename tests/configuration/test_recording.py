"""What is recorded: names of populations, times, and that a network does not depend on it."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.errors import InputError
from model.configuration import load_experiment

CHOSEN = {
    "recorded_populations": ["V1", "V2-4E", "23I"],
    "recorded_counts": True,
    "potentials_neurons": 3,
    "potentials_populations": "46-5E",
    "potentials_interval": 0.5,
    "checkpoint_interval": 1000,
}


def test_names_become_labels() -> None:
    values = load_experiment([], {"areas_simulated": ["V1", "V2", 46], **CHOSEN}).state().sim_params
    expected = [f"V1-{layer}" for layer in ("23E", "23I", "4E", "4I", "5E", "5I", "6E", "6I")] + ["V2-23I", "V2-4E", "46-23I"]
    assert values.labels(values.recorded_populations) == expected
    assert values.labels(values.potentials_populations) == ["46-5E"]
    assert values.labels(None) is None


def test_the_network_does_not_depend_on_it() -> None:
    plain, recorded = (load_experiment([], given).state().network_configuration() for given in ({}, CHOSEN))
    assert plain == recorded


@pytest.mark.parametrize(
    ("given", "findings"),
    [
        ({"recorded_populations": ["V1-4X"]}, ["recorded_populations: unknown population 'V1-4X', did you mean 'V1-4"]),
        ({"areas_simulated": ["V1"], "recorded_populations": ["V2", "4E"]}, ["recorded_populations: area V2 is not simulated"]),
        (
            {"potentials_neurons": 1, "potentials_interval": 0.25, "t_sim": 10.05},
            ["potentials_interval: is 0.25 ms, expected a multiple of dt", "t_sim: is 10.05 ms"],
        ),
        ({"checkpoint_interval": 0}, ["checkpoint_interval", "greater than 0"]),
    ],
)
def test_what_cannot_be_recorded_is_named(given: dict[str, Any], findings: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        load_experiment([], given)
    for finding in findings:
        assert finding in str(caught.value)
