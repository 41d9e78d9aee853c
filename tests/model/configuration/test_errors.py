"""Bad configurations: every finding on a line of its own, with key, what is wrong and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.configuration import load_experiment
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError


def findings(*files: Path, **given: object) -> list[str]:
    with pytest.raises(InputError) as error:
        load_experiment(files, given)
    return str(error.value).split("\n")


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("N_scalling", 1, "N_scalling: unknown key, did you mean N_scaling (in network_params)?"),
        ("stat", {}, "stat: unknown key, did you mean states?"),
        ("qqqq", 1, "qqqq: unknown key, expected one of sim_params"),
        ("network_params", {"g": 1}, "network_params.g: unknown key here, g belongs to connection_params"),
        ("network_params", {"N_scalin": 1}, "network_params.N_scalin: unknown key, did you mean N_scaling?"),
        ("network_params", 3, "network_params: is 3, expected a group of keys: surface"),
        ("connection_params", {"seeds": 3}, "connection_params.seeds: unknown key here, seeds stands at the top level"),
        ("K_stable", "K.npy", "K_stable: unknown key, use stabilisation: computed, published or none"),
        ("rho_syn", 1, "rho_syn: unknown key, the synapse density follows from av_indegree_V1"),
        ("T", 2000, "T: unknown key, use t_sim (in sim_params); the end of the theory's relaxation is theory_params.T"),
        ("theory_params", {"dt": 0}, "theory_params.dt: is 0, expected a number greater than 0 and at most 1"),
        ("theory_params", {"g": 1}, "theory_params.g: unknown key here, g belongs to connection_params"),
        ("N_scaling", -1, "network_params.N_scaling: is -1, expected a number greater than 0 and at most 1"),
        ("N_scaling", 0, "network_params.N_scaling: is 0, expected a number greater than 0 and at most 1"),
        ("K_scaling", 1.5, "network_params.K_scaling: is 1.5, expected a number greater than 0 and at most 1"),
        ("K_scaling", "half", "network_params.K_scaling: is 'half', expected a number greater than 0 and at most 1"),
        ("K_scaling", True, "network_params.K_scaling: is true, expected a number"),
        ("C_m", float("nan"), "neuron_params.C_m: is nan, expected a number in pF at least 0.001 and at most 1,000,000"),
        ("rng_seed", 1.5, "sim_params.rng_seed: is 1.5, expected a whole number"),
        ("poisson_input", 1, "input_params.poisson_input: is 1, expected true or false"),
        ("areas_simulated", "[V1, V22]", "sim_params.areas_simulated: unknown area 'V22', did you mean 'V2'?"),
        ("areas_simulated", "ALL", "sim_params.areas_simulated: is 'ALL', did you mean all?"),
        ("fullscale_rates", "Theory", "network_params.fullscale_rates: is 'Theory', did you mean theory? A file of that name is ./Theory"),
        ("replace_cc_input_source", "State:a", "connection_params.replace_cc_input_source: is 'State:a', did you mean state:a? A file"),
        (
            "replace_cc_input_source",
            "Fullscale_Rates",
            "connection_params.replace_cc_input_source: is 'Fullscale_Rates', did you mean full",
        ),
        ("initial_rates", "RANDOM_UNIFORM", "theory_params.initial_rates: is 'RANDOM_UNIFORM', did you mean random_uniform? A file"),
        ("areas_simulated", "[V1, V1]", "sim_params.areas_simulated: area 'V1' stands 2 times, expected once"),
        ("areas_simulated", [], "sim_params.areas_simulated: is empty, expected at least one area"),
        ("areas_simulated", {"V1": False}, "sim_params.areas_simulated: is {'V1': False}, expected a list of names"),
        ("recorded_populations", {"23E": False}, "sim_params.recorded_populations: is {'23E': False}, expected a list of names"),
        ("corrections", {"series_sign": False}, "connectivity.corrections: is {'series_sign': False}, expected a list of"),
        ("figures", ["raster", "raster"], "figures: raster stands 2 times, expected once"),
        ("t_sim", 0.25, "sim_params.t_sim: is 0.25 ms, expected a multiple of dt (0.1 ms)"),
        ("t_ref", 0.25, "neuron_params.t_ref: is 0.25 ms, expected a multiple of dt (0.1 ms)"),
        ("V_reset", -50, "neuron_params.V_reset: is -50 mV, expected less than V_th (-50 mV)"),
        ("tau_m", 0.5, "neuron_params.tau_m: is 0.5 ms, expected a value that differs from tau_syn_ex"),
        ("tau_syn_in", 1, "neuron_params.tau_syn_in: is 1 ms, expected the value of tau_syn_ex (0.5 ms)"),
        ("lognormal_weights", 1, "connection_params.lognormal_weights: is 1, expected true or false"),
        (
            "replace_cc",
            "het_current_nonstat",
            "connection_params.replace_cc: is het_current_nonstat, but replace_cc_input_source (published) holds no series, expected ",
        ),
        (
            "replace_cc",
            "het",
            "connection_params.replace_cc: is 'het', expected false or hom_poisson_stat or het_poisson_stat or het_current_nonstat",
        ),
        ("source", "table", "connectivity.source: is 'table', expected tables or raw; did you mean tables?"),
        (
            "stabilisation",
            "compute",
            "connectivity.stabilisation: is 'compute', expected computed or published or none; did you mean computed?",
        ),
        ("corrections", ["series_sgn"], "connectivity.corrections: unknown correction 'series_sgn', did you mean 'series_sign'?"),
        ("corrections", "qqqq", "connectivity.corrections: unknown correction 'qqqq', expected some of m121_label, zero_padding"),
        (
            "corrections",
            ["series_sign", "series_sign"],
            "connectivity.corrections: correction 'series_sign' stands 2 times, expected once",
        ),
        (
            "corrections",
            ["m121_label"],
            "connectivity.corrections: m121_label changes what the tables are computed from, expected connectivity.source: raw",
        ),
        (
            "connectivity",
            {"corrections": ["series_sign"], "stabilisation": "published"},
            "connectivity.corrections: series_sign changes in-degrees that the published ones would replace, expected",
        ),
        ("overrides", 3, "connectivity.overrides: is 3, expected the path of a CSV table, or null"),
        ("backend", "gpu", "backend: is 'gpu', expected auto or cpu or cuda or nest"),
        ("simulate", "nset", "reference.simulate: is 'nset', expected nest or none; did you mean nest?"),
        ("experiment", "a/b", "experiment: is 'a/b', expected letters, digits"),
        ("seeds", [1, 1], "seeds: are [1, 1], expected each seed once"),
        ("seeds", [-1], "seeds: -1 is out of range, expected 1 to 4294967295"),
        ("seeds", 3, "seeds: is 3, expected a list of whole numbers"),
        ("states", [1], "states: is [1], expected a mapping from names to parameters"),
        ("states", {"a": 3}, "states.a: is 3, expected a mapping from keys to values"),
        ("states", {"a b": {}}, "states.a b: is no name for a folder"),
        ("states", {"a": {"seeds": [1]}}, "states.a.seeds: belongs to the experiment, not to a state"),
        ("states", {"a": {"g": "x"}}, "states.a.connection_params.g: is 'x', expected a number at least -1,000 and at most 0"),
        ("states", {"a": {"G": 1}}, "states.a.G: unknown key, did you mean g (in connection_params)?"),
        ("states", {"a": {"bas": "chi_1.7"}}, "states.a.bas: unknown key, did you mean base?"),
        ("states", {"a": {"connection_params": {"base": "LA"}}}, "states.a.connection_params.base: unknown key here, base stands beside"),
        ("states", ["ground", "LA", "ground"], "states: 'ground' stands 2 times, expected once"),
        ("sweep", {"bas": "ground"}, "sweep.bas: unknown key, did you mean base?"),
        ("areas_simulated", '"[TH"', "sim_params.areas_simulated: is '[TH': not valid YAML (expected ',' or ']'"),
        ("recorded_populations", '"[TH"', "sim_params.recorded_populations: is '[TH': not valid YAML (expected ',' or ']'"),
        ("areas_simulated", ["V1"] * 1001, "sim_params.areas_simulated: is a list of 1,001 names, expected at most 1000"),
        ("corrections", ["series_sign"] * 1001, "connectivity.corrections: is a list of 1,001 names, expected at most 1000"),
        ("seeds", list(range(1, 1002)), "seeds: are 1,001, expected at most 1000"),
        ("g", "x" * 300, f"connection_params.g: is '{'x' * 199}..., expected a number"),
        ("experiment", "x" * 151, f"experiment: is '{'x' * 151}', expected letters, digits, _ - . (a letter or digit first, at most 150)"),
        ("experiment", "-x", "experiment: is '-x', expected letters, digits"),
        ("experiment", "..", "experiment: is '..', expected letters, digits"),
        ("experiment", "x" * 20, "experiment: ends with the same letters 20 times, expected another name"),
        (
            "states",
            {"a" * 151: {}},
            f"states.{'a' * 151}: is no name for a folder, expected letters, digits, _ - . (a letter or digit first",
        ),
        ("states", {"-a": {}}, "states.-a: is no name for a folder"),
        ("states", {"a/b": {}}, "states.a/b: is no name for a folder"),
        ("states", {"a" + "01" * 20: {}}, f"states.a{'01' * 20}: ends with the same letters 20 times, expected another name"),
        ("states", {"provenance.json": {}}, "states.provenance.json: is the name of a result of the whole experiment, expected another"),
        ("states", {"figures": {}}, "states.figures: is the name of a result of the whole experiment, expected another name"),
        ("states", {f"a{k}": {} for k in range(1001)}, "states: are 1,001, expected at most 1,000"),
        ("states", {"a": {"t_sim": 700}, "a.t_sim": 600}, "states.a.t_sim: is given twice, in a group and with dots; expected once"),
        ("sim_params", {"checkpoint_interval": 0.01}, "sim_params.checkpoint_interval: is 0.01 ms, expected at least dt (0.1 ms)"),
        ("t_sim", 1e-9, "sim_params.t_sim: is 1e-09 ms, expected a multiple of dt (0.1 ms)"),
        ("t_sim", 3e8, "sim_params.t_sim: is 3e+08 ms, expected less than 214748364.8 ms (2**31 steps of dt)"),
        ("t_sim", 1e300, "sim_params.t_sim: is 1e+300 ms, expected less than 214748364.8 ms (2**31 steps of dt)"),
        ("tau_m", 0.5 + 1e-9, "neuron_params.tau_m: is 0.5 ms, expected a value that differs from tau_syn_ex"),
        (
            "theory_params",
            {"T": 1e9},
            "theory_params.T: is 1e+09, which makes 1e+10 steps of dt (0.1) from 1 starts, expected at most 500,000",
        ),
        ("theory_params", {"T": 50, "dt": 1e-300}, "theory_params.T: is 50, which makes 5e+301 steps of dt (1e-300)"),
        (
            "theory_params",
            {"T": 50, "initial_rates": "random_uniform", "initial_rates_iter": 10000},
            "theory_params.T: is 50, which makes 5e+06 steps of dt (0.1) from 10000 starts, expected at most 500,000 (T up to 5)",
        ),
        (
            "dc_stimuli",
            [{"populations": "V1", "amplitude": 1}] * 1001,
            "input_params.dc_stimuli: holds 1,001 stimuli, expected at most 1,000",
        ),
    ],
)
def test_one_finding(key: str, value: object, text: str) -> None:
    assert [line.startswith(f"command line: {text}") for line in findings(**{key: value})] == [True], findings(**{key: value})


V1 = {"populations": ["V1"], "start": 10, "stop": 20}


@pytest.mark.parametrize(
    ("stimulus", "text"),
    [
        ({}, ".amplitude: is missing, expected a number in pA"),
        ({"amplitude": "big"}, ".amplitude: is 'big', expected a number in pA"),
        ({"amplitude": 5, "amplitudes": 5}, ".amplitudes: unknown key, did you mean amplitude?"),
        ({"amplitude": 5, "qqqqqq": 5}, ".qqqqqq: unknown key, expected some of populations, start, stop, amplitude"),
        ({"amplitude": 5, "start": -1}, ".start: is -1, expected a number or null in ms at least 0"),
        ({"amplitude": 5, "start": 30}, ".stop: is 20 ms, expected more than start (30 ms)"),
        ({"amplitude": 5, "start": 10.05}, ".start: is 10.05 ms, expected a multiple of dt (0.1 ms)"),
        ({"amplitude": 5, "stop": 1e9}, ".stop: is 1e+09 ms, expected less than "),
        ({"amplitude": 5, "populations": ["V1-4X"]}, ".populations: unknown population 'V1-4X', did you mean 'V1-4"),
        ({"amplitude": 5, "populations": ["TH-4E"]}, ".populations: unknown population 'TH-4E', area TH has no 4E"),
        ({"amplitude": 5, "populations": []}, ".populations: is empty, expected a list of areas"),
        ({"amplitude": 5, "populations": ["4E", "4E"]}, ".populations: '4E' stands 2 times, expected once"),
        ({"amplitude": 5, "populations": ["MT"]}, ".populations: area MT is not simulated, expected some of V1 TH"),
        ({"amplitude": 5, "populations": ["V2-4E"]}, ".populations: area V2 is not simulated, expected some of V1 TH"),
    ],
)
def test_stimuli(stimulus: dict[str, object], text: str) -> None:
    (line,) = findings(areas_simulated=["V1", "TH"], dc_stimuli=[V1 | {"amplitude": 1}, V1 | stimulus])
    assert line.startswith(f"command line: input_params.dc_stimuli[1]{text}")


def test_a_state_is_told_the_keys_that_it_may_have() -> None:
    (line,) = findings(states={"a": {"qqqqqq": 1}})
    told = line.partition("expected one of ")[2].split(", ")
    assert {"sim_params", "reference", "base"} <= set(told)
    assert not {"experiment", "states", "sweep", "seeds", "backend", "figures"} & set(told)


LATE = {"populations": ["V1"], "amplitude": 5, "start": 700}


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            {"t_sim": 600, "dc_stimuli": [LATE]},
            ["command line: input_params.dc_stimuli[0].start: is 700 ms, but the simulation ends at 600 ms"],
        ),
        (
            {"t_sim": 700, "dc_stimuli": [LATE]},
            ["command line: input_params.dc_stimuli[0].start: is 700 ms, but the simulation ends at 700 ms"],
        ),
        (
            {"t_sim": 800, "dc_stimuli": [LATE], "states": {"a": {}, "b": {"t_sim": 500}}},
            ["command line: states.b.input_params.dc_stimuli[0].start: is 700 ms, but the simulation ends at 500 ms (t_sim); expected an"],
        ),
        (
            {
                "states": {
                    "a": {"t_sim": 500, "poisson_stimuli": [{"populations": ["V1"], "rate": 1, "indegree": 1, "start": 500}]},
                    "b": {},
                }
            },
            ["command line: states.a.input_params.poisson_stimuli[0].start: is 500 ms, but the simulation ends at 500 ms (t_sim)"],
        ),
        (
            {"states": {"a": {"dc_stimuli": [LATE | {"start": 10500}]}}},
            ["command line: states.a.input_params.dc_stimuli[0].start: is 10500 ms"],
        ),
    ],
)
def test_stimuli_that_come_when_all_is_over(given: dict[str, object], lines: list[str]) -> None:
    found = findings(**given)
    assert len(found) == len(lines)
    assert all(line.startswith(start) for line, start in zip(found, lines, strict=True)), found


def test_stimuli_within_the_simulation_and_those_of_a_network_alone_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "shared.yaml"
    path.write_text("t_sim: 600\ndc_stimuli: [{populations: [V1], amplitude: 5, start: 700}]\nstates: {a: {t_sim: 701}, b: {t_sim: 800}}")
    assert set(load_experiment([path]).states) == {"a", "b"}
    network = load_experiment([], {"t_sim": 20000, "dc_stimuli": [LATE | {"start": 15000}]}).state().network_configuration()
    assert load_experiment([], network).state().input_params.dc_stimuli[0].start == 15000


def test_a_layer_that_no_simulated_area_has() -> None:
    (line,) = findings(areas_simulated=["TH"], poisson_stimuli=[{"populations": ["4E"], "rate": 10, "indegree": 5}])
    assert line == "command line: input_params.poisson_stimuli[0].populations: no simulated area (TH) has 4E"


def test_stimuli_are_a_list() -> None:
    (line,) = findings(dc_stimuli=V1)
    assert line.endswith("expected a list of {populations, amplitude, start, stop}")


def test_all_that_is_wrong_with_stimuli_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        "areas_simulated: [V1]\nstates:\n  a:\n    dc_stimuli: [{populations: [V1, V2], amplitude: 5, start: 0.05}]\n"
        "    poisson_stimuli: [{populations: [MT], rate: 1, indegree: 2, stop: 7.77}]\n  b: {}\n"
    )
    lines = findings(path)
    before = f"{path}: states.a.input_params"
    assert [line.partition(": is")[0].partition(": area")[0] for line in lines] == [
        f"{before}.dc_stimuli[0].populations",
        f"{before}.dc_stimuli[0].start",
        f"{before}.poisson_stimuli[0].populations",
        f"{before}.poisson_stimuli[0].stop",
    ]


SUBSET = {"areas_simulated": ["V1"], "replace_cc_input_source": "state:all"}
WHOLE = {"t_sim": 1000}


@pytest.mark.parametrize(
    ("states", "text"),
    [
        (
            {"al": WHOLE, "v1": SUBSET},
            "v1.connection_params.replace_cc_input_source: is state:all, but there is no such state, did you mean al?",
        ),
        (
            {"x": {}, "v1": SUBSET},
            "v1.connection_params.replace_cc_input_source: is state:all, but there is no such state, expected one of x, v1",
        ),
        ({"all": SUBSET}, "all.connection_params.replace_cc_input_source: is state:all, but that state needs this one (all <- all)"),
        ({"all": {"K_scaling": 0.5, "fullscale_rates": "state:all"}}, "all.network_params.fullscale_rates: is state:all, but that state"),
        (
            {"all": {"areas_simulated": ["V1", "MT"], "replace_non_simulated_areas": "hom_poisson_stat"}, "v1": SUBSET},
            "v1.connection_params.replace_cc_input_source: is state:all, which does not simulate V2 VP",
        ),
        ({"all": {"recorded_neurons": 0}, "v1": SUBSET}, "v1.connection_params.replace_cc_input_source: is state:all, which records no"),
        (
            {"all": {"recorded_populations": ["V1", "23E"]}, "v1": SUBSET},
            "v1.connection_params.replace_cc_input_source: is state:all, which does not record V2-23I V2-4E V2-4I and 212 more; expected",
        ),
        (
            {"all": {"t_sim": 500}, "v1": SUBSET},
            "v1.connection_params.replace_cc_input_source: is state:all, which lasts 500 ms, but rates",
        ),
        (
            {"all": WHOLE, "v1": SUBSET | {"replace_non_simulated_areas": "current_nonstat", "t_sim": 1001}},
            "v1.connection_params.replace_cc_input_source: is state:all, whose series lasts 1000 ms, but t_sim is 1001 ms",
        ),
        (
            {"all": WHOLE, "v1": {"areas_simulated": ["V1"], "K_scaling": 0.5, "fullscale_rates": "state:al"}},
            "v1.network_params.fullscale_rates: is state:al, but there is no such state, did you mean all?",
        ),
    ],
)
def test_states_that_need_another_state(states: dict[str, dict[str, object]], text: str) -> None:
    (line,) = findings(states=states)
    assert line.startswith(f"command line: states.{text}")


@pytest.mark.parametrize(
    "all_areas",
    [{"recorded_populations": ["V1"], "recorded_counts": True}, {"recorded_populations": [area for area in AREAS if area != "V1"]}],
)
def test_what_is_counted_or_not_needed_may_be_left_unrecorded(all_areas: dict[str, object]) -> None:
    assert load_experiment([], {"states": {"all": all_areas, "v1": SUBSET}}).states


def test_states_that_need_each_other() -> None:
    source = {"areas_simulated": ["V1"]}
    lines = findings(states={"a": source | {"replace_cc_input_source": "state:b"}, "b": source | {"replace_cc_input_source": "state:a"}})
    assert [line.partition("needs this one ")[2].partition(";")[0] for line in lines] == ["(a <- b <- a)", "(b <- a <- b)"]


def test_steps_of_a_series_are_whole_steps_of_the_simulation() -> None:
    (line,) = findings(
        areas_simulated=["V1"], replace_non_simulated_areas="current_nonstat", replace_cc_input_source="x.nc", dt=0.3, t_ref=3, t_sim=30
    )
    assert line == "command line: sim_params.dt: is 0.3 ms, but het_current_nonstat has steps of 1 ms, expected a whole part of that"


def test_a_subset_of_areas_needs_a_replacement() -> None:
    (line,) = findings(areas_simulated=["V1"], replace_non_simulated_areas=None)
    assert "replace_non_simulated_areas: is null although not all areas are simulated, expected hom_poisson_stat, het_poisson" in line


@pytest.mark.parametrize("given", [{"N_scaling": 0.5}, {"areas_simulated": ["V1"]}])
def test_rates_that_are_needed_may_not_be_null(given: dict[str, object]) -> None:
    (line,) = findings(fullscale_rates=None, **given)
    assert "network_params.fullscale_rates: is null although down-scaling or Poisson input needs rates" in line


def test_everything_wrong_is_said_at_once_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("N_scaling: 2\nK_scale: 1\nV_reset: 0\nareas_simulated: [V1, Vx]\nstates: {a: {t_sim: -1, gg: 2}}")
    lines = findings(path, backend="gpu")
    assert len(lines) == 7
    assert sum(line.startswith(f"{path}: ") for line in lines) == 6
    assert sum(line.startswith("command line: backend") for line in lines) == 1


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"sim_params": {"dt": 0.2}, "sim_params.dt": 0.1}, "sim_params.dt"),
        ({"sim_params.dt": 0.2, "sim_params": {"dt": 0.1}}, "sim_params.dt"),
        ({"t_sim": 600, "t_sim.x": 5}, "t_sim"),
        ({"states": {"a": {"g": -4}}, "states.a": {"g": -5}}, "states.a"),
    ],
)
def test_a_key_with_dots_and_in_its_group_is_refused(given: dict[str, object], key: str) -> None:
    assert findings(**given)[0] == f"command line: {key}: is given twice, in a group and with dots; expected once"


def test_a_key_given_twice_is_refused() -> None:
    (line,) = findings(g=-4, connection_params={"g": -5})
    assert line.endswith("connection_params.g: is given twice, with and without its group; expected once")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", "not valid YAML"),
        ("[1, 2]", "expected a mapping from keys to values, found list"),
        ("", "expected a mapping from keys to values, found nothing"),
        ("# g: -4\n", "expected a mapping from keys to values, found nothing"),
        ("__use_yte__: true", "__use_yte__ is not expected, expected plain values: templates can run programs"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    (line,) = findings(path)
    assert line.startswith(f"{path}: {message}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert findings(tmp_path / "none.yaml") == [f"{tmp_path / 'none.yaml'}: no such configuration file; config/ holds examples"]


def test_a_value_that_every_state_overrules(tmp_path: Path) -> None:
    path = tmp_path / "states.yaml"
    path.write_text("states: {a: {t_sim: 100}, b: {t_sim: 200, g: -5}}")
    assert findings(path, t_sim=300) == ["command line: sim_params.t_sim: every state has its own (a, b), write states.a.t_sim=300"]
    assert load_experiment([path], {"g": -6}).state("a").connection_params.g == -6


@pytest.mark.parametrize(
    ("spikes", "text"),
    [
        (3, "is 3, expected a path, a mapping from states to paths, or null"),
        (["a", "b"], "is ['a', 'b'], expected a path"),
        ({}, "is {}, expected a path"),
        ({"a": 3}, "is {'a': 3}, expected a path"),
        ({"a": "one", "c": "two"}, "there is no state 'c', expected some of a, b"),
        ("one", "is one path for several states, expected {a: PATH, b: PATH}"),
    ],
)
def test_spikes_to_compare_with_belong_to_a_state(spikes: object, text: str) -> None:
    (line,) = findings(states={"a": {}, "b": {}}, reference={"spikes": spikes})
    assert line.startswith(f"command line: reference.spikes: {text}")
