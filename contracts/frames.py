"""CSV tables whose columns are told by their header."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from procortex.utilities.errors import InputError
from procortex.utilities.texts import SEPARATORS, UnreadableError, csv_rows, in_short, read_text


def read_csv_frame(path: Path, expected: str, columns: Collection[str] = ()) -> pd.DataFrame:
    """Read a table with commas, its first row the names of its columns; cells that look like numbers are numbers.

    Parameters
    ----------
    path
        The table.
    expected
        What it should be, for messages.
    columns
        Names of columns that must be there.

    Raises
    ------
    InputError
        If there is no file, it is no such table, or a column is missing or stands there twice.
    """
    text = read_text(path, expected)
    try:
        rows = csv_rows(text, columns)
    except UnreadableError as error:
        raise InputError(f"{path}: {error}") from None
    if not rows:
        raise InputError(f"{path}: is empty, expected {expected}")
    _, header = rows[0]
    if missing := [name for name in columns if name not in header]:
        raise InputError(f"{path}: the columns {', '.join(missing)} are missing; expected {expected}")
    if len(header) == 1 and (name := next((name for sign, name in SEPARATORS.items() if sign in header[0] and sign != " "), "")):
        raise InputError(f"{path}: line 1: cells are separated by {name}; expected commas between cells, and points in numbers")
    if twice := [name for name in header if header.count(name) > 1]:
        raise InputError(f"{path}: column {twice[0]!r} stands {header.count(twice[0])} times, expected once")
    if wrong := next(((line, cells) for line, cells in rows if len(cells) != len(header)), None):
        raise InputError(f"{path}: line {wrong[0]}: has {len(wrong[1])} cells, expected {len(header)} as in the first line")
    table = io.StringIO()
    csv.writer(table).writerows(cells for _, cells in rows)  # without what was passed over: spaces, empty lines, a byte-order mark
    try:
        return pd.read_csv(io.StringIO(table.getvalue()))
    except (pd.errors.ParserError, ValueError, OverflowError) as error:
        raise InputError(f"{path}: not readable as CSV ({in_short(error)}); expected {expected}") from None
