"""Simulations, their results and their options."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from planning.process import go_on_unheard, hold_folder
from tests.planning.plans import planned


def test_the_default_experiment_simulates_every_state_with_both_simulators() -> None:
    plan = planned()
    assert plan.simulations.states == ["ground", "resting"]
    assert plan.simulations.spikes() == [
        f"results/default/{state}/seed-1/{backend}/spikes" for state in ("ground", "resting") for backend in ("cpu", "nest")
    ]
    assert plan.simulations.first_result("series.nc", "ground") == "results/default/ground/seed-1/cpu/series.nc"


def test_one_simulator_alone_needs_no_reference() -> None:
    plan = planned(simulate="none")
    assert len(plan.simulations.spikes()) == 2
    assert plan.statistics.references() == plan.statistics.comparisons() == plan.statistics.comparison_pages() == []
    assert len(planned(simulate="none", seeds=[4, 2]).simulations.spikes()) == 4


def test_given_spikes_are_a_simulator_of_their_own(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "a.dat").touch()
    plan = planned(spikes={"ground": str(run)}, simulate="none", check_files=False)
    assert plan.simulations.simulators("ground") == ["cpu", "reference"]
    assert plan.simulations.simulators("resting") == ["cpu"]
    assert plan.simulations.reference_files("ground") == [str(run / "a.dat")]
    assert plan.statistics.references() == ["results/default/ground/reference/statistics.parquet"]
    other = planned(spikes={"ground": "nowhere"}, check_files=False)
    assert other.simulations.reference_files("ground") == ["nowhere"]


def test_recording_reaches_the_command_line() -> None:
    plain = planned("test/tiny.yaml").simulations.record_options("ground")
    assert plain == "--checkpoint 5000.0"
    chosen = {"recorded_populations": ["V1-4E", "6I"], "recorded_neurons": 7, "potentials_neurons": 2, "potentials_populations": ["V1"]}
    options = planned("test/tiny.yaml", recorded_counts=True, **chosen).simulations.record_options("ground")
    for option in ("--record-first 7 --record V1-4E V1-6I ", "--counts --potentials 2 --potentials-interval 1.0 --potentials-of V1-23E "):
        assert option in options


def test_wildcards_match_the_names_of_the_experiment_alone() -> None:
    wildcards = planned("states.yaml", seeds=[1, 12], experiment="a.b").simulations.wildcards()
    assert re.fullmatch(wildcards["state"], "chi_1.75")
    assert not re.fullmatch(wildcards["state"], "chi_1x75")
    assert not re.fullmatch(wildcards["experiment"], "axb")
    assert [bool(re.fullmatch(wildcards["seed"], seed)) for seed in ("1", "12", "2")] == [True, True, False]
    assert re.fullmatch(wildcards["backend"], "reference")


@pytest.mark.parametrize(
    ("values", "states"),
    [
        ({"states": ["ground", "chi_1.7"]}, {"ground", "chi_1.7"}),
        ({"states": ["ground"], "sweep": "{g: [-11, -12.5]}"}, {"ground_g_-11", "ground_g_-12.5"}),
        (
            {"sweep": "{base: ground, stabilisation: [none, computed]}"},
            {"ground_stabilisation_none", "ground_stabilisation_computed", "resting"},
        ),
    ],
)
def test_states_and_sweeps_are_simulated(values: dict[str, object], states: set[str]) -> None:
    plan = planned(simulate="none", N_scaling=1, K_scaling=1, **values)
    assert {path.split("/")[2] for path in plan.simulations.spikes()} == states
    assert set(plan.targets.states()) == states


def test_a_state_whose_name_is_that_of_a_rule_is_no_target() -> None:
    plan = planned(states={name: {} for name in ("default", "all", "figures_structure", "mine")})
    assert plan.targets.states() == ["mine"]


def test_everything_has_statistics_figures_and_the_record() -> None:
    plan = planned()
    files = plan.targets.everything()
    assert len(files) == len(set(files))
    assert {"results/default/comparison.parquet", "results/default/comparison.html", "results/default/provenance.json"} <= set(files)
    assert set(plan.targets.of(["ground"])) < set(files)
    assert "results/default/ground/network.nc" in plan.targets.recorded()
    assert yaml.safe_load(plan.simulations.configuration_text())["experiment"] == "default"


def test_a_held_folder_has_no_locks_of_killed_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    first = hold_folder()
    assert first is not None
    locks = tmp_path / ".snakemake" / "locks"
    locks.mkdir()
    (locks / "0.input.lock").touch()
    beside = hold_folder()  # while the first run is alive nothing is removed
    assert beside is not None
    talk = capsys.readouterr().err
    assert talk.startswith(f"Another run is going on in this folder (process {os.getpid()}). ")
    assert "do not use --unlock: wait for that run, or give another --directory" in talk
    assert (locks / "0.input.lock").exists()
    first.close()
    beside.close()
    again = hold_folder()
    assert again is not None
    assert not locks.exists()
    again.close()


def test_a_logger_goes_on_when_its_reader_is_gone() -> None:
    import io
    import logging

    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    handler = logging.StreamHandler(Gone())
    go_on_unheard([handler])
    handler.stream.write("said to nobody")
