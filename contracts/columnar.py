"""Parquet tables from another stage or from users: columns, their kinds and their gaps are checked before anything reads them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from procortex.utilities.errors import InputError
from procortex.utilities.texts import UnreadableError, check_regular, in_short

Kind = Literal["text", "whole", "number", "flag", "any"]
"""Texts and whole numbers are everywhere; numbers and flags may be missing."""

IN_WORDS: Mapping[Kind, str] = {"text": "texts", "whole": "whole numbers", "number": "numbers", "flag": "True or False", "any": "values"}
MOST_ROWS = 100_000_000
"""A table of ours has some millions; a small file may say that it has more than any memory holds."""


def read_columns(path: Path, kinds: Mapping[str, Kind], remedy: str) -> pa.Table:
    """Read a whole Parquet table and check some of its columns.

    Parameters
    ----------
    path
        The file.
    kinds
        Kind of each column that must be there.
    remedy
        What would be right, for messages about files that are not readable.

    Raises
    ------
    InputError
        If the file is missing, damaged or another table.
    """
    try:
        check_regular(path)
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if file.metadata.num_rows > MOST_ROWS:
                raise UnreadableError(f"{file.metadata.num_rows} rows, at most {MOST_ROWS} are expected")
            table = file.read()
        table.validate(full=True)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (UnreadableError, pa.ArrowException, OSError, ValueError, LookupError, MemoryError) as error:
        raise InputError(f"{path}: not a readable Parquet table ({in_short(error)}); {remedy}") from None
    names = table.column_names
    if missing := [name for name in kinds if name not in names]:
        raise InputError(f"{path}: column {missing[0]} is missing; expected the columns {', '.join(kinds)}")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"{path}: column {in_short(twice)} stands {names.count(twice)} times, expected once")
    for name, kind in kinds.items():
        _check_column(path, name, table.column(name), kind)
    return table


def as_frame(path: Path, table: pa.Table) -> pd.DataFrame:
    """Turn a table into a frame whose columns are those of the table, whatever index the file's notes for pandas ask for.

    Raises
    ------
    InputError
        If a column has no form in pandas.
    """
    try:
        frame: pd.DataFrame = table.to_pandas()
        if list(frame.columns) == table.column_names:
            return frame
    except (pa.ArrowException, ValueError, TypeError, LookupError, AttributeError):  # notes that make no sense
        pass
    try:
        plain: pd.DataFrame = table.replace_schema_metadata(None).to_pandas()
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise InputError(f"{path}: not readable as a table ({in_short(error)})") from None
    return plain


def _check_column(path: Path, name: str, column: pa.ChunkedArray, kind: Kind) -> None:
    if not _has_kind(column.type, kind):
        raise InputError(f"{path}: column {name} holds {in_short(column.type)}, expected {IN_WORDS[kind]}")
    if kind in ("text", "whole") and column.null_count:
        row = pc.index(pc.is_null(column), pa.scalar(True)).as_py()
        raise InputError(f"{path}: column {name} is empty in row {row + 1}, expected {IN_WORDS[kind]} everywhere")


def _has_kind(found: pa.DataType, kind: Kind) -> bool:
    inner = found.value_type if pt.is_dictionary(found) else found
    known: Mapping[Kind, bool] = {
        "text": pt.is_string(inner) or pt.is_large_string(inner) or pt.is_string_view(inner),
        "whole": pt.is_integer(found),
        "number": pt.is_integer(found) or pt.is_floating(found),
        "flag": pt.is_boolean(found),
        "any": True,
    }
    return known[kind]
