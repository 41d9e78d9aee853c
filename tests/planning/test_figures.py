"""Which figures an experiment has: as far as its states last, record, and have something to compare with."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.figures.catalogue import FIGURES
from planning.plan import Plan
from tests.planning.plans import drawn, planned

SIDE_BY_SIDE = ["v1-spectrum", "rate-over-time", "metastability", "sweep", "subset-rasters"]
BETWEEN_AREAS = ["temporal-hierarchy", "laminar-interactions", "functional-connectivity"]
SOME = {"recorded_populations": ["V1", "5E"]}
SCAN = {state: {"base": state, "t_sim": 1600.0} for state in ("ground", "chi_1.5", "chi_1.7", "resting")}
TWO_STATES = {"ground": {}, "resting": {"cc_weights_factor": 1.9, "cc_weights_I_factor": 2.0}}


def tiny(figures: list[str], **values: Any) -> Plan:
    """Plan the tiny experiment without its reference."""
    return planned("test/tiny.yaml", simulate="none", figures=figures, **values)


def missing(plan: Plan) -> list[str]:
    """Names of the figures that cannot be drawn, as the messages have them."""
    return [message.split()[1] for message in plan.figures.missing()]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, set(BETWEEN_AREAS)),
        (SOME, {"temporal-hierarchy"}),
        ({"recorded_populations": ["V2", "TH"]}, set()),
        ({"recorded_populations": ["V2", "TH"], "recorded_counts": True}, set(BETWEEN_AREAS)),
        ({"recorded_neurons": 0, "recorded_counts": True}, set(BETWEEN_AREAS)),
        ({"recorded_neurons": 3}, set(BETWEEN_AREAS)),
        ({"recorded_neurons": 0}, set()),
    ],
    ids=["all", "some", "two areas", "two areas and counts", "counts", "first neurons", "nothing"],
)
def test_figures_between_areas_are_of_known_rates(state: dict[str, Any], expected: set[str]) -> None:
    plan = tiny(BETWEEN_AREAS, states={"one": state | {"t_sim": 10500.0}})
    assert set(drawn(plan)) == expected
    assert set(missing(plan)) == set(BETWEEN_AREAS) - expected


def test_functional_connectivity_is_of_the_states_that_are_known_whole() -> None:
    states = {"few": {"areas_simulated": ["V1", "V2"]}, "some": SOME, "all": {}, "counted": SOME | {"recorded_counts": True}}
    plan = tiny(["functional-connectivity"], states=states)
    assert plan.functional.connected_states("cpu") == ["all", "counted"]
    assert missing(plan) == []


def test_long_simulations_have_a_bold_signal() -> None:
    files = planned("full.yaml").functional.files("cpu")
    assert "results/full/resting/seed-1/cpu/functional_bold.nc" in files
    assert "results/full/ground/seed-1/cpu/functional_bold.nc" not in files  # 10.5 s
    assert planned().functional.files("nest") == [
        f"results/default/{state}/seed-1/nest/functional_synaptic-input.nc" for state in ("ground", "resting")
    ]


def test_structure_is_that_of_most_states() -> None:
    assert planned("scan.yaml").functional.anatomy("cpu") == "results/scan/ground/anatomy.nc"  # LA and HA come first and have another


def test_states_side_by_side_share_a_recorded_area() -> None:
    recorded = {"ground": ["TH"], "chi_1.5": ["V1"], "chi_1.7": ["V1", "V2"], "resting": ["V2"]}
    states: dict[str, Any] = {name: SCAN[name] | {"recorded_populations": names} for name, names in recorded.items()}
    states["chi_1.5"] |= {"recorded_neurons": 0, "recorded_counts": True}
    plan = tiny(SIDE_BY_SIDE, states=states, sweep=["cc_weights_factor", "cc_weights_I_factor"])
    assert set(drawn(plan)) == {"v1-spectrum", "rate-over-time", "metastability", "sweep"}
    assert plan.figures.shown_by("v1-spectrum") == ["chi_1.7", "resting"]
    assert plan.figures.shown_by("rate-over-time") == plan.side_by_side.metastable_scan() == ["chi_1.5", "chi_1.7", "resting"]
    assert plan.side_by_side.metastable_state() == "resting"
    assert "chi_1.5:" not in plan.side_by_side.sweep_text()  # a point has statistics


@pytest.mark.parametrize(("other", "expected"), [("V2", []), ("V1", ["subset_rasters"])])
def test_subsets_share_a_recorded_area(other: str, expected: list[str]) -> None:
    states = {"few": {"areas_simulated": ["V1", "V2"], "recorded_populations": [other]}, "more": {"recorded_populations": ["V1-4E"]}}
    assert drawn(tiny(["subset-rasters"], states=states)).get("subset-rasters", []) == expected


@pytest.mark.parametrize(
    ("durations", "shown"),
    [({"a": 1524.0, "b": 2000.0}, ["a", "b"]), ({"a": 1523.0, "b": 2000.0}, ["b"]), ({"a": 600.0, "b": 1000.0}, [])],
)
def test_spectra_are_of_states_that_last_long_enough(durations: dict[str, float], shown: list[str]) -> None:
    plan = tiny(["v1-spectrum"], states={state: {"t_sim": t_sim} for state, t_sim in durations.items()})
    assert plan.figures.shown_by("v1-spectrum") == shown
    assert len(plan.figures.of(plan.simulations.states)) == bool(shown)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"t_sim": 1999}, set()),
        ({"t_sim": 10499}, {"temporal-hierarchy"}),
        ({"t_sim": 10500}, {"temporal-hierarchy", "laminar-interactions"}),
        ({"t_sim": 2000, "areas_simulated": ["V1", "V2"]}, set()),
        ({"t_sim": 2000, "areas_simulated": ["V1", "V2", "V4"]}, {"temporal-hierarchy"}),
    ],
)
def test_duration_and_areas_decide_on_interactions(values: dict[str, Any], expected: set[str]) -> None:
    figures = ["temporal-hierarchy", "laminar-interactions"]
    found = drawn(planned(states=TWO_STATES, figures=figures, **values))
    assert set(found) == expected
    assert all(len(files) == 2 for files in found.values())


@pytest.mark.parametrize(
    ("states", "sweep", "expected"),
    [
        (["ground", "chi_1.7"], None, set()),
        (["LA", "HA"], None, {"bistability"}),
        (["ground", "chi_1.7", "chi_1.75"], None, {"metastability"}),
        (["ground", "LA"], "g", {"sweep"}),
    ],
)
def test_states_side_by_side_have_figures(states: list[str], sweep: str | None, expected: set[str]) -> None:
    values = {} if sweep is None else {"sweep": sweep}
    plan = planned(simulate="none", N_scaling=1, K_scaling=1, states=states, **values)
    assert set(drawn(plan)) & {"bistability", "metastability", "sweep"} == expected


def test_the_scan_over_chi_is_by_ascending_chi() -> None:
    plan = planned("scan.yaml")
    strengths = ["1.4", "1.5", "1.6", "1.7", "1.75", "1.8"]
    assert plan.side_by_side.metastable_scan() == [
        "ground",
        *(f"chi_{chi}" for chi in strengths),
        "resting",
        "chi_2",
        "chi_2.1",
        "chi_2.5",
    ]
    assert plan.side_by_side.metastable_statistics() == ["results/scan/resting/seed-1/cpu/statistics.parquet"]
    assert plan.side_by_side.bistable_states() == ["LA", "HA", "ground"]


def test_stimuli_within_the_simulation_have_a_figure() -> None:
    window = {"populations": ["V1"], "amplitude": 5, "start": 300, "stop": 310}
    states = {"seen": {"dc_stimuli": [window]}, "late": {"dc_stimuli": [window | {"start": 980, "stop": 990}]}, "none": {}}
    plan = planned(states=states, t_sim=1000, figures=["stimulus-response"], seeds=[1, 2])
    assert drawn(plan) == {"stimulus-response": ["stimulus_response_seen_cpu"]}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("config.yaml", {"theory": 2, "indegree-changes": 1, "over-chi": 1, "stabilisation": 1}),
        ("full.yaml", {"theory": 2, "indegree-changes": 1, "over-chi": 1}),
        ("v1.yaml", {"theory": 1, "indegree-changes": 1, "over-chi": 1}),
        ("test/tiny.yaml", {"theory": 2, "indegree-changes": 1}),
    ],
)
def test_figures_of_the_theory_need_no_simulation(file: str, expected: dict[str, int]) -> None:
    plan = planned(file) if file.startswith("test/") else planned(file, figures=["all"])
    names = {"theory", "indegree-changes", "over-chi", "stabilisation"}
    assert {figure: len(files) for figure, files in drawn(plan).items() if figure in names} == expected
    assert set(plan.figures.of_model(plan.simulations.states)) <= set(plan.figures.of(plan.simulations.states))
    assert len([path for path in plan.figures.of_model(plan.simulations.states) if "theory" in path]) == expected["theory"]


def test_without_stabilisation_there_is_none_to_show() -> None:
    found = drawn(planned(stabilisation="none", fullscale_rates="published", figures=["all"]))
    assert not {"stabilisation", "indegree-changes"} & set(found)
    assert {"theory", "over-chi"} <= set(found)


def test_figures_of_one_state_are_not_those_of_the_experiment() -> None:
    plan = planned()
    of_state = {path.rpartition("/")[2] for path in plan.figures.of(["resting"])}
    assert {"theory_resting.svg", "raster_resting_cpu.svg", "raster_resting_nest.svg"} <= of_state
    assert not {"over_chi.svg", "stabilisation.svg", "comparison.svg", "phases.svg", "functional_connectivity_cpu.svg"} & of_state
    assert not [name for name in of_state if "ground" in name]


def test_figures_of_rates_show_the_first_seed_of_our_simulator() -> None:
    plan = planned(seeds=[1, 2], figures=["state-overview", "v1-spectrum", "rate-over-time"])
    assert drawn(plan) == {
        "state-overview": ["state_overview_ground_cpu", "state_overview_resting_cpu"],
        "v1-spectrum": ["v1_spectrum"],
        "rate-over-time": ["rate_over_time"],
    }


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
def test_figures_by_name_that_cannot_be_drawn_are_said(figure: str, values: dict[str, Any], needs: str) -> None:
    plan = tiny([figure, "phases"], **values)
    (message,) = plan.figures.missing()
    assert message.startswith(f"figures: {figure} is not drawn: it needs {needs}")
    assert list(drawn(plan)) == ["phases"]


def test_without_names_nothing_is_said() -> None:
    plan = planned()
    assert list(plan.figures.missing()) == []
    assert plan.figures.chosen() == [name for name, figure in FIGURES.items() if not figure.extra]


def test_what_shows_the_model_alone_is_drawn_by_name() -> None:
    everything = planned(figures=["all"])
    assert everything.figures.chosen() == list(FIGURES)
    assert list(everything.figures.missing()) == []
    plain = planned()
    assert not {"areas", "stabilisation", "over-chi"} & set(drawn(plain))
    assert {"areas", "stabilisation", "over-chi"} <= set(drawn(planned(figures=["raster", "areas", "stabilisation", "over-chi"])))
    of_model = " ".join(plain.figures.of_model(plain.simulations.states))
    assert all(f"/{name}" in of_model for name in ("areas", "stabilisation", "over_chi", "theory"))


def test_without_spikes_there_is_what_rates_give() -> None:
    counted = planned("test/tiny.yaml", recorded_neurons=0, recorded_counts=True)
    spikes = {"raster", "violins", "rate-matrix", "comparison", "state-overview"}
    assert "rate-over-time" in drawn(counted)
    assert not spikes & set(drawn(counted))
    nothing = planned("test/tiny.yaml", recorded_neurons=0)
    assert not {"rate-over-time", *spikes} & set(drawn(nothing))
    assert nothing.statistics.of(nothing.simulations.states) == []
