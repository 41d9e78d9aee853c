"""The tables of this room: statistics with their distributions, comparisons; Parquet, and CSV beside it for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.atomic import whole_file
from contracts.errors import InputError

STATISTICS_COLUMNS = ("state", "simulator", "seed", "area", "population", "statistic", "definition", "value", "n")
DISTRIBUTION_COLUMNS = ("state", "simulator", "seed", "area", "population", "statistic", "value", "count")
COMPARISON_COLUMNS = ("state", "reference", "simulator", "population", "statistic", "measure", "value", "band_low", "band_high", "verdict")
POOLED = "all"
"""The area of values pooled over areas."""

Windows = Mapping[str, tuple[float, float]]
"""Start and end (ms) of the window of each state's statistics."""

_WINDOWS_KEY = b"procortex.windows"


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
    """Write a table as Parquet and, beside it, as CSV; they appear when both are whole.

    Raises
    ------
    InputError
        If the name does not end in ``.parquet``.
    """
    check_name(path)
    table = pa.Table.from_pandas(frame[list(columns)], preserve_index=False)
    if windows is not None:
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), _WINDOWS_KEY: json.dumps(windows).encode()})
    with ExitStack() as files:
        pq.write_table(table, files.enter_context(whole_file(path)), compression="zstd")
        if csv:
            frame[list(columns)].to_csv(files.enter_context(whole_file(path.with_suffix(".csv"))), index=False)


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
    try:
        table = pq.read_table(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{path}: not a readable Parquet table ({error}); make it again with `python -m analysis`") from None
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise InputError(f"{path}: column {missing[0]} is missing; expected the columns {', '.join(columns)}")
    stored = (table.schema.metadata or {}).get(_WINDOWS_KEY, b"{}")
    return table.to_pandas(), {state: (low, high) for state, (low, high) in json.loads(stored).items()}
