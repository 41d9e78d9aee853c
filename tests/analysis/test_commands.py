"""The commands, from synthetic spikes to figures, and how they refuse bad input."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import procortex as pc
from analysis.statistics.definitions import DEFINITIONS
from analysis.tables import COMPARISON_COLUMNS, DISTRIBUTION_COLUMNS, STATISTICS_COLUMNS
from procortex.formats.populations import area_populations
from procortex.utilities.errors import InputError
from tests.helpers.figures import assert_written_twice_the_same
from tests.helpers.results import analyse, write_run
from tests.helpers.spikes import write_flat

AREAS = ("V1", "TH", "FEF")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Statistics of three seeds of two simulators; ours has 30 % higher rates in 5I."""
    folder = tmp_path_factory.mktemp("results")
    for seed in (1, 2, 3):
        for backend, bias in (("cpu", {"5I": 1.3}), ("nest", None)):
            own = seed + 10 * (backend == "nest")
            write_run(
                folder / f"{backend}-{seed}", "ground", AREAS, own, ("statistics",), backend=backend, bias=bias, t_sim=1500.0, neurons=120
            )
    return folder


@pytest.mark.parametrize("jobs", [0, -2, 100_000])
@pytest.mark.parametrize("name", ["statistics", "series", "granger"])
def test_jobs_are_bounded(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, jobs: int) -> None:
    options = ["--anatomy", tmp_path / "anatomy.nc"] if name == "granger" else ["--state", "ground"]
    out = tmp_path / ("series.nc" if name == "series" else "table.parquet")
    assert analyse(name, results / "cpu-1" / "spikes", *options, "--jobs", jobs, "--out", out) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: --jobs {jobs}: expected 1 to ")
    assert not out.exists()


def test_statistics_have_every_population_definition_and_the_pooled_means(results: Path) -> None:
    frame = pd.read_parquet(results / "cpu-1" / "statistics.parquet")
    assert tuple(frame.columns) == STATISTICS_COLUMNS
    assert set(frame["simulator"]) == {"cpu"}
    assert set(frame["seed"]) == {1}
    populations = sum(len(area_populations(area)) for area in AREAS)
    assert len(frame) == (populations + 8) * 3 * len(DEFINITIONS)
    csv = pd.read_csv(results / "cpu-1" / "statistics.csv")
    np.testing.assert_allclose(csv["value"], frame["value"])
    rates = frame[(frame["statistic"] == "rate") & (frame["definition"] == "knight2021") & (frame["population"] == "23E")].set_index("area")
    assert rates.loc["all", "n"] == 3 * 120
    assert rates.loc["all", "value"] == pytest.approx(rates.loc[list(AREAS), "value"].mean())
    padded = frame[frame["statistic"] == "lvr"].set_index(["definition", "area", "population"])["value"]
    assert padded["schmidt2018", "V1", "23E"] < padded["knight2021", "V1", "23E"]


def test_distributions_hold_the_values_behind_the_means(results: Path) -> None:
    frame = pd.read_parquet(results / "nest-2" / "distributions.parquet")
    assert set(DISTRIBUTION_COLUMNS) == set(frame.columns)
    statistics = pd.read_parquet(results / "nest-2" / "statistics.parquet")
    expected = statistics[statistics["definition"] == "knight2021"].set_index(["area", "population", "statistic"])
    for key, part in frame.groupby(["area", "population", "statistic"], observed=True):
        assert part["count"].sum() == expected.loc[key, "n"]
        assert np.average(part["value"], weights=part["count"]) == pytest.approx(expected.loc[key, "value"], abs=5e-4)


def test_equal_jobs_and_repetitions_give_equal_files(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.parallel.SPIKES_PER_PROCESS", 1)
    again = tmp_path / "statistics.parquet"
    assert analyse("statistics", results / "cpu-1" / "spikes", "--state", "ground", "--jobs", 2, "--out", again) == 0
    assert again.read_bytes() == (results / "cpu-1" / "statistics.parquet").read_bytes()
    assert (tmp_path / "distributions.parquet").read_bytes() == (results / "cpu-1" / "distributions.parquet").read_bytes()


def compare(results: Path, out: Path) -> pd.DataFrame:
    nest, cpu = ([results / f"{name}-{seed}" / "statistics.parquet" for seed in (1, 2, 3)] for name in ("nest", "cpu"))
    assert analyse("compare", "--reference", *nest, "--candidate", *cpu, "--out", out) == 0
    return pd.read_parquet(out)


def test_a_comparison_finds_the_biased_population(results: Path, tmp_path: Path) -> None:
    frame = compare(results, tmp_path / "comparison.parquet")
    assert tuple(frame.columns) == COMPARISON_COLUMNS
    outside = frame[frame["verdict"] == "outside"]
    assert set(outside["population"]) == {"5I"}
    assert "mean_difference" in set(outside["measure"])
    slow = frame[(frame["statistic"] == "lvr") & frame["population"].isin(["23E", "6E"])]
    assert set(slow["verdict"]) == {"reported"}
    assert set(frame.loc[frame["measure"] == "kl", "verdict"]) == {"reported"}


def test_figures_are_written_twice_the_same(results: Path, tmp_path: Path) -> None:
    compare(results, tmp_path / "comparison.parquet")
    statistics = [results / "cpu-1" / "statistics.parquet", results / "nest-1" / "statistics.parquet"]
    inputs = {
        "raster": [results / "cpu-1" / "spikes"],
        "violins": statistics,
        "rate-matrix": statistics[:1],
        "comparison": [tmp_path / "comparison.parquet"],
    }
    for name, files in inputs.items():
        assert_written_twice_the_same(name, files, tmp_path)


@pytest.mark.parametrize("n_bytes", [500, 4_000, 12_000])
@pytest.mark.parametrize("what", ["compare", "figure", "statistics"])
def test_a_full_disk_leaves_none_of_several_files(
    results: Path,
    tmp_path: Path,
    full_disk: Callable[[int], AbstractContextManager[None]],
    capsys: pytest.CaptureFixture[str],
    what: str,
    n_bytes: int,
) -> None:
    statistics = [results / f"{backend}-1" / "statistics.parquet" for backend in ("nest", "cpu")]
    arguments: dict[str, list[object]] = {
        "compare": ["compare", "--reference", statistics[0], "--candidate", statistics[1], "--out", tmp_path / "comparison.parquet"],
        "figure": ["figure", "rate-matrix", statistics[1], "--out-svg", tmp_path / "a.svg", "--out-png", tmp_path / "a.png"],
        "statistics": ["statistics", results / "cpu-1" / "spikes", "--state", "ground", "--out", tmp_path / "statistics.parquet"],
    }
    analyse(*arguments[what])  # whatever is written once only, fonts for example
    all_files = list(tmp_path.iterdir())
    written = [path for path in all_files if path.stat().st_size > n_bytes]
    for path in tmp_path.iterdir():
        path.unlink()
    capsys.readouterr()
    with full_disk(n_bytes):
        status = analyse(*arguments[what])
    assert status == (2 if written else 0)
    assert len(list(tmp_path.iterdir())) == (0 if written else len(all_files))
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == len(written[:1])
    assert all(line in [f"error: {path}: File too large" for path in written] for line in errors)


def test_neo_trains_are_the_recorded_spikes(tmp_path: Path) -> None:
    write_flat(tmp_path / "spikes", {"V1-23E": 2, "V1-23I": 2}, np.array([10, 20, 30]), np.array([0, 3, 2]), t_sim=10.0)
    spikes = pc.open_spikes(tmp_path / "spikes")
    trains = spikes.to_neo("V1-23I", 2)
    assert [np.round(train.magnitude, 9).tolist() for train in trains] == [[3.0], [2.0]]
    with pytest.raises(InputError, match="2 neurons of V1-23I were recorded, 3 were asked for"):
        spikes.to_neo("V1-23I", 3)


def test_a_silent_population_has_rate_zero_and_no_lvr(tmp_path: Path) -> None:
    write_flat(tmp_path / "spikes", {"V1-23E": 5}, np.array([1]), np.array([0]), t_sim=1000.0)
    assert analyse("statistics", tmp_path / "spikes", "--state", "s", "--out", tmp_path / "statistics.parquet") == 0
    frame = pd.read_parquet(tmp_path / "statistics.parquet")
    frame = frame[(frame["area"] == "V1") & (frame["definition"] == "knight2021")].set_index("statistic")
    assert frame.loc["rate", "value"] == 0.0
    assert np.isnan(frame.loc["lvr", "value"])
    assert frame.loc["correlation", "n"] == 0


def refused(capsys: pytest.CaptureFixture[str], status: int) -> str:
    assert status == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ")
    return error


def test_bad_input_ends_with_one_line(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "statistics.parquet"
    spikes = results / "cpu-1" / "spikes"
    assert "no spikes here" in refused(capsys, analyse("statistics", tmp_path, "--state", "s", "--out", out))
    damaged = tmp_path / "damaged"
    write_flat(damaged, {"V1-23E": 5}, np.array([1]), np.array([0]), t_sim=1000.0)
    (damaged / "area=V1" / "part-0000.parquet").write_bytes(b"no parquet")
    assert "area V1" in refused(capsys, analyse("statistics", damaged, "--state", "s", "--out", out))
    late = analyse("statistics", spikes, "--state", "s", "--t-min", 1500, "--out", out)
    assert "--t-min 1500 ms lies outside" in refused(capsys, late)
    assert ".parquet" in refused(capsys, analyse("statistics", spikes, "--state", "s", "--out", tmp_path / "table.csv"))
    assert not out.exists()
    assert list(tmp_path.glob("*.parquet")) == []
    status = analyse("figure", "rastr", spikes, "--out-svg", tmp_path / "a.svg", "--out-png", tmp_path / "a.png")
    assert "did you mean 'raster'" in refused(capsys, status)


def test_comparisons_that_make_no_sense_are_refused(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cpu, nest = (results / f"{name}-1" / "statistics.parquet" for name in ("cpu", "nest"))
    spikes, out = results / "cpu-1" / "spikes", tmp_path / "comparison.parquet"
    assert analyse("statistics", spikes, "--state", "ground", "--t-min", 600, "--out", tmp_path / "late.parquet") == 0
    assert analyse("statistics", spikes, "--state", "other", "--out", tmp_path / "other.parquet") == 0
    for reference, candidate, message in (
        ([nest], [tmp_path / "late.parquet"], "600 to 1500 ms cannot be compared"),
        ([nest], [tmp_path / "other.parquet"], "share no state: ground against other"),
        ([nest, nest], [cpu], "give each run once"),
        ([tmp_path / "nothing.parquet"], [cpu], "no such file"),
    ):
        status = analyse("compare", "--reference", *reference, "--candidate", *candidate, "--out", out)
        assert message in refused(capsys, status)
    assert not out.exists()


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = "import sys, analysis, analysis.__main__, analysis.comparison.compare, analysis.statistics.collect; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "elephant", "neo", "nest", "quantities"} & set(loaded)
