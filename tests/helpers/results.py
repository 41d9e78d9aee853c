"""Results of made-up simulations: what the analysis makes of their spikes, and tables of statistics with given values."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.tables import STATISTICS_COLUMNS, write_table
from tests.helpers.spikes import write_spikes

FILES = {"series": "series.nc", "statistics": "statistics.parquet"}

WINDOWS = {"ground": (500.0, 10500.0), "resting": (500.0, 100500.0)}
"""Start and end (ms) of the published statistics."""

Row = tuple[str, str, int, str, str, str, float, float]
"""State, simulator, seed, area, population, statistic, value, number of neurons or trains."""


def analyse(*arguments: object) -> int:
    """Exit status of ``python -m analysis`` with some arguments, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["analysis", *map(str, arguments)])
        return main()


def write_run(folder: Path, state: str, areas: Sequence[str], seed: int, kinds: Sequence[str] = tuple(FILES), **spikes: Any) -> Path:
    """Write spikes (options of `write_spikes`), their series and their statistics; return the folder."""
    write_spikes(folder / "spikes", areas, seed, **spikes)
    for kind in kinds:
        assert analyse(kind, folder / "spikes", "--state", state, "--out", folder / FILES[kind]) == 0
    return folder


def write_statistics(path: Path, rows: Iterable[Row], states: Iterable[str]) -> Path:
    """Write a table in the published definition and return its path."""
    full = [(*names, "knight2021", value, n) for *names, value, n in rows]
    write_table(pd.DataFrame(full, columns=list(STATISTICS_COLUMNS)), path, STATISTICS_COLUMNS, {state: WINDOWS[state] for state in states})
    return path
