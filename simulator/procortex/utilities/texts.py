"""Text files that users hand in, and CSV tables. What is no such text is refused by what it is, in one line."""

from __future__ import annotations

import csv
import io
import math
import re
import stat
from collections.abc import Collection, Sequence
from pathlib import Path

from procortex.utilities.errors import InputError

LARGEST = 1 << 28
"""Bytes; the largest table of the model has a megabyte."""

SIGNATURES = {
    b"PK\x03\x04": "a spreadsheet (.xlsx, .ods) or zip archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet (.xls)",
    b"\x1f\x8b": "packed with gzip",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"PAR1": "a Parquet file",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array",
    b"%PDF": "a PDF file",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
"""What the first bytes of a file say about it."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars", " ": "spaces"}
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+([eE][-+]?\d+)?")
SHOWN = 60
"""Letters of a cell or line in a message."""

MOST = 20
"""Findings about one file in a message."""


class UnreadableError(Exception):
    """A file is not what it should be: what is wrong with it, without its name."""


def check_regular(path: Path) -> None:
    """Refuse what is no file: reading a pipe may wait for ever, reading a device may never end.

    Raises
    ------
    UnreadableError
        Saying what it is.
    FileNotFoundError
        If there is nothing.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise UnreadableError("is a folder, expected a file")
    if not stat.S_ISREG(mode):
        raise UnreadableError("is a pipe, socket or device, expected a file")


def kind_of(content: bytes) -> str:
    """Name the kind of file by its first bytes; '' for a possible text."""
    return next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), "")


def content_of(path: Path, largest: int = LARGEST) -> str:
    """Text of a file in UTF-8 of at most `largest` bytes, without a byte-order mark.

    Raises
    ------
    UnreadableError
        If it is no such text.
    FileNotFoundError
        If there is no file.
    """
    check_regular(path)
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise UnreadableError(f"is larger than {largest >> 20} MiB, expected a smaller text in UTF-8")
    if kind := kind_of(content):
        raise UnreadableError(f"is {kind}, expected a text in UTF-8 (of a spreadsheet: CSV)")
    content = content.removeprefix(BYTE_ORDER_MARK)
    if b"\0" in content:
        raise UnreadableError(f"line {_line(content, content.index(0))}: holds a NUL byte, expected a text in UTF-8")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        byte = f"0x{content[error.start]:02x}"
        raise UnreadableError(
            f"line {_line(content, error.start)}: byte {byte} is not UTF-8 (Latin-1 or Windows-1252?); save the file as UTF-8"
        ) from None


def read_text(path: Path, expected: str) -> str:
    """Text of a file in UTF-8.

    Parameters
    ----------
    path
        The file.
    expected
        What it should be, for messages.

    Raises
    ------
    InputError
        If there is none, or it is no text.
    """
    try:
        return content_of(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; expected {expected}") from None
    except UnreadableError as error:
        raise InputError(f"{path}: {error}") from None


def csv_rows(text: str, columns: Collection[str]) -> list[tuple[int, list[str]]]:
    """Rows of a table with commas, the header among them.

    Parameters
    ----------
    text
        The table.
    columns
        Names of columns, of which the header has at least one.

    Returns
    -------
    list
        Number of its last line, and cells without the spaces around them, for each row that has a filled cell.

    Raises
    ------
    UnreadableError
        If other signs than commas separate the cells, or quotes are not closed.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            before = reader.line_num
            if any(cells := [cell.strip() for cell in row]):
                rows.append((before, cells))
    except csv.Error as error:
        raise UnreadableError(
            f"line {before + 1}: not readable as CSV ({error}); expected cells with commas between them, and closed quotes"
        ) from None
    if rows and not set(rows[0][1]) & set(columns):
        line, cells = rows[0]
        for sign, name in SEPARATORS.items():
            parts = {part.strip().strip('"') for part in ",".join(cells).split(sign)}
            if parts & set(columns) or (len(cells) == 1 and sign in cells[0] and sign != " "):
                raise UnreadableError(f"line {line}: cells are separated by {name}; expected commas between cells, and points in numbers")
    return rows


def read_csv_rows(path: Path, columns: Collection[str], expected: str) -> list[tuple[int, list[str]]]:
    """Rows of a CSV file; see `csv_rows`.

    Raises
    ------
    InputError
        If there is no file, it is no such table, or it is empty.
    """
    text = read_text(path, expected)
    try:
        rows = csv_rows(text, columns)
    except UnreadableError as error:
        raise InputError(f"{path}: {error}") from None
    if not rows:
        raise InputError(f"{path}: is empty, expected {expected}")
    return rows


def to_number(cell: str) -> float:
    """Read a number as tables have it: Python's own reading takes more, such as 1_000.

    Raises
    ------
    ValueError
        If it is none; nan and inf are for the caller to judge.
    """
    value = float(cell)
    if math.isfinite(value) and not NUMBER.fullmatch(cell):
        raise ValueError(f"{quoted(cell)} is no number")
    return value


def number_hint(cell: str) -> str:
    """Say what makes a cell no number, where that is known; '' otherwise."""
    return f"; write {cell.replace(',', '.')}, with a point" if DECIMAL_COMMA.fullmatch(cell) else ""


def first_ones(findings: Sequence[str], most: int = MOST) -> list[str]:
    """Give the first findings, and how many more there are."""
    more = len(findings) - most
    return [*findings[:most], *([f"and {more} more lines of this kind"] if more > 0 else [])]


def in_short(what: object, most: int = 200) -> str:
    """Give a text, or what an error says, in one line that is not too long."""
    text = " ".join(str(what).split()) or type(what).__name__
    return text if len(text) <= most else f"{text[:most]}…"


def quoted(cell: str) -> str:
    """Write a cell for a message."""
    return repr(cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…")


def _line(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1
