"""Granger causality of a run's populations: who takes part, what the table says, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.dynamics.granger import COLUMNS, ORDER, influences, short_of_samples
from analysis.dynamics.laminar import WITHIN, shares_by_layer, with_classes
from analysis.dynamics.rate_series import after_start
from analysis.tables import read_table
from contracts.anatomy import write_anatomy
from procortex.formats.populations import population_labels
from procortex.formats.series import write_series
from procortex.utilities.errors import EXIT_BAD_INPUT
from tests.helpers.anatomy import random_anatomy
from tests.helpers.results import analyse
from tests.helpers.series import series_of

DRIVEN, DRIVER = "V2-4E", "V1-23E"
DELAY = 12
SOURCES = {"V2-4E": ("V1-23E", "V1-5E", "V2-23E"), "V2-23E": ("V2-4E",), "V1-4E": ("V1-4E", "V1-6I"), "V1-6I": ("V1-4E",)}


@pytest.fixture(scope="module")
def anatomy() -> xr.Dataset:
    anatomy = random_anatomy()
    anatomy["indegree"][:] = 1.0  # too few
    for target, sources in SOURCES.items():
        anatomy["indegree"].loc[{"target": target, "source": list(sources)}] = 1.1
    return anatomy


@pytest.fixture(scope="module")
def series() -> xr.Dataset:
    """Poisson counts for 10.5 s; one population follows another after 12 ms, one is silent."""
    rng = np.random.default_rng(5)
    labels = population_labels(["V1", "V2"])
    counts = rng.poisson(8.0, (len(labels), 10_500))
    driver = counts[labels.index(DRIVER)]
    counts[labels.index(DRIVEN), DELAY:] = rng.poisson(driver[:-DELAY])
    counts[labels.index("V1-6I")] = 0
    return series_of(counts, labels)


def test_each_connection_has_a_row_and_the_true_one_is_significant(series: xr.Dataset, anatomy: xr.Dataset) -> None:
    table = influences(after_start(series), anatomy)
    expected = [(target, source) for target in SOURCES for source in SOURCES[target] if source != target]
    assert sorted(zip(table["target"], table["source"], strict=True)) == sorted(expected)
    rows = table.set_index(["target", "source"])
    silent = [("V1-4E", "V1-6I"), ("V1-6I", "V1-4E")]
    assert rows.loc[silent, ["value", "p", "p_f_test"]].isna().all(axis=None)
    assert rows.index[rows["significant"]].to_list() == [(DRIVEN, DRIVER)]
    assert rows.loc[(DRIVEN, DRIVER), "value"] == pytest.approx(np.log(2), abs=0.1)  # half of the variance is the driver's
    others = rows.drop([*silent, (DRIVEN, DRIVER)])
    assert (others["value"] < 0.01).all()
    assert (others["p_f_test"] > 0.001).all()


def test_threads_change_nothing(series: xr.Dataset, anatomy: xr.Dataset) -> None:
    one, two = (influences(after_start(series), anatomy, jobs) for jobs in (1, 2))
    for name in COLUMNS:
        if one[name].dtype == float:
            np.testing.assert_allclose(one[name], two[name], rtol=1e-9)
        else:
            assert one[name].to_list() == two[name].to_list()


def test_the_command_writes_a_table(series: xr.Dataset, anatomy: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_series(series, tmp_path / "series.nc")
    write_anatomy(anatomy, tmp_path / "anatomy.nc")
    call = ("granger", tmp_path / "series.nc", "--anatomy", tmp_path / "anatomy.nc", "--jobs", 2)
    assert analyse(*call, "--out", tmp_path / "granger.parquet") == 0
    table = read_table(tmp_path / "granger.parquet", COLUMNS)[0]
    assert table["significant"].sum() == 1
    assert (tmp_path / "granger.csv").read_text().splitlines()[0] == ",".join(COLUMNS)


def test_short_runs_are_refused(
    series: xr.Dataset, anatomy: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(series.isel(time=slice(0, 10_499)), tmp_path / "series.nc")
    write_anatomy(anatomy, tmp_path / "anatomy.nc")
    call = ("granger", tmp_path / "series.nc", "--anatomy", tmp_path / "anatomy.nc")
    assert analyse(*call, "--out", tmp_path / "granger.parquet") == EXIT_BAD_INPUT
    assert "9.999 s of rates after the first 500 ms; Granger causality needs 10 s, simulate 10500 ms or more" in capsys.readouterr().err
    assert not (tmp_path / "granger.parquet").exists()


def test_models_with_few_samples_are_counted(series: xr.Dataset, anatomy: xr.Dataset) -> None:
    table = influences(after_start(series), anatomy)
    largest = 4 * ORDER + 1  # three sources and the target itself
    for samples, expected in ((20 * largest, 0), (20 * largest - 1, 1)):
        assert short_of_samples(series.isel(time=slice(0, samples + ORDER)), table) == expected


def test_connections_have_classes_and_shares(anatomy: xr.Dataset) -> None:
    anatomy = anatomy.copy(deep=True)
    anatomy["architectural_type"].loc[{"area": ["V1", "V2"]}] = [8, 7]
    anatomy["sln_measured"].loc[{"target_area": "V2", "source_area": "V1"}] = 0.9
    anatomy["sln_measured"].loc[{"target_area": "V1", "source_area": "V2"}] = 0.1
    pairs = [("V2-4E", "V1-23E", True), ("V2-4E", "V1-23E", False), ("V1-23E", "V2-6E", True), ("V1-4E", "V1-6I", False)]
    table = with_classes(pd.DataFrame(pairs, columns=["target", "source", "significant"]), anatomy)
    assert table["connection_class"].to_list() == ["feedforward", "feedforward", "feedback", WITHIN]
    assert table["type_step"].to_list() == ["HL", "HL", "LH", WITHIN]
    shares = shares_by_layer(table)
    assert shares.shape == (8, 8)
    assert (shares.loc["4E", "23E"], shares.loc["23E", "6E"], shares.loc["4E", "6I"]) == (0.5, 1.0, 0.0)
    assert shares.notna().sum().sum() == 3
