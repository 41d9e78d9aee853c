"""Sweeps: the states that they make, their names, and what is wrong with a sweep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from contracts.errors import InputError
from model.configuration import load_experiment
from model.configuration.names import NAME_PATTERN

STATES = {"a": {"rate_ext": 9}, "b": {"g": -4}}


def pairs(given: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """g and external rate of each state."""
    return {
        name: (state.connection_params.g, state.input_params.rate_ext) for name, state in load_experiment([], dict(given)).states.items()
    }


@pytest.mark.parametrize("sweep", [{"g": [-11, -12]}, {"connection_params": {"g": [-11, -12]}}, "{g: [-11, -12]}", {"g": "[-11, -12]"}])
def test_points_take_the_place_of_every_state(sweep: object) -> None:
    assert pairs({"states": STATES, "sweep": sweep}) == {
        "a_g_-11": (-11, 9),
        "a_g_-12": (-12, 9),
        "b_g_-11": (-11, 10),
        "b_g_-12": (-12, 10),
    }


def test_a_dotted_key_on_the_command_line() -> None:
    assert pairs({"sweep.g": "[-11, -12.5]"}) == {"g_-11": (-11, 10), "g_-12.5": (-12.5, 10)}


def test_several_keys_give_every_combination() -> None:
    assert pairs({"sweep": {"g": [-4, -5], "rate_ext": [8.0, 10]}}) == {
        "g_-4_rate_ext_8": (-4, 8),
        "g_-4_rate_ext_10": (-4, 10),
        "g_-5_rate_ext_8": (-5, 8),
        "g_-5_rate_ext_10": (-5, 10),
    }


def test_listed_points_go_together() -> None:
    points = [{"g": -4, "rate_ext": 8}, {"rate_ext": 10, "g": -5}]
    assert list(pairs({"sweep": points}).values()) == [(-4, 8), (-5, 10)]


def test_one_state_is_swept_beside_others() -> None:
    assert list(pairs({"states": STATES, "sweep": {"base": "a", "g": [-5, -6]}})) == ["a_g_-5", "a_g_-6", "b"]


def test_states_may_be_the_points_as_they_stand() -> None:
    experiment = load_experiment([], {"states": ["ground", "chi_1.7"], "sweep": "cc_weights_factor"})
    assert list(experiment.states) == ["ground", "chi_1.7"]
    assert experiment.parameters.sweep == ("connection_params.cc_weights_factor",)


@pytest.mark.parametrize(
    ("key", "value", "name"),
    [
        ("cc_weights_factor", 1.0, "cc_weights_factor_1"),
        ("cc_weights_factor", 1.75, "cc_weights_factor_1.75"),
        ("PSP_e", 1e-05, "PSP_e_1e-05"),
        ("theory_params.dt", 0.05, "theory_params.dt_0.05"),
        ("poisson_input", False, "poisson_input_false"),
        ("recorded_neurons", None, "recorded_neurons_null"),
        ("areas_simulated", ["V1", "TH"], "areas_simulated_V1-TH"),
        ("fullscale_rates", "my rates/a.json", "fullscale_rates_my-rates-a.json"),
    ],
)
def test_names_are_safe_and_readable(key: str, value: object, name: str) -> None:
    assert list(load_experiment([], {"sweep": {key: [value]}}).states) == [name]
    assert re.fullmatch(NAME_PATTERN, name)


def test_long_values_are_cut_and_told_apart() -> None:
    paths = [f"{'a' * 300}/{number}.json" for number in range(2)]
    names = list(load_experiment([], {"sweep": {"fullscale_rates": paths}}).states)
    assert len(set(names)) == 2
    assert all(len(name) < 60 for name in names)


@pytest.mark.parametrize(
    ("sweep", "finding"),
    [
        ({"gg": [1]}, "sweep.gg: unknown key, did you mean g (in connection_params)?"),
        ({"g": -11}, "sweep.connection_params.g: is -11, expected a list of values"),
        ({"g": []}, "sweep.connection_params.g: is [], expected a list of values"),
        ({"g": [-4, -4]}, "sweep.connection_params.g: -4 stands twice, expected each value once"),
        ({"g": [-4, 1]}, "sweep: connection_params.g: is 1, expected a number at least -1,000 and at most 0"),
        ({"seeds": [1]}, "sweep.seeds: belongs to the experiment, not to a state"),
        ({"base": "a"}, "sweep: names no parameter, expected a mapping from keys to lists of values"),
        ({"base": "aa", "g": [-4]}, "sweep.base: there is no state 'aa' in this experiment, did you mean a? expected one of a, b"),
        ({"base": 3, "g": [-4]}, "sweep.base: is 3, expected the name of a state"),
        (3, "sweep: is 3, expected a mapping"),
        ([{"g": -4}, {"PSP_e": 1}], "sweep.2: has other keys than the first point, expected connection_params.g"),
        ([{"g": -4}, 3], "sweep: is [{'g': -4}, 3], expected a mapping"),
        (["gg"], "sweep.gg: unknown key"),
        (["g", "rate_ext", "g"], "sweep: g stands 2 times, expected once"),
        (
            {"base": "a", "t_sim": [600, "6e2"]},
            "sweep: a_t_sim_600 and a_t_sim_6e2 have the same parameters, expected each point once",
        ),
        (
            {"base": "a", "areas_simulated": [["V1", "V2"], ["V2", "V1"]]},
            "sweep: a_areas_simulated_V1-V2 and a_areas_simulated_V2-V1 have the same parameters",
        ),
        ({"rng_seed": [1, 2]}, "sweep.rng_seed: seeds are no parameter of a state, expected seeds: [1, 2] beside the sweep"),
        ({"rate_ext": list(range(1001))}, "sweep: makes 1,001 points, expected at most 1,000"),
        ({"rate_ext": list(range(1000)), "V0_sd": list(range(1000))}, "sweep: makes 1,000,000 points, expected at most 1,000"),
        ([{"g": -4}] * 1001, "sweep: makes 1,001 points, expected at most 1,000"),
        ({"rate_ext": list(range(501))}, "sweep: makes 501 points of each of 2 states, expected at most 1,000 in all"),
        (
            {"base": "a", "tables_dir": ["x" * 20]},
            f"sweep: a state would be called a_tables_dir_{'x' * 20}, which ends with the same letters 20",
        ),
        ({"fullscale_rates": ["a b", "a-b"]}, "sweep: two states would be called a_fullscale_rates_a-b, expected values that differ"),
    ],
)
def test_wrong_sweeps(sweep: object, finding: str) -> None:
    with pytest.raises(InputError) as error:
        load_experiment([], {"states": STATES, "sweep": sweep})
    lines = str(error.value).split("\n")
    assert lines[0].startswith(f"command line: {finding}")
    assert all("two states would be called" in line for line in lines[1:])


def test_a_value_that_is_swept() -> None:
    with pytest.raises(InputError, match=r"command line: connection_params\.g: every state has its own \(g_-4, g_-5\), it is swept"):
        load_experiment([], {"g": -3, "sweep": {"g": [-4, -5]}})


def test_a_later_file_takes_a_sweep_back() -> None:
    assert list(load_experiment([], {"sweep": None}).states) == ["default"]
