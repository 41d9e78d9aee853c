"""What is recorded: names of populations, times, and that a network does not depend on it."""

from __future__ import annotations

from typing import Any

import pytest

from model.configuration import load_experiment
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError

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


SIMULATED = {"areas_simulated": ["V1", "V2", "TH"]}


@pytest.mark.parametrize(
    ("given", "spikes", "rates", "whole"),
    [
        ({}, ["V1", "V2", "TH"], ["V1", "V2", "TH"], ["V1", "V2", "TH"]),
        ({"recorded_neurons": 3}, ["V1", "V2", "TH"], ["V1", "V2", "TH"], ["V1", "V2", "TH"]),
        ({"recorded_populations": ["V2", "5E"]}, ["V1", "V2", "TH"], ["V1", "V2", "TH"], ["V2"]),
        ({"recorded_populations": ["V2-4I", "TH"]}, ["V2", "TH"], ["V2", "TH"], ["TH"]),  # TH has no layer 4
        ({"recorded_populations": ["4E"], "recorded_counts": True}, ["V1", "V2"], ["V1", "V2", "TH"], ["V1", "V2", "TH"]),
        ({"recorded_neurons": 0, "recorded_counts": True}, [], ["V1", "V2", "TH"], ["V1", "V2", "TH"]),
        ({"recorded_neurons": 0, "recorded_populations": ["V1"]}, [], [], []),
    ],
)
def test_what_is_known_afterwards(given: dict[str, Any], spikes: list[str], rates: list[str], whole: list[str]) -> None:
    values = load_experiment([], SIMULATED | given).state().sim_params
    assert [list(values.spike_areas), list(values.rate_areas), list(values.whole_areas)] == [spikes, rates, whole]
    assert values.records_spikes == bool(values.spike_labels)
    assert values.records_rates == bool(values.rate_labels)
    assert values.knows_all_rates == (whole == SIMULATED["areas_simulated"])


@pytest.mark.parametrize(
    ("given", "everything", "layers"),
    [
        ({}, True, 8),
        ({"recorded_neurons": 3}, False, 8),
        ({"recorded_populations": list(AREAS)}, True, 8),
        ({"recorded_populations": ["4E", "4I", "V1"]}, False, 2),
        ({"recorded_populations": ["V1"], "recorded_counts": True}, False, 0),
        ({"areas_simulated": ["V1"]}, True, 0),
    ],
)
def test_what_can_be_compared_with_the_published_model(given: dict[str, Any], everything: bool, layers: int) -> None:
    values = load_experiment([], given).state().sim_params
    assert (values.records_everything, len(values.layers_of_all_areas)) == (everything, layers)
