"""All statistics of one simulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.definitions import DEFAULT, DEFINITIONS, Definition, Window
from analysis.over_areas import over_areas, recorded_areas
from analysis.statistics.correlation import correlations, subsample
from analysis.statistics.irregularity import counted_lvr
from analysis.statistics.rates import firing_rates
from analysis.statistics.trains import Trains
from analysis.tables import POOLED, Windows
from contracts.errors import InputError
from contracts.populations import split_label
from contracts.spikes import SpikeMeta, read_meta, read_spikes

STATISTICS = ("rate", "lvr", "correlation")
MANTISSA_BITS = {"rate": 53, "lvr": 12, "correlation": 10}
"""Stored distributions: values are rounded to so many significant bits, so that equal ones can be counted (rates stay exact)."""
SMALLEST_EXPONENT = -10
"""Below 2**-10 the grid of rounded values is even."""


@dataclass(frozen=True)
class Collected:
    """Statistics of one simulation and the distributions behind them, with the columns of `analysis.tables`."""

    statistics: pd.DataFrame
    distributions: pd.DataFrame
    windows: Windows


def collect(folder: Path, state: str, t_min: float = 500.0, jobs: int = 1) -> Collected:
    """Compute rates, LvR and correlations of every recorded population.

    Parameters
    ----------
    folder
        Spike data set.
    state
        Name of the simulated state.
    t_min
        Start of the window (ms).
    jobs
        Number of processes; areas are shared out among them.

    Raises
    ------
    InputError
        If the folder holds no readable spikes, or the window is empty.
    """
    meta = read_meta(folder)
    window = Window.between(t_min, meta.t_sim, meta.dt)
    areas = recorded_areas(folder, meta)
    work = partial(_area, folder, meta, window)
    parts = list(over_areas("statistics", work, areas, meta, jobs))
    run: dict[str, Any] = {"state": state, "simulator": meta.backend, "seed": meta.seed}
    rows = pd.DataFrame([row for part, _ in parts for row in part])
    statistics = pd.concat([rows, _pooled(rows)], ignore_index=True).assign(**run)
    distributions = pd.concat([frame for _, frames in parts for frame in frames], ignore_index=True).assign(**run)
    for name in ("state", "simulator", "area", "population", "statistic"):
        distributions[name] = distributions[name].astype("category")
    return Collected(statistics, distributions, {state: (t_min, meta.t_sim)})


def area_trains(folder: Path, meta: SpikeMeta, window: Window, area: str) -> Iterator[tuple[str, Trains, int]]:
    """Spike trains of each recorded population of an area.

    Yields
    ------
    tuple
        Layer population, its trains within the window, and its lowest neuron that spikes at any time (0 if none does).

    Raises
    ------
    InputError
        If a spike is of a neuron that was not recorded.
    """
    spikes = read_spikes(folder, area)
    population_of_spike = spikes["population"].to_numpy().astype(str) if spikes.empty else spikes["population"]
    for label, recorded in meta.recorded.items():
        population = split_label(label)[1]
        if split_label(label)[0] != area or recorded == 0:
            continue
        mine = spikes[population_of_spike == population]
        if len(mine) and int(mine["neuron"].max()) >= recorded:
            raise InputError(
                f"{folder}: {label} has a spike of neuron {mine['neuron'].max()}, but {recorded} neurons were recorded; simulate again"
            )
        first_ever = int(mine["neuron"].min()) if len(mine) else 0
        yield population, Trains.from_columns(mine["neuron"], mine["step"], recorded, window), first_ever


def _area(folder: Path, meta: SpikeMeta, window: Window, area: str) -> tuple[list[dict[str, object]], list[pd.DataFrame]]:
    rows: list[dict[str, object]] = []
    frames = []
    for population, trains, first_ever in area_trains(folder, meta, window, area):
        for statistic, definition, values in counted_values(trains, first_ever, DEFINITIONS):
            key = {"area": area, "population": population, "statistic": statistic}
            rows.append({**key, "definition": definition, "value": values.mean() if len(values) else np.nan, "n": len(values)})
            if definition == DEFAULT:
                value, count = compressed(values, MANTISSA_BITS[statistic])
                frames.append(pd.DataFrame({"value": value, "count": count}).assign(**key))
    return rows, frames


def counted_values(
    trains: Trains, first_ever: int, definitions: Mapping[str, Definition]
) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Statistic, name of the definition, and the values of the neurons or pairs that the definition counts."""
    rates = firing_rates(trains)
    pairs = correlations(trains, subsample(trains, first_ever))
    for name, definition in definitions.items():
        yield "rate", name, rates
        yield "lvr", name, counted_lvr(trains, definition)
        yield "correlation", name, np.nan_to_num(pairs) if definition.undefined_as_zero else pairs[~np.isnan(pairs)]


def _pooled(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over the neurons or pairs of all areas, by layer population."""
    sums = (
        rows.assign(value=rows["value"].fillna(0.0) * rows["n"])
        .groupby(["population", "statistic", "definition"], sort=False)[["value", "n"]]
        .sum()
    )
    sums["value"] = sums["value"] / sums["n"].where(sums["n"] > 0)
    return sums.reset_index().assign(area=POOLED)


def compressed(values: NDArray[np.float64], bits: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Round values to `bits` significant bits (evenly below 2**-10) and count equal ones.

    Returns
    -------
    tuple
        The distinct rounded values, ascending, and how often each occurs.
    """
    exponent = np.maximum(np.frexp(values)[1], SMALLEST_EXPONENT)
    rounded = np.ldexp(np.rint(np.ldexp(values, bits - exponent)), exponent - bits)
    distinct, count = np.unique(rounded, return_counts=True)
    return distinct, count
