"""Statistics and series of all simulations of a sweep in one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from analysis.dynamics.rate_series import after_start, area_rates, mean_rate, population_rates, synchrony
from analysis.runs import series_key
from analysis.statistics.definitions import DEFAULT
from analysis.sweep.points import Points, shown
from analysis.tables import POOLED, STATISTICS_COLUMNS, read_table
from procortex.formats.populations import LAYER_POPULATIONS, label_layers
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress

KEYS = ("simulator", "seed")
VALUES = ("area", "population", "statistic", "definition", "value")
SYNCHRONY = "schmidt2018"
"""Definition of the synchrony: standard deviation over mean of the rate in bins of 1 ms."""


def columns_of(points: Points) -> tuple[str, ...]:
    """Columns of the table."""
    return ("state", *points.columns.values(), *KEYS, *VALUES)


def gather(points: Points, statistics: Sequence[Path], series: Sequence[Path]) -> pd.DataFrame:
    """Gather what simulations of all points show.

    Parameters
    ----------
    points
        The points.
    statistics
        Statistics of the simulations, over all areas.
    series
        Spike counts of the same simulations.

    Returns
    -------
    pandas.DataFrame
        One row for each state, simulator, seed, and value: for each layer population the statistics over all areas and the mean over areas
        of the synchrony; rate and synchrony of each area, and of all neurons (population ``all``). Rates in spikes/s.

    Raises
    ------
    InputError
        If a file is of a state that is no point, or a point has no file.
    """
    parts = []
    with Progress("sweep", len(statistics) + len(series), "files") as progress:
        for path in statistics:
            parts.append(_check(points, _of_statistics(path), path))
            progress.update(1)
        for path in series:
            parts.append(_check(points, _of_series(read_series(path)), path))
            progress.update(1)
    table = pd.concat(parts, ignore_index=True)
    for kind, given in (("statistics", parts[: len(statistics)]), ("series", parts[len(statistics) :])):
        missing = [state for state in points.states if not any((part["state"] == state).any() for part in given)]
        if missing:
            raise InputError(f"{kind}: none of state {', '.join(missing)}; expected those of every point of the sweep")
    for name, column in points.columns.items():
        values = [points.states[state][name] for state in table["state"]]
        table[column] = values if all(isinstance(value, int | float) for value in values) else [shown(value) for value in values]
    order = {state: place for place, state in enumerate(points.states)}
    table = table.assign(order=table["state"].map(order)).sort_values(["order", *KEYS], kind="stable")
    return table[list(columns_of(points))].reset_index(drop=True)


def _check(points: Points, part: pd.DataFrame, path: Path) -> pd.DataFrame:
    unknown = sorted(set(part["state"]) - set(points.states))
    if unknown:
        raise InputError(f"{path}: state {unknown[0]!r} is no point of the sweep, expected one of {', '.join(points.states)}")
    return part


def _of_statistics(path: Path) -> pd.DataFrame:
    frame = read_table(path, STATISTICS_COLUMNS)[0]
    pooled: pd.DataFrame = frame[(frame["definition"] == DEFAULT) & (frame["area"] == POOLED)]
    return pooled[["state", *KEYS, *VALUES]]


def _of_series(whole: xr.Dataset) -> pd.DataFrame:
    series = after_start(whole)
    state, simulator, seed = series_key(series)
    rows: list[dict[str, Any]] = []

    def add(area: str, population: str, statistic: str, definition: str, value: float) -> None:
        rows.append({"area": area, "population": population, "statistic": statistic, "definition": definition, "value": value})

    of_populations = synchrony(population_rates(series)).to_numpy()
    layers = label_layers([str(label) for label in series["target"].to_numpy()])
    for population in LAYER_POPULATIONS:
        values = of_populations[layers == population]
        values = values[~np.isnan(values)]  # silent ones have none
        if (layers == population).any():
            add(POOLED, population, "synchrony", SYNCHRONY, float(values.mean()) if len(values) else np.nan)
    areas = area_rates(series)
    for area, rate, value in zip(areas["area"].to_numpy(), areas.mean("time").to_numpy(), synchrony(areas).to_numpy(), strict=True):
        add(str(area), POOLED, "rate", DEFAULT, float(rate))
        add(str(area), POOLED, "synchrony", SYNCHRONY, float(value))
    everyone = mean_rate(series)
    add(POOLED, POOLED, "rate", DEFAULT, float(everyone.mean()))
    add(POOLED, POOLED, "synchrony", SYNCHRONY, float(synchrony(everyone)))
    return pd.DataFrame(rows).assign(state=state, simulator=simulator, seed=seed)
