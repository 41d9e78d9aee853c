"""All statistics of one simulation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.parallel import over_areas, recorded_areas
from analysis.statistics.binning import FineCounts, as_cells, count_all
from analysis.statistics.catalogue import BY_NAME, CATALOGUE
from analysis.statistics.definitions import DEFAULT, DEFINITIONS, Window
from analysis.statistics.histograms import Edges, Key
from analysis.statistics.trains import Trains
from analysis.tables import POOLED, Windows
from contracts.startup import START_MS
from procortex.formats.populations import split_label
from procortex.formats.spike_meta import SpikeMeta, read_meta
from procortex.formats.spikes import spikes_by_population

SMALLEST_EXPONENT = -10
"""Below 2**-10 the grid of rounded values is even."""


@dataclass(frozen=True)
class Collected:
    """Statistics of one simulation and what lies behind them.

    Attributes
    ----------
    statistics, distributions
        With the columns of `analysis.tables`.
    counts
        Values of all neurons or pairs of each layer population, areas together, counted in bins so narrow that histograms follow from
        them; see `analysis.statistics.binning`.
    """

    statistics: pd.DataFrame
    distributions: pd.DataFrame
    counts: pd.DataFrame
    windows: Windows


@dataclass(frozen=True)
class _Part:
    """What one area gives."""

    rows: list[dict[str, object]]
    distributions: list[pd.DataFrame]
    counts: dict[Key, NDArray[np.int64] | FineCounts]


def collect(folder: Path, state: str, t_min: float = START_MS, jobs: int = 1, edges: Edges | None = None) -> Collected:
    """Compute the statistics of every recorded population, in one pass over the spikes.

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
    edges
        Bins, by statistic and layer population, that histograms are to have which do not follow from finer counts: those of other codes.

    Raises
    ------
    InputError
        If the folder holds no readable spikes, or the window is empty.
    """
    meta = read_meta(folder)
    window = Window.between(t_min, meta.t_sim, meta.dt)
    edges = edges or {}
    work = partial(_area, folder, meta, window, edges)
    parts = list(over_areas("statistics", work, recorded_areas(folder, meta), meta, jobs))
    run: dict[str, Any] = {"state": state, "simulator": meta.backend, "seed": meta.seed}
    rows = pd.DataFrame([row for part in parts for row in part.rows])
    statistics = pd.concat([rows, _pooled(rows)], ignore_index=True).assign(**run)
    distributions = pd.concat([frame for part in parts for frame in part.distributions], ignore_index=True).assign(**run)
    for name in ("state", "simulator", "area", "population", "statistic"):
        distributions[name] = distributions[name].astype("category")
    counts = as_cells([part.counts for part in parts], edges, window).assign(**run)
    return Collected(statistics, distributions, counts, {state: (t_min, meta.t_sim)})


def _area(folder: Path, meta: SpikeMeta, window: Window, edges: Edges, area: str) -> _Part:
    part = _Part([], [], {})
    for label, neuron, step in spikes_by_population(folder, meta, area):
        population = split_label(label)[1]
        trains = Trains.from_columns(neuron, step, meta.recorded[label], window)
        first_ever = int(neuron.min()) if len(neuron) else 0
        del neuron, step  # as large as all that follows
        for statistic, definition, values in _values(trains, first_ever):
            key = {"area": area, "population": population, "statistic": statistic}
            part.rows.append({**key, "definition": definition, "value": values.mean() if len(values) else np.nan, "n": len(values)})
            if definition == DEFAULT:
                value, count = compressed(values, BY_NAME[statistic].bits)
                part.distributions.append(pd.DataFrame({"value": value, "count": count}).assign(**key))
                if len(values):
                    part.counts[statistic, population] = count_all(values, statistic, edges.get((statistic, population)), window)
    return part


def _values(trains: Trains, first_ever: int) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Statistic, name of the definition, and the values of the neurons or pairs that the definition counts."""
    prepared = [(statistic.name, statistic.values(trains, first_ever)) for statistic in CATALOGUE]
    for definition in DEFINITIONS.values():
        for statistic, values_of in prepared:
            yield statistic, definition.name, values_of(definition)


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
