"""The tables that the model is built from: their names, and where they lie."""

from __future__ import annotations

from pathlib import Path

NAMES = ("areas", "connections", "microcircuit", "synapse_to_cell_body", "constants")
"""Names of the tables, which are those of their files without ``.csv``."""

STABILISED = "indegrees_stabilised.csv"
"""Table of stabilised in-degrees, which may lie beside the others: made from them, it saves making it again."""

DATA = Path(__file__).resolve().parents[1] / "data"
"""Folder of the repository's own tables."""


def table_files(folder: Path | None = None) -> tuple[Path, ...]:
    """Name the files of the tables in a folder (the repository's ``data/`` if None)."""
    return tuple((folder or DATA) / f"{name}.csv" for name in NAMES)


def stabilised_file(folder: Path | None = None) -> Path:
    """Name the file of the stabilised in-degrees in a folder (the repository's ``data/`` if None); it need not exist."""
    return (folder or DATA) / STABILISED
