"""States by name: the library, lists of names, entries that start from one, and what goes over what."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml

from model.configuration import Parameters, load_experiment
from model.configuration.states import LIBRARY, library
from procortex.utilities.errors import InputError
from tests.helpers.paths import ROOT

CONFIG = ROOT / "config"

STABILISED = {
    "g": -11.0,
    "fac_nu_ext_5E": 1.125,
    "fac_nu_ext_6E": 1.41666667,
    "fac_nu_ext_TH": 1.2,
    "stabilisation": "computed",
    "V0": (-150.0, 50.0),
    "t_sim": 10500.0,
}
PUBLISHED = {
    "LA": STABILISED | {"g": -16.0, "fac_nu_ext_5E": 1.0, "fac_nu_ext_6E": 1.0, "stabilisation": "none", "chi": 1.0, "chi_I": 1.0},
    "HA": STABILISED | {"g": -16.0, "stabilisation": "none", "chi": 1.0, "chi_I": 1.0},
    "ground": STABILISED | {"chi": 1.0, "chi_I": 1.0},
    "resting": STABILISED | {"chi": 1.9, "chi_I": 2.0, "t_sim": 100500.0},
    "check_2017": STABILISED | {"g": -12.0, "chi": 1.0, "chi_I": 1.0},
    **{f"chi_{chi:g}": STABILISED | {"chi": chi, "chi_I": 2.0} for chi in (1.4, 1.5, 1.6, 1.7, 1.75, 1.8, 2.0, 2.1, 2.5)},
}


def values(state: Parameters) -> dict[str, object]:
    connections = state.connection_params
    return {
        "g": connections.g,
        "fac_nu_ext_5E": connections.fac_nu_ext_5E,
        "fac_nu_ext_6E": connections.fac_nu_ext_6E,
        "fac_nu_ext_TH": connections.fac_nu_ext_TH,
        "chi": connections.cc_weights_factor,
        "chi_I": connections.cc_weights_I_factor,
        "stabilisation": state.connectivity.stabilisation,
        "V0": (state.neuron_params.V0_mean, state.neuron_params.V0_sd),
        "t_sim": state.sim_params.t_sim,
    }


def test_the_library_holds_the_published_states() -> None:
    assert {name: values(state) for name, state in load_experiment([LIBRARY]).states.items()} == PUBLISHED
    assert {name: values(state) for name, state in load_experiment([], {"states": list(PUBLISHED)}).states.items()} == PUBLISHED


def test_every_state_says_everything_that_makes_it() -> None:
    keys = {frozenset(settings) for settings in library().values()}
    assert len(keys) == 1
    assert len(next(iter(keys))) == 12


@pytest.mark.parametrize("names", [["ground", "chi_1.7"], ("ground", "chi_1.7"), "[ground, chi_1.7]"])
def test_a_list_of_names_takes_the_library(names: object) -> None:
    states = load_experiment([CONFIG / "config.yaml"], {"states": names}).states
    lasting = {"t_sim": 2000.0}  # as the experiment says
    assert {name: values(state) for name, state in states.items()} == {name: PUBLISHED[name] | lasting for name in ("ground", "chi_1.7")}
    assert {state.network_params.N_scaling for state in states.values()} == {0.01}


def test_the_default_experiment_takes_another_duration() -> None:
    states = load_experiment([CONFIG / "config.yaml"], {"t_sim": 5000}, dots=False).states
    assert {name: state.sim_params.t_sim for name, state in states.items()} == {"ground": 5000.0, "resting": 5000.0}


def test_one_name_may_stand_alone() -> None:
    assert list(load_experiment([], {"states": "LA"}).states) == ["LA"]


def test_a_mapping_inherits_nothing_unless_it_names_a_base() -> None:
    given = {"ground": {"t_sim": 2000}, "mine": {"base": "chi_1.7", "g": -9}}
    states = load_experiment([], {"states": given}).states
    assert values(states["ground"]) == values(Parameters()) | {"t_sim": 2000.0}
    assert values(states["mine"]) == PUBLISHED["chi_1.7"] | {"g": -9.0}


def test_what_makes_a_state_goes_over_what_all_states_share(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("g: -4\nstabilisation: none\nt_sim: 600\nPSP_e: 0.2\nV0_mean: -60\nstates: [LA, ground]")
    states = load_experiment([path]).states
    assert {name: values(state) for name, state in states.items()} == {
        name: PUBLISHED[name] | {"t_sim": 600.0} for name in ("LA", "ground")
    }
    assert {state.connection_params.PSP_e for state in states.values()} == {0.2}


def test_published_indegrees_are_stabilised_as_well() -> None:
    states = load_experiment([], {"states": ["LA", "ground"], "stabilisation": "published"}).states
    assert {name: state.connectivity.stabilisation for name, state in states.items()} == {"LA": "none", "ground": "published"}


def test_single_parameters_of_a_state_with_a_dot_in_its_name() -> None:
    given = {"states": ["ground", "chi_1.7"], "states.chi_1.7.t_sim": "300", "states.chi_1.75.base": "chi_1.75"}
    states = load_experiment([], given).states
    assert {name: state.sim_params.t_sim for name, state in states.items()} == {"ground": 10500, "chi_1.7": 300, "chi_1.75": 10500}
    given = {"states": {"my.own": {"g": -4}, "my.other": None}, "states.my.other.g": -5}
    assert {name: state.connection_params.g for name, state in load_experiment([], given).states.items()} == {"my.own": -4, "my.other": -5}


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        ({"states.groud.t_sim": 700}, "states.groud: there is no such state, did you mean ground?"),
        ({"states.groud": {"t_sim": 700}}, "states.groud: there is no such state, did you mean ground?"),
        ({"states.qqqqqq.t_sim": 700}, "states.qqqqqq: there is no such state, expected one of ground, resting"),
        ({"states": ["LA"], "states.ground.t_sim": 700}, "states.ground: there is no such state, expected one of LA"),
    ],
)
def test_a_part_of_a_state_that_is_not_there(given: dict[str, object], finding: str) -> None:
    with pytest.raises(InputError) as error:
        load_experiment([CONFIG / "config.yaml"], given)
    assert str(error.value) == f"command line: {finding}"


def test_a_part_of_a_state_where_the_experiment_names_none() -> None:
    with pytest.raises(
        InputError, match=r"states\.a: there is no such state, as the experiment names none; expected the key alone, or states="
    ):
        load_experiment([], {"states.a.t_sim": 700})


def test_new_states_on_the_command_line() -> None:
    whole = {"states": {"mine": {"cc_weights_factor": 1.7}, "other": {"base": "LA"}}}
    assert list(load_experiment([CONFIG / "config.yaml"], whole).states) == ["mine", "other"]
    assert list(load_experiment([CONFIG / "config.yaml"], {"states.LA.base": "LA", "states.LA.g": -9}).states) == [
        "ground",
        "resting",
        "LA",
    ]


def advice(*files: Path, dots: bool, **given: object) -> str:
    """What an override that no state would see is answered with."""
    with pytest.raises(InputError) as error:
        load_experiment(files, given, dots=dots)
    before, told, text = str(error.value).partition(", write ")
    assert told, before
    assert "\n" not in text
    return text


def test_a_value_of_the_command_line_that_a_named_state_has_itself() -> None:
    assert advice(dots=True, states=["LA"], g=-9) == "states.LA.g=-9"
    assert load_experiment([], {"states": ["LA"], "states.LA.g": -9}).state().connection_params.g == -9


@pytest.mark.parametrize(
    ("given", "text", "whole"),
    [
        (
            {"states": ["LA"], "rate_ext": 9},
            "'states={LA: {base: LA, rate_ext: 9}}'",
            {"LA": {"base": "LA", "rate_ext": 9}},
        ),
        (
            {"cc_weights_factor": 1.4},
            "'states={ground: {cc_weights_factor: 1.4, cc_weights_I_factor: 1.0}, "
            "resting: {cc_weights_factor: 1.4, cc_weights_I_factor: 2.0}}'",
            {
                "ground": {"cc_weights_factor": 1.4, "cc_weights_I_factor": 1},
                "resting": {"cc_weights_factor": 1.4, "cc_weights_I_factor": 2},
            },
        ),
        (
            {"states": {"a": {"areas_simulated": ["V1", "46"], "theory_params": {"T": 30}}}, "theory_params": {"T": 20}},
            """'states={a: {areas_simulated: [V1, 46], theory_params.T: 20}}'""",
            {"a": {"areas_simulated": ["V1", "46"], "theory_params": {"T": 20}}},
        ),
    ],
)
def test_advice_where_keys_have_no_dots_can_be_followed(given: dict[str, object], text: str, whole: dict[str, object]) -> None:
    """Snakemake takes keys without dots, and leaves what stands in a mapping as text."""
    assert advice(CONFIG / "config.yaml", dots=False, **given) == text
    key, _, value = shlex.split(text)[0].partition("=")
    followed, wanted = ({key: yaml.load(value, Loader=yaml.BaseLoader)}, {"states": whole})
    assert load_experiment([CONFIG / "config.yaml"], followed).states == load_experiment([CONFIG / "config.yaml"], wanted).states


def test_advice_for_many_states_shows_one_of_them() -> None:
    assert advice(CONFIG / "scan.yaml", dots=False, states=list(PUBLISHED), rate_ext=9) == "'states={LA: {base: LA, rate_ext: 9}, ...}'"


@pytest.mark.parametrize(
    ("states", "finding"),
    [
        (["grund"], "command line: states: there is no state 'grund' in config/states.yaml, did you mean ground? expected one of LA, HA, "),
        (
            {"a": {"base": "chi_17"}},
            "command line: states.a.base: there is no state 'chi_17' in config/states.yaml, did you mean chi_1.7? ",
        ),
        ([], "command line: states: is [], expected a mapping from names to parameters, or a list of names of config/states.yaml"),
        ([1], "command line: states: is [1], expected a mapping"),
    ],
)
def test_wrong_names(states: object, finding: str) -> None:
    with pytest.raises(InputError) as error:
        load_experiment([], {"states": states})
    assert str(error.value).startswith(finding)
    assert "\n" not in str(error.value)


def test_the_repeated_experiment_is_the_same(tmp_path: Path) -> None:
    experiment = load_experiment([CONFIG / "config.yaml"], {"states": ["LA", "chi_1.7"], "sweep": {"rate_ext": [8, 10]}})
    path = tmp_path / "configuration.yaml"
    path.write_text(yaml.safe_dump(experiment.configuration()))
    again = load_experiment([path])
    assert again.states == experiment.states
    assert again.parameters.sweep == experiment.parameters.sweep == ("input_params.rate_ext",)
