"""A folder with the repository's tables that a test may edit."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.tables import table_files
from tests.helpers.golden_anatomy import raw

__all__ = ["raw"]

Edit = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the repository's tables."""
    copy = tmp_path / "tables"
    copy.mkdir()
    for path in table_files():
        shutil.copy(path, copy)
    return copy


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Put values into cells of a row that starts with some keys."""

    def change(name: str, row: str, /, **cells: object) -> None:
        path = folder / f"{name}.csv"
        header, *lines = path.read_text().splitlines()
        columns = header.split(",")
        places = [i for i, line in enumerate(lines) if line.startswith(f"{row},")]
        assert len(places) == 1
        values = lines[places[0]].split(",")
        for column, value in cells.items():
            values[columns.index(column)] = str(value)
        lines[places[0]] = ",".join(values)
        path.write_text("\n".join([header, *lines]) + "\n")

    return change
