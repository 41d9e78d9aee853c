"""Parquet tables between stages: what is damaged or another table is one line, whatever reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.runs import read_runs
from analysis.statistics.binning import bin_counts
from analysis.statistics.histograms import HISTOGRAM_COLUMNS, read_histograms
from analysis.tables import STATISTICS_COLUMNS, read_table, write_table
from contracts.rates import read_rates
from procortex.utilities.errors import InputError

WINDOWS = {"ground": (500.0, 1500.0)}


def statistics() -> pd.DataFrame:
    rows = [("ground", "cpu", 1, "V1", population, "rate", "knight2021", value, 10) for population, value in (("23E", 1.5), ("5I", np.nan))]
    return pd.DataFrame(rows, columns=list(STATISTICS_COLUMNS))


def histogram() -> pd.DataFrame:
    edges = np.array([-np.inf, 0.0, 0.5, 2.0, np.inf])
    frame = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "count": [0, 3, 1, 2]})
    return frame.assign(state="ground", simulator="cpu", seed=1, population="5E", statistic="rate")


def written(path: Path, frame: pd.DataFrame, columns: tuple[str, ...] = STATISTICS_COLUMNS) -> Path:
    write_table(frame, path, columns, WINDOWS, csv=False)
    return path


def read(path: Path) -> pd.DataFrame:
    return read_table(path, STATISTICS_COLUMNS)[0]


def changed(change: Callable[[pa.Table], pa.Table]) -> Callable[[Path], None]:
    return lambda path: pq.write_table(change(pq.read_table(path)), path)


def column(name: str, values: list[object]) -> Callable[[Path], None]:
    return changed(lambda table: table.set_column(table.column_names.index(name), name, pa.array(values)))


def noted(key: bytes, value: object) -> Callable[[Path], None]:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return changed(lambda table: table.replace_schema_metadata({**table.schema.metadata, key: text}))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.unlink(), "no such file"),
    (folder, "not a readable Parquet table (is a folder, expected a file); make it again with `python -m analysis`"),
    (pipe, "not a readable Parquet table (is a pipe, socket or device"),
    (lambda path: path.write_bytes(b""), "not a readable Parquet table ("),
    (lambda path: path.write_text("state,simulator\n"), "not a readable Parquet table (Parquet magic bytes not found"),
    (lambda path: path.write_bytes(path.read_bytes()[:-20]), "not a readable Parquet table ("),
    (lambda path: path.write_bytes(path.read_bytes()[:4] + bytes(200) + path.read_bytes()[204:]), "not a readable Parquet table ("),
    (changed(lambda table: table.drop_columns("definition")), "column definition is missing; expected the columns state, simulator, seed"),
    (changed(lambda table: table.append_column("value", table["value"])), "column value stands 2 times, expected once"),
    (column("value", ["1.5", "2"]), "column value holds string, expected numbers"),
    (column("value", [[1.0], [2.0]]), "column value holds list<"),
    (column("seed", ["1", "1"]), "column seed holds string, expected whole numbers"),
    (column("seed", [1, None]), "column seed is empty in row 2, expected whole numbers everywhere"),
    (column("population", [23, 5]), "column population holds int64, expected texts"),
    (column("population", ["23E", None]), "column population is empty in row 2, expected texts everywhere"),
    (column("population", ["23E", "23E"]), "two rows of state ground, simulator cpu, seed 1, area V1, population 23E, statistic rate"),
    (noted(b"procortex.windows", b"\xff"), "the windows of its states are not pairs of start and end in ms"),
    (noted(b"procortex.windows", b"[" * 100_000), "the windows of its states are not pairs"),
    (noted(b"procortex.windows", {"ground": 3}), "the windows of its states are not pairs"),
    (noted(b"procortex.windows", {"ground": [500, "nan"]}), "the windows of its states are not pairs"),
    (noted(b"procortex.windows", {"ground": [500, 10**400]}), "the windows of its states are not pairs"),
]


@pytest.mark.parametrize(("damage", "message"), DAMAGES)
def test_what_is_no_table_of_statistics_is_refused(tmp_path: Path, damage: Callable[[Path], object], message: str) -> None:
    path = written(tmp_path / "statistics.parquet", statistics())
    damage(path)
    with pytest.raises(InputError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("notes", [{"index_columns": ["state"]}, {"columns": 3}, b"no JSON"])
def test_notes_for_pandas_change_no_column(tmp_path: Path, notes: object) -> None:
    path = written(tmp_path / "statistics.parquet", statistics())
    noted(b"pandas", notes)(path)
    assert list(read(path).columns) == list(STATISTICS_COLUMNS)
    (run,) = read_runs([path], with_distributions=False)
    assert run.areas.loc[("rate", "23E"), "V1"] == 1.5


def test_gaps_and_dictionaries_are_what_a_table_may_have(tmp_path: Path) -> None:
    frame = statistics().astype({"population": "category"}).assign(n=pd.array([pd.NA, 10], dtype="Int64"))
    found = read(written(tmp_path / "statistics.parquet", frame))
    assert found["n"].isna().tolist() == [True, False]
    assert found["n"].dtype == "Int64"
    assert found["population"].tolist() == ["23E", "5I"]


def test_changed_bytes_give_one_line_or_a_table(tmp_path: Path) -> None:
    whole = written(tmp_path / "statistics.parquet", statistics()).read_bytes()
    refused: list[str] = []
    for place in range(0, len(whole), 11):
        (tmp_path / "damaged.parquet").write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            assert list(read(tmp_path / "damaged.parquet").columns) == list(STATISTICS_COLUMNS)
        except InputError as error:
            refused.append(str(error))
    assert len(refused) > 50
    assert not [message for message in refused if "\n" in message]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, -2.0], "the rate of V1-5I is -2.0; expected spikes/s, 0 or more"),
        ([1.0, np.inf], "the rate of V1-5I is inf; expected"),
        (["1", "2"], "column value holds string, expected numbers"),
    ],
)
def test_statistics_whose_rates_are_none_are_refused(tmp_path: Path, values: list[object], message: str) -> None:
    path = written(tmp_path / "statistics.parquet", statistics())
    column("value", values)(path)
    with pytest.raises(InputError) as error:
        read_rates(path)
    assert str(error.value).startswith(f"{path}: {message}")


def test_a_rate_without_a_value_is_none(tmp_path: Path) -> None:
    assert read_rates(written(tmp_path / "statistics.parquet", statistics())) == {"V1": {"23E": 1.5}}


def test_rates_that_are_given_twice_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "statistics.parquet", pd.concat([statistics()] * 2))
    with pytest.raises(InputError, match="two rows for the rate of V1-23E; expected the statistics of a run"):
        read_rates(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": [0, 3, -1, 2]}, "count is -1 in row 3, expected a whole number, 0 or more"),
        ({"count": [0, 3, 1.5, 2]}, "count is 1.5 in row 3"),
        ({"count": [0, 3, None, 2]}, "count is nan in row 3"),
        ({"high": [0.0, 3.0, 2.0, np.inf]}, "rate of 5E is no histogram; expected a row for each bin in ascending order"),
        ({"low": [-np.inf, 0.1, 0.5, 2.0]}, "rate of 5E is no histogram"),
    ],
)
def test_what_is_no_histogram_is_refused(tmp_path: Path, change: dict[str, list[object]], message: str) -> None:
    path = written(tmp_path / "histograms.parquet", histogram(), HISTOGRAM_COLUMNS)
    assert read_histograms([path])[0].histograms["rate", "5E"].counts.tolist() == [3, 1]
    written(path, histogram().assign(**change), HISTOGRAM_COLUMNS)
    with pytest.raises(InputError) as error:
        read_histograms([path])
    assert str(error.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("change", "windows", "message"),
    [
        ({}, {}, "the window of state ground is not recorded"),
        ({}, WINDOWS, "rate was not counted in cells of one fine grid; give the file of its bins as --edges"),
        ({"low": 0.0}, WINDOWS, "the cells of rate are not in ascending order"),
        ({"statistic": "cv"}, WINDOWS, "'cv' is no statistic, expected rate, lvr, correlation"),
        ({"low": [0.0, 1.0, 2.0, 1e300], "high": [1.0, 2.0, 3.0, 2e300]}, WINDOWS, "rate was not counted in cells of one fine grid"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(change: dict[str, object], windows: dict[str, tuple[float, float]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        bin_counts(histogram().assign(**change), windows, {}, Path("counts.parquet"))


def test_a_changed_bit_of_the_values_is_found(tmp_path: Path) -> None:
    path = written(tmp_path / "statistics.parquet", statistics())
    values = pq.ParquetFile(path).metadata.row_group(0).column(STATISTICS_COLUMNS.index("value"))
    begin = values.dictionary_page_offset or values.data_page_offset
    whole = path.read_bytes()
    # the last bytes are data; a bit of a page's own head may be one that nobody reads
    for place in range(begin + values.total_compressed_size - 4, begin + values.total_compressed_size):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(InputError, match="not a readable Parquet table"):
            read(path)
