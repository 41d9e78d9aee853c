"""The tiny experiment through the real snakemake, offline: files appear, changes rerun what depends on them, interruptions do no harm."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.figures import draw
from analysis.figures.catalogue import of_category
from tests.workflow.command import CORES, TINY, call, command, environment

pytestmark = pytest.mark.workflow

RUNS = [(state, backend) for state in ("ground", "resting") for backend in ("cpu", "nest")]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """The tiny experiment with other values."""

    def change(values: dict[str, Any]) -> Path:
        config = yaml.safe_load(TINY.read_text())
        for name, value in values.items():
            *groups, key = name.split(".")
            place = config
            for group in groups:
                place = place[group]
            place[key] = value
        path = tmp_path / "changed.yaml"
        path.write_text(yaml.safe_dump(config))
        return path

    return change


def test_everything_appears(finished: Path) -> None:
    results = finished / "results" / "tiny"
    for state, backend in RUNS:
        run = results / state / "seed-1" / backend
        meta = json.loads((run / "spikes" / "_meta.json").read_text())
        assert (meta["backend"], meta["seed"], meta["t_sim"]) == (backend, 1, 600)
        assert sum(meta["spikes"].values()) > 0
        for file in ("statistics.parquet", "statistics.csv", "distributions.parquet"):
            assert (run / file).stat().st_size > 0
        assert (finished / "logs" / "tiny" / state / "seed-1" / backend / "simulate_network.benchmark.tsv").is_file()
    figures = {path.name for path in (results / "figures").iterdir()}
    names = [f"{name}_{state}_{backend}" for name in ("raster", "rate_matrix") for state, backend in RUNS]
    names += ["violins_ground", "violins_resting", "comparison"]
    names += [
        f"{name.replace('-', '_')}_ground" for name in (*of_category("Structure"), "indegree-changes")
    ]  # the states share their anatomy
    names += ["theory_ground", "theory_resting"]
    names += ["state_overview_ground_cpu", "state_overview_resting_cpu", "rate_over_time"]
    assert figures == {f"{name}.{kind}" for name in names for kind in ("svg", "png")}
    for file in (
        "comparison.parquet",
        "comparison.html",
        "configuration.yaml",
        "provenance.json",
        "provenance.html",
        "ro-crate-metadata.json",
    ):
        assert (results / file).stat().st_size > 0
    assert not (finished / "resources").exists()  # nothing came from outside


def test_figures_are_ours_whatever_the_user_has_set(finished: Path, tmp_path: Path) -> None:
    run = finished / "results" / "tiny" / "ground" / "seed-1" / "cpu"
    draw("rate-matrix", [run / "statistics.parquet"], "ground", tmp_path / "figure.svg", tmp_path / "figure.png")
    figures = finished / "results" / "tiny" / "figures"
    assert (figures / "rate_matrix_ground_cpu.svg").read_bytes() == (tmp_path / "figure.svg").read_bytes()


def test_second_run_has_nothing_to_do(finished: Path) -> None:
    outcome = call(finished, *CORES, str(TINY), "--dry-run")
    assert outcome.status == 0, outcome.output
    assert not outcome.jobs
    assert "Nothing to be done" in outcome.output


def test_report_is_one_file_with_captions(finished: Path) -> None:
    outcome = call(finished, *CORES, str(TINY), "--report", "report.html")
    assert outcome.status == 0, outcome.output
    text = (finished / "report.html").read_text().replace("\\n", " ")  # lines of captions
    for caption in (
        "multi-area model of macaque visual cortex",
        "Each dot is a spike",
        "One half of each violin",
        "Communities of areas in the graph of relative out-degrees",
        "Mean-field theory of the network",
        "areas by layer populations",
    ):
        assert caption in text
    assert 'src="http' not in text


NETWORK = {"configure_network": 1, "build_network": 1, "solve_theory": 1, "plot_theory": 1}
SIMULATION = {"simulate_network": 2, "compute_statistics": 2, "plot_raster": 2, "plot_violins": 1, "plot_rate_matrix": 2} | {
    "count_series": 1,  # of ours
    "plot_state_overview": 1,
}
ANATOMY = {"build_anatomy": 1} | {f"plot_{name.replace('-', '_')}": 1 for name in (*of_category("Structure"), "indegree-changes")}
COMPARISON = {"compare_statistics": 1, "plot_comparison": 1, "show_comparison": 1, "plot_rate_over_time": 1}
RECORD = {"configure_experiment": 1, "write_provenance": 1}


def twice(jobs: dict[str, int]) -> dict[str, int]:
    """Jobs of both states."""
    return {name: 2 * count for name, count in jobs.items()}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"states.ground.t_sim": 700.0}, SIMULATION | COMPARISON | RECORD),
        ({"states.resting.cc_weights_factor": 1.5}, NETWORK | SIMULATION | COMPARISON | RECORD),
        ({"recorded_neurons": 10}, twice(SIMULATION) | COMPARISON | RECORD),
        ({"PSP_e": 0.1}, twice(NETWORK | SIMULATION) | COMPARISON | ANATOMY | RECORD),
        ({"figures": ["violins"]}, RECORD),
        ({"reference": {"simulate": "none"}}, {"plot_violins": 2} | RECORD),
        ({"connectivity": {"raw_dir": "results"}}, {}),  # any folder that is there
    ],
    ids=[
        "duration of a state",
        "parameter of a state",
        "recording",
        "parameter of all states",
        "figures",
        "reference",
        "folder of sources",
    ],
)
def test_a_change_reruns_what_depends_on_it(
    finished: Path, changed: Callable[[dict[str, Any]], Path], values: dict[str, Any], expected: dict[str, int]
) -> None:
    outcome = call(finished, *CORES, str(changed(values)), "--dry-run")
    assert outcome.status == 0, outcome.output
    assert outcome.jobs == expected


def test_another_seed_adds_to_what_is_there(finished: Path, changed: Callable[[dict[str, Any]], Path]) -> None:
    jobs = call(finished, *CORES, str(changed({"seeds": [1, 2]})), "--dry-run").jobs
    assert jobs["simulate_network"] == jobs["compute_statistics"] == len(RUNS)
    assert "build_network" not in jobs


@pytest.mark.slow
def test_an_interrupted_simulation_is_taken_up(tmp_path: Path, changed: Callable[[dict[str, Any]], Path]) -> None:
    work = tmp_path / "work"
    spikes = work / "results" / "tiny" / "ground" / "seed-1" / "cpu" / "spikes"
    checkpoint = spikes.with_name("spikes.unfinished") / "_checkpoint.npz"
    log = work / "logs" / "tiny" / "ground" / "seed-1" / "cpu" / "simulate_network.log"
    arguments = (*CORES, str(changed({"states.ground.t_sim": 3e4})), "--directory", str(work), "--", str(spikes.relative_to(work)))

    def stop(how: Callable[[int], None]) -> None:
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        running = subprocess.Popen(
            command(*arguments),
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait_for(lambda: checkpoint.exists() and checkpoint.stat().st_mtime_ns != before)
            how(running.pid)
            assert running.wait(60) != 0
            _wait_for(lambda: "interrupted: the same command goes on from " in log.read_text())
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
        assert not spikes.exists()

    stop(lambda pid: os.killpg(pid, signal.SIGINT))  # as Ctrl-C on a terminal does
    stop(lambda pid: os.kill(pid, signal.SIGKILL))  # Snakemake alone, which leaves its job and its locks
    outcome = call(tmp_path, *arguments)
    assert outcome.status == 0, outcome.output
    meta = json.loads((spikes / "_meta.json").read_text())
    assert (meta["t_sim"], meta["attempts"]) == (3e4, 3)
    assert [path.name for path in spikes.parent.iterdir()] == ["spikes"]


FETCHED = ("resources/raw", "resources/indegrees", "resources/published_rates", "resources/published")


@pytest.mark.parametrize("target", FETCHED)
def test_what_can_neither_be_found_nor_downloaded_is_said(tmp_path: Path, target: str) -> None:
    outcome = call(tmp_path, *CORES, str(TINY), "--", target)
    assert outcome.status != 0
    assert "cannot be reached" in outcome.output
    assert "connect to the internet, or set " in outcome.output
    assert "Traceback" not in outcome.output
    assert not (tmp_path / target).exists()


@pytest.mark.slow
@pytest.mark.golden
def test_folders_stand_in_for_downloads(tmp_path: Path, raw_dir: Path, published_dir: Path) -> None:
    folders = {"PROCORTEX_RAW_DIR": str(raw_dir), "PROCORTEX_PUBLISHED_DIR": str(published_dir)}
    network, statistics = "results/tiny/ground/network.nc", "resources/published_ground.parquet"
    published = ("--config", "stabilisation=published", "fullscale_rates=published")
    outcome = call(tmp_path, *CORES, str(TINY), *published, "--", network, statistics, "resources/raw", **folders)
    assert outcome.status == 0, outcome.output
    rates_and_values = {"fetch_published_rates", "fetch_published_statistics"}
    assert outcome.fetched == {"fetch_raw_sources", "fetch_published_indegrees"} | rates_and_values
    assert sum(path.suffix == ".npy" for path in (tmp_path / "resources/published_rates").rglob("*")) == 8
    for name in (*FETCHED, network, statistics):
        assert (tmp_path / name).exists()


@pytest.mark.golden
def test_an_edited_source_is_refused(tmp_path: Path, raw_dir: Path) -> None:
    copy = tmp_path / "raw"
    shutil.copytree(raw_dir, copy)
    damaged = next(copy.rglob("SLN_Data.csv"))
    damaged.chmod(0o644)
    damaged.write_text(damaged.read_text()[:-100])
    outcome = call(tmp_path, *CORES, str(TINY), "--config", "source=raw", PROCORTEX_RAW_DIR=str(copy))
    assert outcome.status != 0
    assert "SLN_Data.csv: truncated" in outcome.output
    assert "Traceback" not in outcome.output
    assert not (tmp_path / "resources" / "raw").exists()


@pytest.mark.parametrize("streams", ["2>&-", ">&- 2>&-", "2>&1 | head -n 1"])
def test_messages_that_nobody_reads_stop_nothing(tmp_path: Path, streams: str) -> None:
    target = "results/tiny/configuration.yaml"
    line = shlex.join(command(*CORES, str(TINY), "--", target))
    done = subprocess.run(["bash", "-o", "pipefail", "-c", f"{line} {streams}"], cwd=tmp_path, env=environment(tmp_path), check=False)
    assert done.returncode == 0
    assert (tmp_path / target).stat().st_size > 0


def _wait_for(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.05)
