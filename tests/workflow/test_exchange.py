"""A user's own run as the reference: NEST's spikes, written as NEST's recorders write them, come back through one configuration entry."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
import yaml

from procortex.formats.populations import split_label
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import read_spikes
from tests.workflow.command import ROOT, Outcome, call

pytestmark = pytest.mark.workflow

TINY = yaml.safe_load((ROOT / "config" / "test" / "tiny.yaml").read_text())
FIGURES = ["raster", "violins", "rate-matrix", "comparison"]
REFERENCE = Path("results/tiny/ground/reference")
NEST = Path("results/tiny/ground/seed-1/nest")


def run(folder: Path, *arguments: str, **changes: object) -> Outcome:
    """Run the ground state of the tiny experiment with other values."""
    states = {name: TINY["states"][name] for name in changes.pop("states", ["ground"])}  # type: ignore[attr-defined]
    path = folder / "experiment.yaml"
    path.write_text(yaml.safe_dump(TINY | {"states": states, "figures": FIGURES, "reference": {"simulate": "nest"}} | changes))
    return call(folder, "--cores", "2", "--configfile", str(path), *arguments)


def write_as_nest(spikes: Path, folder: Path) -> None:
    """Write a spike data set as recordings on two threads, with the table of the populations; NEST's neurons start at 1 here, too."""
    folder.mkdir()
    meta, first, table = read_meta(spikes), 1, []
    for label, size in meta.populations.items():
        area, population = split_label(label)
        table.append(f"{area},{population},{first},{first + size - 1}\n")
        frame = read_spikes(spikes, area, [population])
        for thread in (0, 1):
            mine = frame[frame["neuron"] % 2 == thread]
            lines = [f"{first + neuron}\t{step * meta.dt:.3f}\n" for neuron, step in zip(mine["neuron"], mine["step"], strict=True)]
            head = "# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n"
            (folder / f"{label}-{first}-{thread}.dat").write_text(head + "".join(lines))
        first += size
    (folder / "network_gids.txt").write_text("".join(table))


@pytest.fixture(scope="module")
def referred(finished: Path) -> Path:
    """Working directory of a run whose reference is a copy of its own NEST run."""
    write_as_nest(finished / NEST / "spikes", finished / "my run")
    outcome = run(finished, "--", "figures", reference={"simulate": "nest", "spikes": "my run"})
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["import_reference"] == outcome.jobs["compute_reference_statistics"] == 1
    assert "simulate_network" not in outcome.jobs
    return finished


def test_statistics_of_the_reference_are_those_of_the_run(referred: Path) -> None:
    mine, nest = (pd.read_parquet(referred / place / "statistics.parquet") for place in (REFERENCE, NEST))
    assert set(mine["simulator"]) == {"reference"}
    assert mine["value"].gt(0).any()
    pd.testing.assert_frame_equal(mine.drop(columns=["simulator", "seed"]), nest.drop(columns=["simulator", "seed"]))


def test_the_reference_takes_part_in_comparison_and_figures(referred: Path) -> None:
    table = pd.read_parquet(referred / "results/tiny/comparison.parquet")
    by_reference = {name: part.drop(columns="reference").reset_index(drop=True) for name, part in table.groupby("reference")}
    assert set(by_reference) == {"nest", "reference"}
    pd.testing.assert_frame_equal(by_reference["reference"], by_reference["nest"])  # the same spikes, the same distances
    drawn = {path.name for path in (referred / "results/tiny/figures").glob("*.svg")}
    assert {"raster_ground_reference.svg", "rate_matrix_ground_reference.svg", "violins_ground.svg"} <= drawn


def test_a_change_of_the_recordings_is_seen(referred: Path) -> None:
    reference = {"simulate": "nest", "spikes": "my run"}
    assert run(referred, "--dry-run", "--", "figures", reference=reference).jobs == {}
    recording = next((referred / "my run").glob("V1-23E-*-0.dat"))
    before, text = recording.stat(), recording.read_text()
    try:
        recording.write_text(text + "1\t599.900\n")
        jobs = run(referred, "--dry-run", "--", "figures", reference=reference).jobs
    finally:
        recording.write_text(text)
        os.utime(recording, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert jobs["import_reference"] == jobs["compute_reference_statistics"] == jobs["compare_statistics"] == 1
    assert "simulate_network" not in jobs


def test_spikes_of_ours_serve_as_well(referred: Path) -> None:
    outcome = run(referred, "--dry-run", "--", str(REFERENCE / "spikes"), reference={"spikes": {"ground": str(NEST / "spikes")}})
    assert outcome.status == 0, outcome.output
    assert outcome.jobs == {"import_reference": 1}
    assert f"input: {NEST}/spikes/_meta.json, results/tiny/ground/network.nc" in outcome.output


def test_a_mapping_gives_each_state_its_own(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "a.dat").touch()
    outcome = run(tmp_path, "--dry-run", reference={"spikes": {"resting": "run"}}, states=["ground", "resting"])
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["import_reference"] == 1
    assert "output: results/tiny/resting/reference/spikes" in outcome.output
    both = run(tmp_path, "--dry-run", reference={"spikes": "run"}, states=["ground", "resting"])
    assert both.status == 2
    assert "reference.spikes: is one path for several states, expected {ground: PATH, resting: PATH}" in both.output


@pytest.mark.parametrize(
    ("spikes", "text"),
    [("nowhere", "nowhere"), ("damaged", "line 4 is 'no spike', expected numbers: sender time_ms")],
)
def test_a_reference_that_cannot_be_read_is_named(referred: Path, spikes: str, text: str) -> None:
    damaged = referred / "damaged"
    damaged.mkdir(exist_ok=True)
    (damaged / "a.dat").write_text("# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\nno spike\n")
    outcome = run(referred, "--", str(REFERENCE / "spikes"), reference={"simulate": "nest", "spikes": spikes})
    assert outcome.status != 0
    assert text in outcome.output
    assert "Traceback" not in outcome.output
