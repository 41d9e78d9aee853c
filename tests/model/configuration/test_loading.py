"""Overlays, short keys and states: what a user writes, and the parameters that come of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from model.configuration import Parameters, load_experiment, resolve_parameters
from model.configuration.dependencies import uses
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_nothing_given_is_the_published_model() -> None:
    experiment = load_experiment([])
    assert experiment.state() == Parameters()
    assert experiment.seeds == (1,)
    assert experiment.state().sim_params.areas_simulated == AREAS


def test_later_files_and_the_command_line_go_over_earlier_ones(tmp_path: Path) -> None:
    first = write(tmp_path, "first.yaml", "N_scaling: 0.5\nnetwork_params: {K_scaling: 0.5}\ng: -4")
    second = write(tmp_path, "second.yaml", "network_params: {N_scaling: 0.25}")
    parameters = load_experiment([first, second], {"K_scaling": "0.125"}).state()
    assert (parameters.network_params.N_scaling, parameters.network_params.K_scaling, parameters.connection_params.g) == (0.25, 0.125, -4)


def test_a_state_changes_the_shared_parameters(tmp_path: Path) -> None:
    path = write(tmp_path, "states.yaml", "t_sim: 100\nstates: {a: , b: {t_sim: 200, connection_params: {g: -5}}}\nseeds: [3, 4]")
    experiment = load_experiment([path])
    assert {name: (state.sim_params.t_sim, state.connection_params.g) for name, state in experiment.states.items()} == {
        "a": (100, -11),
        "b": (200, -5),
    }
    assert experiment.seeds == (3, 4)


def test_a_file_with_states_replaces_the_states_before_it(tmp_path: Path) -> None:
    both = write(tmp_path, "both.yaml", "states: {a: {g: -4}, b: {}}")
    one = write(tmp_path, "one.yaml", "states: {b: {g: -5}}")
    assert list(load_experiment([both, one]).states) == ["b"]


def test_a_dotted_key_changes_one_parameter_of_a_state(tmp_path: Path) -> None:
    both = write(tmp_path, "both.yaml", "states: {a: {g: -4}, b: {}}")
    experiment = load_experiment([both], {"states.a.t_sim": "300", "sim_params.dt": 0.2})
    assert (experiment.state("a").sim_params.t_sim, experiment.state("a").connection_params.g) == (300, -4)
    assert experiment.state("b").sim_params.t_sim == 10500


@pytest.mark.parametrize("given", ["[V2, 46, V1]", ["V2", 46, "V1"], "V2, 46 V1", ("V1", "V2", "46")])
def test_areas_come_in_any_form_and_leave_in_model_order(given: object) -> None:
    assert resolve_parameters({"areas_simulated": given}).sim_params.areas_simulated == ("V1", "V2", "46")


def test_an_area_that_looks_like_a_number_may_be_the_only_one() -> None:
    assert resolve_parameters({"areas_simulated": "46"}).sim_params.areas_simulated == ("46",)


def test_seeds_default_to_rng_seed() -> None:
    assert load_experiment([], {"rng_seed": 7}).seeds == (7,)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"states": {"a": {"rng_seed": 9}, "b": {}}}, "states.a.rng_seed: is 9, but all states are simulated with seed 1; use seeds"),
        ({"rng_seed": 9, "seeds": [1, 2]}, "rng_seed: is 9, but all states are simulated with seeds 1, 2; use seeds"),
        ({"rng_seed": 9, "seeds": [9]}, None),
        ({"seeds": [9], "states": {"a": {"rng_seed": 9}}}, None),
    ],
)
def test_no_seed_is_recorded_that_is_not_simulated(given: dict[str, object], line: str | None) -> None:
    if line is None:
        assert load_experiment([], given).seeds == (9,)
        return
    with pytest.raises(InputError) as caught:
        load_experiment([], given)
    assert str(caught.value) == f"command line: {line}"


def test_the_configuration_of_an_experiment_repeats_it() -> None:
    experiment = load_experiment([], {"seeds": [3, 4], "states": {"ground": {"g": -9}, "resting": {}}})
    again = load_experiment([], experiment.configuration())
    assert (again.states, again.seeds) == (experiment.states, experiment.seeds)


def test_a_state_is_named_where_there_are_several() -> None:
    experiment = load_experiment([], {"states": {"ground": {}, "resting": {}}})
    with pytest.raises(InputError, match=r"several \(ground, resting\)"):
        experiment.state()
    with pytest.raises(InputError, match="no state 'rest', expected one of ground, resting"):
        experiment.state("rest")


def test_the_network_configuration_is_a_configuration() -> None:
    given = {"areas_simulated": ["V1", "46"], "N_scaling": 0.5, "K_scaling": 0.2, "g": -9, "fullscale_rates": "rates.json", "dt": 0.05}
    configuration = resolve_parameters(given).network_configuration()
    again = resolve_parameters(yaml.safe_load(yaml.safe_dump(configuration)))
    assert again.network_configuration() == configuration
    assert again.rate_files == (Path("rates.json"),)


@pytest.mark.parametrize(
    "change",
    [
        {"t_sim": 100},
        {"rng_seed": 5},
        {"recorded_neurons": 10},
        {"seeds": [2]},
        {"backend": "cpu"},
        {"simulate": "nest"},
        {"published_dir": "here"},
        {"fullscale_rates": "unused.json"},
        {"replace_non_simulated_areas": "hom_poisson_stat"},
    ],
)
def test_what_does_not_change_the_network_is_not_in_its_configuration(change: dict[str, object]) -> None:
    assert resolve_parameters(change).network_configuration() == Parameters().network_configuration()


@pytest.mark.parametrize("change", [{"surface": 2}, {"dt": 0.05}, {"rate_ext": 9}, {"delay_e": 2}, {"stabilisation": "none"}, {"V0_sd": 1}])
def test_what_changes_the_network_is_in_its_configuration(change: dict[str, object]) -> None:
    assert resolve_parameters(change).network_configuration() != Parameters().network_configuration()


def test_rates_are_needed_where_they_are_used() -> None:
    assert not Parameters().needs_published_rates
    assert resolve_parameters({"K_scaling": 0.5}).needs_published_rates
    assert resolve_parameters({"areas_simulated": ["V1"]}).needs_published_rates
    assert not resolve_parameters({"areas_simulated": ["V1"], "replace_non_simulated_areas": "hom_poisson_stat"}).needs_published_rates
    own = resolve_parameters({"areas_simulated": ["V1"], "replace_cc_input_source": "mine.json"})
    assert own.rate_files == (Path("mine.json"),)


def test_series_are_needed_where_currents_follow_them() -> None:
    given = {"areas_simulated": ["V1", "V2"], "replace_cc": "current_nonstat", "replace_cc_input_source": "run/series.nc"}
    both = resolve_parameters(given)
    assert both.connection_params.replace_cc == "het_current_nonstat"
    assert both.replaced_areas("het_current_nonstat") == ("V1", "V2")
    assert len(both.replaced_areas("het_poisson_stat")) == 30
    assert both.series_file == Path("run/series.nc")
    assert both.rate_files == (Path("run/series.nc"),)
    alone = resolve_parameters(given | {"areas_simulated": ["V1"]})
    assert not alone.uses_source_series  # there is nothing between areas
    assert alone.series_file is None
    configuration = both.network_configuration()
    assert resolve_parameters(yaml.safe_load(yaml.safe_dump(configuration))).network_configuration() == configuration


def test_stimuli_are_part_of_the_network() -> None:
    given = {"poisson_stimuli": [{"populations": [46, "4E"], "rate": 15, "indegree": 300, "start": 700, "stop": 710}]}
    configuration = resolve_parameters(given).network_configuration()
    again = resolve_parameters(yaml.safe_load(yaml.safe_dump(configuration)))
    assert again.network_configuration() == configuration
    (stimulus,) = again.input_params.poisson_stimuli
    assert (stimulus.populations, stimulus.PSP, stimulus.stop) == (("46", "4E"), 0.15, 710)


def test_a_state_may_depend_on_another_one() -> None:
    subset = {"areas_simulated": ["V1"], "replace_cc_input_source": "state:all"}
    experiment = load_experiment(
        [], {"states": {"all": {"t_sim": 1000}, "v1": subset, "scaled": {"K_scaling": 0.5, "fullscale_rates": "state:all"}}}
    )
    assert [(use.state, use.what, len(use.areas)) for use in uses(experiment.state("v1"))] == [("all", "rates", 31)]
    assert [(use.state, use.what, len(use.areas)) for use in uses(experiment.state("scaled"))] == [("all", "rates", 32)]
    assert not uses(experiment.state("all"))


def test_text_within_mappings_and_lists_is_read():
    """Snakemake's --config leaves the values of a mapping as text."""
    experiment = load_experiment([], {"reference": {"simulate": "none", "published": "false"}, "areas_simulated": ["V1", "46"]})
    assert experiment.state().reference.published is False
    assert experiment.state().sim_params.areas_simulated == ("V1", "46")


def test_dt_without_its_group_is_the_step_of_the_simulation() -> None:
    parameters = load_experiment([], {"dt": 0.05, "theory_params.dt": 0.01}).state()
    assert (parameters.sim_params.dt, parameters.theory_params.dt) == (0.05, 0.01)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"a": None, "b": None}),
        ({"spikes": {"a": "x", "b": "y"}}, {"a": "x", "b": "y"}),
        ({"reference": {"spikes": {"b": "y"}}}, {"a": None, "b": "y"}),
        ({"spikes": "x", "states": {"a": {}, "b": {"spikes": "y"}}}, {"a": "x", "b": "y"}),
        ({"spikes": "x", "states": {"a": {}}}, {"a": "x"}),
        ({"states": {"a": {"reference": {"spikes": "x"}}, "b": {}}}, {"a": "x", "b": None}),
        ({"states": {}, "spikes": "x"}, {"default": "x"}),
        ({"states": {}, "spikes": {"default": "x"}}, {"default": "x"}),
    ],
)
def test_spikes_to_compare_with_by_state(given: dict[str, object], expected: dict[str, str | None]) -> None:
    experiment = load_experiment([], {"states": {"a": {}, "b": {}}, **given})
    assert {name: experiment.reference_spikes(name) for name in experiment.states} == expected


def test_a_key_that_stands_twice_in_a_file_is_refused_with_both_lines(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("N_scaling: 0.005\nstates:\n  a:\n    g: -4\n    g: -5\n  a: {}\nN_scaling: 0.9\n")
    with pytest.raises(InputError) as caught:
        load_experiment([path])
    assert str(caught.value).split("\n") == [
        f"{path}: lines 1 and 7: N_scaling is given twice, expected once",
        f"{path}: lines 3 and 6: a is given twice, expected once",
        f"{path}: lines 4 and 5: g is given twice, expected once",
    ]
