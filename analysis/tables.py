"""Tables that the analysis writes and reads: statistics with their distributions, comparisons; Parquet, and CSV beside it for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.columnar import Kind, as_frame, read_columns
from procortex.utilities.atomic import Whole, whole_files
from procortex.utilities.errors import InputError

STATISTICS_COLUMNS = ("state", "simulator", "seed", "area", "population", "statistic", "definition", "value", "n")
DISTRIBUTION_COLUMNS = ("state", "simulator", "seed", "area", "population", "statistic", "value", "count")
COMPARISON_COLUMNS = ("state", "reference", "simulator", "population", "statistic", "measure", "value", "band_low", "band_high", "verdict")
POOLED = "all"
"""The area of values pooled over areas."""

Windows = Mapping[str, tuple[float, float]]
"""Start and end (ms) of the window of each state's statistics."""

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("state", "simulator", "area", "population", "statistic", "definition"), "text"),
    **dict.fromkeys(("reference", "measure", "verdict", "target", "source"), "text"),
    "seed": "whole",
    **dict.fromkeys(("value", "n", "count", "low", "high", "band_low", "band_high", "neuron", "rows"), "number"),
    **dict.fromkeys(("time", "lag_ms", "correlation", "p", "p_f_test"), "number"),
    "significant": "flag",
}
"""Kind of each column of our tables; others (parameters of a sweep) hold whatever they hold."""

UNIQUE: Mapping[Sequence[str], int] = {STATISTICS_COLUMNS: 7, COMPARISON_COLUMNS: 6}
"""How many columns, from the first one on, name a row of a table; no two rows may have the same name."""

_WINDOWS_KEY = b"procortex.windows"
REMEDY = "make it again with `python -m analysis`"


def distributions_path(statistics: Path) -> Path:
    """Where the distributions behind a statistics file lie: ``distributions.parquet`` beside ``statistics.parquet``."""
    return _beside(statistics, "distributions")


def counts_path(statistics: Path) -> Path:
    """Where the counts behind a statistics file lie: ``counts.parquet`` beside ``statistics.parquet``."""
    return _beside(statistics, "counts")


def _beside(statistics: Path, kind: str) -> Path:
    """Path of what lies beside a statistics file.

    Raises
    ------
    InputError
        If the name does not end in ``.parquet``.
    """
    check_name(statistics)
    return statistics.with_name(f"{kind}.parquet" if statistics.name == "statistics.parquet" else f"{statistics.stem}.{kind}.parquet")


def check_name(path: Path) -> None:
    """Refuse a name that does not end in ``.parquet``."""
    if path.suffix != ".parquet":
        raise InputError(f"{path}: expected a name that ends in .parquet (a .csv is written beside it)")


def write_table(frame: pd.DataFrame, path: Path, columns: Sequence[str], windows: Windows | None = None, *, csv: bool = True) -> None:
    """Write a table as Parquet and, beside it, as CSV; they appear when both are whole."""
    with whole_files() as whole:
        add_table(whole, frame, path, columns, windows, csv=csv)


def add_table(
    whole: Whole, frame: pd.DataFrame, path: Path, columns: Sequence[str], windows: Windows | None = None, *, csv: bool = True
) -> None:
    """Write a table, as `write_table`, that appears together with other files (`procortex.utilities.atomic.whole_files`).

    Raises
    ------
    InputError
        If the name does not end in ``.parquet``.
    """
    check_name(path)
    table = pa.Table.from_pandas(frame[list(columns)], preserve_index=False)
    if windows is not None:
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), _WINDOWS_KEY: json.dumps(windows).encode()})
    with whole(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)
    if csv:
        with whole(path.with_suffix(".csv")) as temporary:
            frame[list(columns)].to_csv(temporary, index=False)


def read_table(path: Path, columns: Sequence[str]) -> tuple[pd.DataFrame, Windows]:
    """Read a table and check its columns.

    Returns
    -------
    tuple
        The table, and the windows of its states (empty where it has none).

    Raises
    ------
    InputError
        If the file is missing, damaged or another table.
    """
    names = tuple(columns)
    table = read_columns(path, {name: KINDS.get(name, "any") for name in names}, REMEDY)
    frame = as_frame(path, table)
    if names in UNIQUE:
        key = list(names[: UNIQUE[names]])
        if (twice := frame.duplicated(key)).any():
            which = ", ".join(f"{name} {value}" for name, value in frame.loc[twice, key].iloc[0].items())
            raise InputError(f"{path}: two rows of {which}; expected one: {REMEDY}")
    if "count" in names:
        count = frame["count"].to_numpy(float, na_value=math.nan)
        if (wrong := ~(np.isfinite(count) & (count >= 0) & (count == np.floor(count)))).any():
            row = int(np.argmax(wrong))
            raise InputError(f"{path}: count is {count[row]:g} in row {row + 1}, expected a whole number, 0 or more; {REMEDY}")
    return frame, _windows(path, (table.schema.metadata or {}).get(_WINDOWS_KEY, b"{}"))


def _windows(path: Path, stored: bytes) -> Windows:
    try:
        windows = {str(state): (float(low), float(high)) for state, (low, high) in json.loads(stored).items()}
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        windows = {"": (math.nan, math.nan)}
    if not all(-math.inf < low < high < math.inf for low, high in windows.values()):
        raise InputError(f"{path}: the windows of its states are not pairs of start and end in ms; {REMEDY}")
    return windows
