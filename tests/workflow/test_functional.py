"""What snakemake plans and does for the functional connectivity."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from contracts.functional import read_functional
from tests.workflow.command import CORES, TINY, Outcome, call

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

FIGURE = "figures=[functional-connectivity]"
FETCH = "fetch_experimental_connectivity"


def planned(snakemake: Snakemake, *arguments: str) -> Outcome:
    outcome = snakemake("--dry-run", *arguments)
    assert outcome.status == 0, outcome.output
    return outcome


def test_the_default_experiment_draws_each_simulator_without_the_recordings(snakemake: Snakemake) -> None:
    outcome = planned(snakemake, "--config", FIGURE)
    assert outcome.jobs["connect_areas"] == outcome.jobs["count_series"] == 4  # two states on two simulators
    assert outcome.jobs["plot_functional_connectivity"] == 2
    assert outcome.jobs["build_anatomy"] == 1
    assert not outcome.fetched
    assert "functional_bold" not in outcome.output


def test_a_configured_folder_brings_the_recordings(snakemake: Snakemake, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    outcome = planned(snakemake, "--config", FIGURE, "raw_dir=elsewhere")
    assert outcome.fetched == {FETCH}
    assert "functional_synaptic-input.nc, resources/functional.nc" in outcome.output


def test_a_simulator_without_states_is_named(snakemake: Snakemake) -> None:
    outcome = snakemake("--dry-run", "--configfile", str(TINY), "--", "results/tiny/figures/functional_connectivity_cuda.svg")
    assert outcome.status != 0
    assert "no figure of functional connectivity on cuda: it needs a state that is simulated there" in outcome.output


def test_the_tiny_experiment_offline(finished: Path) -> None:
    """The figure comes later; what was simulated and counted before is there."""
    arguments = (*CORES, str(TINY), "--config", FIGURE, "simulate=none")
    outcome = call(finished, *arguments)
    assert outcome.status == 0, outcome.output
    assert outcome.jobs == {"connect_areas": 2, "plot_functional_connectivity": 1, "configure_experiment": 1, "write_provenance": 1}
    results = finished / "results" / "tiny"
    for kind in ("svg", "png"):
        assert (results / "figures" / f"functional_connectivity_cpu.{kind}").stat().st_size > 0
    for state in ("ground", "resting"):
        made = read_functional(results / state / "seed-1" / "cpu" / "functional_synaptic-input.nc")
        assert list(made["area"].to_numpy()) == ["V1", "V2", "TH"]
        assert made.attrs["state"] == state
    table = pd.read_csv(results / "functional_agreement_cpu.csv")
    assert list(table["state"]) == ["ground", "resting"]
    assert set(table["reference"]) == {"structure"}
    assert not (finished / "resources").exists()
    report = call(finished, *arguments, "--report", "report.html")
    assert report.status == 0, report.output
    assert "Functional connectivity of all states" in (finished / "report.html").read_text()


@pytest.mark.golden
def test_the_recordings_from_a_folder(tmp_path: Path, raw_dir: Path) -> None:
    target = "resources/functional.nc"
    outcome = call(tmp_path, "--cores", "1", "--config", FIGURE, "--", target, PROCORTEX_RAW_DIR=str(raw_dir))
    assert outcome.status == 0, outcome.output
    assert read_functional(tmp_path / target).attrs["signal"] == "experiment"
    fetched = {path.name for path in (tmp_path / "resources" / "functional").iterdir()}
    assert fetched - {".snakemake_timestamp"} == {"Fig8_exp_func_conn.csv"}
