"""What networks, anatomies and the theory are built from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from planning.plan import Plan
from procortex.formats.populations import population_labels
from procortex.utilities.errors import InputError
from tests.planning.plans import CONFIG, drawn, planned

FULL = {"N_scaling": 1, "K_scaling": 1, "simulate": "none"}
"""A network at full density needs no rates."""


def fetched(plan: Plan) -> set[str]:
    """Folders and files from outside that an experiment needs."""
    states = plan.simulations.states
    folders = [folder for state in states for folder in plan.networks.sources(state) + plan.theory.sources(state)]
    folders += [folder for state in states for folder in plan.networks.anatomy_sources(state)]
    recordings = plan.functional.experimental() if "functional-connectivity" in drawn(plan) else []
    folders += plan.theory.scan_folders() if "over-chi" in drawn(plan) else []
    published = [path for path in plan.statistics.references() if path.startswith("resources/")]
    return {*folders, *recordings, *published, *plan.acceptance.published_histograms()}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("config.yaml", set()),
        ("validation.yaml", set()),
        ("v1.yaml", {"resources/indegrees", "resources/published_rates", "resources/published_ground.parquet"}),
        ("subsets.yaml", {"resources/indegrees"}),
        ("scan.yaml", {"resources/indegrees", "resources/functional.nc"}),
        (
            "full.yaml",
            {
                *("resources/indegrees", "resources/functional.nc", "resources/published_histograms.parquet"),
                *("resources/published_ground.parquet", "resources/published_resting.parquet"),
            },
        ),
    ],
)
def test_experiments_need_from_outside_what_they_compare_with(file: str, expected: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROCORTEX_PUBLISHED_DIR", raising=False)
    assert fetched(planned(file)) == expected


@pytest.mark.parametrize(
    ("source", "stabilisation", "expected"),
    [
        ("tables", "published", {"resources/indegrees", "resources/functional.nc"}),
        ("raw", "published", {"resources/raw", "resources/functional.nc"}),
        ("raw", "none", {"resources/raw", "resources/functional.nc"}),
        ("raw", "computed", {"resources/raw", "resources/functional.nc"}),
        ("tables", "computed", set()),
        ("tables", "none", set()),
    ],
)
def test_only_what_is_needed_is_fetched(source: str, stabilisation: str, expected: set[str]) -> None:
    plan = planned(source=source, stabilisation=stabilisation, **FULL)
    assert fetched(plan) == expected
    assert any(path.endswith("data/connections.csv") for path in plan.networks.tables("ground")) == (source == "tables")


def test_parameters_of_a_network_are_a_configuration() -> None:
    plan = planned("test/tiny.yaml", areas_simulated=["V1", "V2"])
    values = yaml.safe_load(plan.networks.network_text("ground"))
    assert values["sim_params"]["areas_simulated"] == ["V1", "V2"]
    assert "t_sim" not in values["sim_params"]
    assert "raw_dir" not in values["connectivity"]


def test_states_share_an_anatomy_whatever_their_weights_are() -> None:
    plan = planned()
    assert plan.networks.anatomies() == ["ground"]
    assert plan.networks.anatomy_file("resting") == "results/default/ground/anatomy.nc"
    other = planned(states={"a": {}, "b": {"stabilisation": "none"}, "c": {"cc_weights_factor": 1.5}})
    assert other.networks.anatomies() == ["a", "b"]
    assert other.networks.anatomy_file("c") == "results/default/a/anatomy.nc"
    assert other.networks.stabilised_state() == "a"
    assert planned(stabilisation="none", fullscale_rates="published").networks.stabilised_state() is None


def test_networks_wait_for_the_runs_that_they_take_rates_from() -> None:
    plan = planned("subsets.yaml")
    run = "results/subsets/resting/seed-1/cpu"
    for state in ("resting_10_areas", "resting_v1"):
        assert plan.networks.runs(state) == [f"{run}/rates.json"]
        assert plan.networks.run_options(state) == f"--run resting={run}"
    assert (plan.networks.runs("resting"), plan.networks.run_options("resting")) == ([], "")


def test_currents_wait_for_the_series_of_the_first_seed() -> None:
    subset = {"areas_simulated": ["V1"], "replace_cc_input_source": "state:all", "replace_non_simulated_areas": "current_nonstat"}
    plan = planned(states={"all": {"t_sim": 2000}, "v1": subset | {"t_sim": 2000}}, seeds=[3, 4])
    assert plan.networks.runs("v1") == ["results/default/all/seed-3/cpu/series.nc"]


def test_rates_of_a_state_without_spikes_come_from_its_counts() -> None:
    states = {"all": {"recorded_neurons": 0, "recorded_counts": True}, "v1": {}}
    plan = planned(states=states, t_sim=600.0)
    assert plan.statistics.rates_file("all", "1", "cpu") == "results/default/all/seed-1/cpu/series.nc"
    assert plan.statistics.rates_file("v1", "1", "cpu") == "results/default/v1/seed-1/cpu/statistics.parquet"


def test_files_of_the_user_are_inputs(tmp_path: Path) -> None:
    series = {"areas_simulated": ["V1"], "replace_non_simulated_areas": "het_current_nonstat"}
    others = [label for label in population_labels() if not label.startswith("V1-")]
    for label in others:
        np.save(tmp_path / f"pre-{label}.npy", np.ones(10))
    prefix = str(tmp_path / "pre")
    plan = planned("config.yaml", states={"v1": series | {"replace_cc_input_source": prefix}})
    assert [path for path in plan.networks.rates("v1") if path.startswith(prefix)] == [f"{prefix}-{label}.npy" for label in others]
    (tmp_path / f"pre-{others[3]}.npy").unlink()
    with pytest.raises(InputError, match=f"pre-{others[3]}.npy: no such file; expected one for each replaced population"):
        planned("config.yaml", states={"v1": series | {"replace_cc_input_source": prefix}})
    table = tmp_path / "overrides.csv"
    table.write_text("target,source,indegree\nV4,FEF,0\n")
    assert planned(overrides=str(table)).networks.tables("ground")[-1] == str(table)


@pytest.mark.parametrize(
    ("values", "folder"),
    [
        ({"stabilisation": "computed"}, "/dev/null"),
        ({"stabilisation": "published"}, "resources/indegrees"),
        ({"stabilisation": "computed", "raw_dir": "somewhere"}, "resources/indegrees"),
        ({"stabilisation": "computed", "source": "raw"}, "resources/raw"),
    ],
)
def test_published_indegrees_take_part_in_the_scan_where_they_are_at_hand(values: dict[str, Any], folder: str) -> None:
    plan = planned(check_files=False, **values)
    assert plan.theory.scan_folder() == folder
    assert plan.theory.scan_folders() == ([] if folder == "/dev/null" else [folder])
    assert plan.theory.scanned_state() == "resting"


def test_options_of_the_theory_are_those_of_the_command(tmp_path: Path) -> None:
    rates = tmp_path / "my rates.json"
    rates.write_text("{}")
    plan = planned(initial_rates=str(rates), check_files=False)
    assert f"--initial-rates '{rates}'" in plan.theory.options("ground")
    assert plan.theory.rates("ground") == [str(rates)]
    assert planned(initial_rates="published", check_files=False).theory.sources("ground") == ["resources/published_rates"]


def test_every_experiment_has_a_plan() -> None:
    for path in sorted(CONFIG.rglob("*.yaml")):
        plan = planned(str(path.relative_to(CONFIG)))
        assert plan.targets.everything()
        assert plan.targets.recorded()
        for state in plan.simulations.states:
            assert plan.networks.network_text(state)
