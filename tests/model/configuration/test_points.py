"""States as points: what they differ in, and which of them make a scan over the strength between areas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from model.configuration import load_experiment
from model.configuration.points import states_over_chi, sweep_points

CHI = "connection_params.cc_weights_factor"


def test_points_have_what_is_swept_and_what_else_differs() -> None:
    experiment = load_experiment([], {"states": {"a": {}, "b": {"t_sim": 100}}, "sweep": {"rate_ext": [9, 10], "g": [-11]}})
    points = sweep_points(experiment)
    assert points["over"] == ["input_params.rate_ext", "connection_params.g"]
    assert points["states"] == {
        f"{state}_rate_ext_{rate}_g_-11": {"input_params.rate_ext": rate, "connection_params.g": -11.0, "sim_params.t_sim": t_sim}
        for state, t_sim in (("a", 10500.0), ("b", 100.0))
        for rate in (9, 10)
    }


def test_where_files_were_found_is_no_parameter() -> None:
    given: dict[str, Any] = {"states": {"a": {"raw_dir": "here"}, "b": {"g": -4}}, "sweep": "g"}
    assert list(next(iter(sweep_points(load_experiment([], given))["states"].values()))) == ["connection_params.g"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"states": ["resting", "LA", "ground", "chi_1.7", "HA"]}, ["ground", "chi_1.7", "resting"]),
        ({"states": ["ground", "resting"]}, []),
        ({"states": ["ground", "chi_1.7", "check_2017"]}, []),
        ({"sweep": {"cc_weights_factor": [2, 1.5, 1]}}, [f"cc_weights_factor_{chi}" for chi in ("1", "1.5", "2")]),
        ({"sweep": {"g": [-4, -5, -6]}}, []),
        ({"sweep": {"cc_weights_factor": [1, 1.5, 2], "t_sim": [100, 200]}}, [f"cc_weights_factor_{chi}_t_sim_100" for chi in (1, 1.5, 2)]),
    ],
)
def test_states_over_chi_differ_in_nothing_else(given: dict[str, object], expected: list[str]) -> None:
    assert states_over_chi(load_experiment([], given)) == expected


def test_no_states_make_no_scan() -> None:
    assert states_over_chi(replace(load_experiment([], {}), states={})) == []
