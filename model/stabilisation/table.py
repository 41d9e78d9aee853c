"""The table of stabilised in-degrees: one row for each pair of populations that is connected before or after."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from model.theory.siegert import Array
from procortex.utilities.atomic import Whole, whole_file
from procortex.utilities.errors import InputError
from procortex.utilities.texts import first_ones, in_short, number_hint, quoted, read_csv_rows, to_number

COLUMNS = ("target", "source", "anatomical", "stabilised")
DIGITS = 12
"""Significant digits of the in-degrees."""

SAME = 1e-9
"""Relative difference up to which two in-degrees are the same."""


def write_stabilised(labels: tuple[str, ...], anatomical: Array, stabilised: Array, path: Path, whole: Whole = whole_file) -> None:
    """Write in-degrees [target, source] before and after stabilisation, shape (n, n), in the order of the labels."""
    with whole(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for target, source in np.argwhere((anatomical > 0) | (stabilised > 0)):
            values = (f"{matrix[target, source]:.{DIGITS}g}" for matrix in (anatomical, stabilised))
            writer.writerow([labels[target], labels[source], *values])


def read_stabilised(labels: tuple[str, ...], path: Path) -> tuple[Array, Array]:
    """Read in-degrees [target, source] before and after stabilisation, each of shape (n, n).

    Raises
    ------
    InputError
        With one line for each thing that is wrong.
    """
    places = {label: index for index, label in enumerate(labels)}
    matrices = np.zeros((2, len(labels), len(labels)))
    findings: list[str] = []
    seen = np.zeros((len(labels), len(labels)), dtype=bool)
    (_, header), *rows = read_csv_rows(path, COLUMNS, f"CSV with the columns {', '.join(COLUMNS)}")
    if tuple(header) != COLUMNS:
        raise InputError(f"{path}: the columns are {in_short(', '.join(header))}; expected {', '.join(COLUMNS)}")
    for line, row in rows:
        if finding := _place_row(row, places, matrices, seen):
            findings.append(f"{path}: line {line}: {finding}")
    if findings:
        raise InputError("\n".join(first_ones(findings)))
    return matrices[0], matrices[1]


def _place_row(row: list[str], places: dict[str, int], matrices: Array, seen: np.ndarray) -> str:
    """Put a row into the matrices; say what is wrong with it ('' if nothing is)."""
    if len(row) != len(COLUMNS):
        return f"has {len(row)} cells, expected {len(COLUMNS)}"
    unknown = [name for name in row[:2] if name not in places]
    if unknown:
        return f"{quoted(unknown[0])} is no population, expected a label such as V1-23E"
    try:
        values = [to_number(cell) for cell in row[2:]]
    except ValueError:
        hint = number_hint(row[2]) or number_hint(row[3])
        return f"in-degrees are {quoted(row[2])} and {quoted(row[3])}, expected two numbers{hint}"
    if not all(np.isfinite(value) and value >= 0 for value in values):
        return f"in-degrees are {row[2]} and {row[3]}, expected 0 or more"
    place = places[row[0]], places[row[1]]
    if seen[place]:
        return f"{row[0]} <- {row[1]} stands a second time, expected once"
    seen[place] = True
    matrices[(slice(None), *place)] = values
    return ""


def same_indegrees(one: Array, other: Array) -> bool:
    """Whether two matrices of in-degrees are the same, up to the digits that a table keeps."""
    return bool(np.allclose(one, other, rtol=SAME, atol=0.0))
