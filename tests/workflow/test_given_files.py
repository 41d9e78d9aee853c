"""Files and folders that the configuration names and that are not there: a line each, with the key, before anything is planned."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from procortex.formats.populations import population_labels
from tests.helpers.series import write_periodic
from tests.workflow.command import Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

V1 = ("areas_simulated=[V1]", "simulate=none")
SERIES = (*V1, "replace_non_simulated_areas=current_nonstat")


def errors(outcome: Outcome) -> list[str]:
    """Lines of a refusal."""
    assert outcome.status == 2, outcome.output
    assert not re.search(r"Traceback|Exception|\.smk", outcome.output)
    return outcome.output.partition("error: ")[2].strip().split("\n")


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        (["fullscale_rates=no.json"], "network_params.fullscale_rates: no.json: no such file of rates; expected JSON"),
        (["fullscale_rates=no.parquet"], "network_params.fullscale_rates: no.parquet: no such file of statistics; expected that of a run"),
        (["fullscale_rates=empty"], "network_params.fullscale_rates: empty: holds none of rates.json, statistics.parquet, series.nc"),
        ([*V1, "replace_cc_input_source=no.json"], "connection_params.replace_cc_input_source: no.json: no such file of rates; expected"),
        (
            [*SERIES, "replace_cc_input_source=pre"],
            "connection_params.replace_cc_input_source: pre: holds no series, and there is no pre-V2-",
        ),
        (
            [*SERIES, "replace_cc_input_source=empty"],
            "connection_params.replace_cc_input_source: empty/series.nc: no such series; expected",
        ),
        (["initial_rates=foo"], "theory_params.initial_rates: foo: no such file of rates; expected JSON"),
        (["tables_dir=nowhere"], "connectivity.tables_dir: nowhere: no such folder; expected one with areas.csv"),
        (["raw_dir=nowhere"], "connectivity.raw_dir: nowhere: no such folder; set connectivity.raw_dir or PROCORTEX_RAW_DIR to a folder"),
        (["fullscale_rates=published", "published_dir=nowhere"], "reference.published_dir: nowhere: no such folder; set reference.publish"),
        (["overrides=no.csv"], "connectivity.overrides: no.csv: no such table of overrides; expected CSV"),
        (["spikes={ground: nowhere}"], "states.ground.reference.spikes: nowhere: no such file or folder of spikes"),
        (["spikes={ground: empty}"], "states.ground.reference.spikes: empty: no spikes here; expected a spike data set of ours"),
    ],
)
def test_what_is_missing_is_named(snakemake: Snakemake, tmp_path: Path, values: list[str], finding: str) -> None:
    (tmp_path / "empty").mkdir()
    (line,) = errors(snakemake("--dry-run", "--config", *values))
    assert line.startswith(finding)


def test_everything_that_is_missing_is_said_at_once(snakemake: Snakemake, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    lines = errors(snakemake("--dry-run", "--config", "tables_dir=tables", "fullscale_rates=no.json", "overrides=no.csv"))
    tables = ("areas", "connections", "microcircuit", "synapse_to_cell_body", "constants")
    assert [line for line in lines if "tables_dir" in line] == [
        f"connectivity.tables_dir: tables/{name}.csv: no such table" for name in tables
    ]
    assert len(lines) == len(tables) + 2


def test_what_is_there_is_an_input_of_the_network(snakemake: Snakemake, tmp_path: Path) -> None:
    others = [label for label in population_labels() if not label.startswith("V1-")]
    for label in others:
        np.save(tmp_path / f"pre-{label}.npy", np.ones(10500))
    outcome = snakemake("--dry-run", "--config", *SERIES, "replace_cc_input_source=pre", "--", "results/default/ground/network.nc")
    assert outcome.status == 0, outcome.output
    assert all(f"pre-{label}.npy" in outcome.output for label in others)
    (tmp_path / f"pre-{others[3]}.npy").unlink()
    (line,) = errors(snakemake("--dry-run", "--config", *SERIES, "replace_cc_input_source=pre"))
    assert (
        line == f"connection_params.replace_cc_input_source: pre-{others[3]}.npy: no such file; expected one for each replaced population"
    )
    (tmp_path / "run").mkdir()
    write_periodic(tmp_path / "run" / "series.nc", 2500)
    outcome = snakemake("--dry-run", "--config", *SERIES, "replace_cc_input_source=run", "--", "results/default/ground/network.nc")
    assert "run/series.nc" in outcome.output


def test_results_of_the_experiment_itself_are_made(snakemake: Snakemake, tmp_path: Path) -> None:
    config = tmp_path / "own.yaml"
    rates = "results/own/all/seed-1/cpu/rates.json"
    config.write_text(
        f"experiment: own\nbackend: cpu\nstates:\n  all: {{}}\n  v1: {{areas_simulated: [V1], replace_cc_input_source: {rates}}}\n"
    )
    outcome = snakemake("--dry-run", "--configfile", str(config), "--", "results/own/v1/network.nc")
    assert outcome.status == 0, outcome.output
    assert {"simulate_network", "tabulate_rates"} <= set(outcome.jobs)


def test_paths_start_at_the_working_directory(snakemake: Snakemake, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "rates.json").write_text("{}")
    call = ("--config", "fullscale_rates=rates.json", "--", "results/default/ground/network.nc")
    assert snakemake("--dry-run", "--directory", str(tmp_path / "elsewhere"), *call).status == 0
    errors(snakemake("--dry-run", *call))


def test_a_folder_of_the_environment_goes_before_that_of_the_configuration(snakemake: Snakemake, tmp_path: Path) -> None:
    outcome = snakemake("--dry-run", "--config", "raw_dir=nowhere", PROCORTEX_RAW_DIR=str(tmp_path))
    assert outcome.status == 0, outcome.output
