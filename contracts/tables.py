"""The tables that the model is built from: their names, and where they lie."""

from __future__ import annotations

import os
from pathlib import Path

from procortex.utilities.errors import InputError

NAMES = ("areas", "connections", "microcircuit", "synapse_to_cell_body", "constants")
"""Names of the tables, which are those of their files without ``.csv``."""

STABILISED = "indegrees_stabilised.csv"
"""Table of stabilised in-degrees, which may lie beside the others: made from them, it saves making it again."""

NO_TABLE = "no such table"

DATA = Path(__file__).resolve().parents[1] / "data"
"""Folder of the repository's own tables."""


def table_files(folder: Path | None = None) -> tuple[Path, ...]:
    """Name the files of the tables in a folder (the repository's ``data/`` if None)."""
    return tuple((folder or DATA) / f"{name}.csv" for name in NAMES)


def existing_tables(folder: Path | None = None) -> tuple[Path, ...]:
    """Name the files of the tables in a folder, as `table_files`, all of which are there.

    Raises
    ------
    InputError
        If the folder is missing, or with one line for each missing table.
    """
    shown, files = shown_folder(folder), table_files(folder)
    if missing := [file.name for file in files if not file.is_file()]:
        raise InputError("\n".join(f"{shown}/{name}: {NO_TABLE}" for name in missing))
    return files


def shown_folder(folder: Path | None = None) -> str:
    """Write a folder of tables for messages: from the working directory on where it lies within that.

    Raises
    ------
    InputError
        If it is not there.
    """
    place = folder or DATA
    relative = os.path.relpath(place)
    shown = str(place) if relative.startswith("..") else relative
    if not place.is_dir():
        raise InputError(f"{shown}: no such folder; expected one with {', '.join(file.name for file in table_files(place))}")
    return shown


def stabilised_file(folder: Path | None = None) -> Path:
    """Name the file of the stabilised in-degrees in a folder (the repository's ``data/`` if None); it need not exist."""
    return (folder or DATA) / STABILISED
