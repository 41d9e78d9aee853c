"""Statistics files of several runs, grouped for comparison and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from analysis.comparison.distances import Sample
from analysis.statistics.definitions import DEFAULT
from analysis.tables import DISTRIBUTION_COLUMNS, POOLED, STATISTICS_COLUMNS, distributions_path, read_table
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError

RunKey = tuple[str, str, int]
"""State, simulator and seed."""


@dataclass(frozen=True)
class Run:
    """One simulation of one state.

    Attributes
    ----------
    window
        Start and end of the window of its statistics (ms).
    areas
        Area values: rows (statistic, population), columns areas, NaN where there is none.
    pooled
        Distributions over neurons or pairs by (statistic, population, area); empty where the source has none.
    """

    path: Path
    state: str
    simulator: str
    seed: int
    window: tuple[float, float]
    areas: pd.DataFrame
    pooled: dict[tuple[str, str, str], Sample]

    @property
    def named_areas(self) -> bool:
        """Whether area values carry areas, not ranks."""
        return all(area in AREAS for area in self.areas.columns)


def read_runs(paths: Sequence[Path], *, with_distributions: bool = True, definition: str = DEFAULT) -> list[Run]:
    """Read statistics files, and the distributions beside them where there are some.

    Raises
    ------
    InputError
        If a file is no statistics table, or the same run is given twice.
    """
    runs: list[Run] = []
    given: dict[RunKey, Path] = {}
    for path in paths:
        frame, windows = read_table(path, STATISTICS_COLUMNS)
        frame = frame[(frame["definition"] == definition) & (frame["area"] != POOLED)]
        beside = distributions_path(path)
        pooled = read_table(beside, DISTRIBUTION_COLUMNS)[0] if with_distributions and beside.is_file() else None
        for key, part in frame.groupby(["state", "simulator", "seed"], sort=False):
            state, simulator, seed = run_key(key)
            if state not in windows:
                raise InputError(f"{path}: the window of state {state} is not recorded; make the file again with `python -m analysis`")
            note_run((state, simulator, seed), path, given)
            areas = part.pivot_table(index=["statistic", "population"], columns="area", values="value", sort=False)
            samples = {} if pooled is None else _samples(pooled, state, simulator, seed)
            runs.append(Run(path, state, simulator, seed, windows[state], areas, samples))
    return runs


def run_key(key: Any) -> RunKey:
    """State, simulator and seed from the key of a group of rows."""
    state, simulator, seed = key
    return str(state), str(simulator), int(seed)


def series_key(series: xr.Dataset) -> RunKey:
    """State, simulator and seed of the run that a series is of."""
    return run_key([series.attrs[name] for name in ("state", "simulator", "seed")])


def note_run(key: RunKey, path: Path, given: dict[RunKey, Path]) -> None:
    """Note which file gives a run.

    Raises
    ------
    InputError
        If another file has given it.
    """
    state, simulator, seed = key
    if key in given:
        raise InputError(f"{path}: {simulator} with seed {seed} in state {state} was already given by {given[key]}; give each run once")
    given[key] = path


def _samples(frame: pd.DataFrame, state: str, simulator: str, seed: int) -> dict[tuple[str, str, str], Sample]:
    mine = frame[(frame["state"] == state) & (frame["simulator"] == simulator) & (frame["seed"] == seed)]
    return {
        (str(statistic), str(population), str(area)): Sample(part["value"].to_numpy(float), part["count"].to_numpy(float))
        for (statistic, population, area), part in mine.groupby(["statistic", "population", "area"], observed=True)
        if len(part)
    }


def check_windows(runs: Sequence[Run]) -> None:
    """Refuse runs of different windows: rates of the start-up and above all LvR depend on the window.

    Raises
    ------
    InputError
        Naming the first two runs that differ.
    """
    for run in runs[1:]:
        if run.window != runs[0].window:
            raise InputError(
                f"{run.path}: statistics of {run.window[0]:g} to {run.window[1]:g} ms cannot be compared with {runs[0].path} "
                f"({runs[0].window[0]:g} to {runs[0].window[1]:g} ms): LvR depends on the window; use equal t_sim and --t-min"
            )
