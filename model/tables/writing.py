"""Tables to CSV files; every number is written so that reading it gives the same bits."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import numpy as np

from model.tables.axes import Frame
from model.tables.tables import LAYOUTS, Layout, Tables
from procortex.utilities.atomic import write_texts


def write_tables(tables: Tables, folder: Path) -> None:
    """Write the five tables into a folder; they appear when all are whole, since they belong together."""
    write_texts({folder / layout.file: table_text(getattr(tables, layout.name), layout) for layout in LAYOUTS})


def tables_digest(tables: Tables) -> str:
    """Give the SHA-256 of the five tables as they would be written: the same for equal tables, wherever they come from."""
    digest = hashlib.sha256()
    for layout in LAYOUTS:
        digest.update(table_text(getattr(tables, layout.name), layout).encode())
    return digest.hexdigest()


def table_text(table: Frame, layout: Layout) -> str:
    """Give the content of a table's file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    rows = table.reset_index()[layout.columns]
    writer.writerow(layout.columns)
    writer.writerows([_cell(value) for value in row] for row in rows.itertuples(index=False, name=None))
    return text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else repr(float(value))  # repr: the shortest text that gives the same number
    return str(value)
