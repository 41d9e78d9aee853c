"""Tables of statistics with given values."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analysis.tables import STATISTICS_COLUMNS, write_table

WINDOWS = {"ground": (500.0, 10500.0), "resting": (500.0, 100500.0)}
"""Start and end (ms) of the published statistics."""

Row = tuple[str, str, int, str, str, str, float, float]
"""State, simulator, seed, area, population, statistic, value, number of neurons or trains."""


def write_statistics(path: Path, rows: Iterable[Row], states: Iterable[str]) -> Path:
    """Write a table in the published definition and return its path."""
    full = [(*names, "knight2021", value, n) for *names, value, n in rows]
    write_table(pd.DataFrame(full, columns=list(STATISTICS_COLUMNS)), path, STATISTICS_COLUMNS, {state: WINDOWS[state] for state in states})
    return path
