"""Counts of values in bins, from one pass over the spikes and without keeping a value of any neuron or pair; histograms from them.

Bins of other codes are counted at once. Bins of our own need the whole simulation to be chosen (Freedman and Diaconis), and the
seeds of a state share those of the first: each simulation is counted in cells of a fine grid, on whose lines such bins lie, and
the cells are combined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.distances import Sample
from analysis.runs import run_key
from analysis.statistics.catalogue import BY_NAME
from analysis.statistics.definitions import Window
from analysis.statistics.histograms import Edges, Histogram, Key, as_rows
from analysis.tables import REMEDY, Windows
from procortex.utilities.errors import InputError

MOST_CELLS = 1 << 28
"""Between the first and the last value; rates up to 1000 spikes/s of an hour are 3.6 million."""

NORMAL_WIDTH = 3.49
"""Scott's (1979) bin width is so many standard deviations over the cube root of the number of values."""


@dataclass(frozen=True)
class FineCounts:
    """Counts on the even grid ``(first + k + offset) * quantum``; cell k is half-open."""

    first: int
    counts: NDArray[np.int64]

    def __add__(self, other: FineCounts) -> FineCounts:
        first = min(self.first, other.first)
        counts = np.zeros(max(self.first + len(self.counts), other.first + len(other.counts)) - first, dtype=np.int64)
        for part in (self, other):
            counts[part.first - first : part.first - first + len(part.counts)] += part.counts
        return FineCounts(first, counts)


def count_all(
    values: NDArray[np.float64], statistic: str, edges: NDArray[np.float64] | None, window: Window
) -> NDArray[np.int64] | FineCounts:
    """Count values in given bins (`count`) or in the cells of the statistic (`count_fine`)."""
    return count_fine(values, *_grid(statistic, window.duration_ms)) if edges is None else count(values, edges)


def as_cells(parts: Sequence[Mapping[Key, NDArray[np.int64] | FineCounts]], edges: Edges, window: Window) -> pd.DataFrame:
    """Add up the counts of areas; the columns of histograms without the run's, a row for each bin or cell that holds a value."""
    given: dict[Key, NDArray[np.int64]] = {}
    fine: dict[Key, FineCounts] = {}
    for part in parts:
        for key, counts in part.items():
            if isinstance(counts, FineCounts):
                fine[key] = fine[key] + counts if key in fine else counts
            else:
                given[key] = given[key] + counts if key in given else counts
    frames = [
        as_rows(Histogram(edges[key], counts[1:-1], int(counts[0]), int(counts[-1]))).assign(statistic=key[0], population=key[1])
        for key, counts in given.items()
    ]
    for key, cells in fine.items():
        quantum, offset = _grid(key[0], window.duration_ms)
        place = cells.first + np.flatnonzero(cells.counts)
        rows = {"low": (place + offset) * quantum, "high": (place + 1 + offset) * quantum, "count": cells.counts[cells.counts > 0]}
        frames.append(pd.DataFrame(rows).assign(statistic=key[0], population=key[1]))
    whole = pd.concat(frames, ignore_index=True)
    return whole[whole["count"] > 0]


def bin_counts(counts: pd.DataFrame, windows: Windows, edges: Edges, path: Path) -> pd.DataFrame:
    """Histograms of rates, LvR and correlations over all neurons or pairs of each layer population, areas together.

    Parameters
    ----------
    counts, windows
        Counts of one simulation (``counts.parquet``) and its windows.
    edges
        Bin edges by statistic and layer population. Where there are none, bins have the width of Freedman and Diaconis, rounded to
        a multiple of the cells'.
    path
        Where the counts come from, for messages.

    Returns
    -------
    pandas.DataFrame
        Table of histograms (`analysis.statistics.histograms`).

    Raises
    ------
    InputError
        If no neuron spikes, or a bin's edge lies within a cell.
    """
    frames = []
    for key, part in counts.groupby(["state", "simulator", "seed"], sort=False, observed=True):
        state, simulator, seed = run_key(key)
        if state not in windows:
            raise InputError(f"{path}: the window of state {state} is not recorded; {REMEDY}")
        duration = windows[state][1] - windows[state][0]
        for names, cells in part.groupby(["statistic", "population"], sort=False, observed=True):
            statistic, population = map(str, names)
            own = edges.get((statistic, population))
            _check_cells(cells, statistic, duration, path, own is None)
            if own is None:
                histogram = _of_themselves(cells, statistic, duration)
            else:
                histogram = combine(cells, own, f"{path}: {statistic} in {population}")
            rows = as_rows(histogram).assign(state=state, simulator=simulator, seed=seed)
            frames.append(rows.assign(statistic=statistic, population=population))
    if not frames:
        raise InputError(f"{path}: no value was counted; simulate longer")
    return pd.concat(frames, ignore_index=True)


def _check_cells(cells: pd.DataFrame, statistic: str, duration_ms: float, path: Path, fine: bool) -> None:
    """Refuse cells that are no ascending ones, or where `fine` ones are needed those that are none."""
    if statistic not in BY_NAME:
        raise InputError(f"{path}: {statistic!r} is no statistic, expected {', '.join(BY_NAME)}; {REMEDY}")
    low, high = cells["low"].to_numpy(float), cells["high"].to_numpy(float)
    if not ((low < high).all() and (np.diff(low) > 0).all()):
        raise InputError(f"{path}: the cells of {statistic} are not in ascending order; {REMEDY}")
    if fine and not np.ptp(low) / _grid(statistic, duration_ms)[0] < MOST_CELLS:
        raise InputError(f"{path}: {statistic} was not counted in cells of one fine grid; give the file of its bins as --edges")


def _of_themselves(cells: pd.DataFrame, statistic: str, duration_ms: float) -> Histogram:
    quantum, offset = _grid(statistic, duration_ms)
    place = np.rint(cells["low"].to_numpy() / quantum - offset).astype(np.int64)
    dense = np.zeros(place[-1] - place[0] + 1, dtype=np.int64)
    dense[place - place[0]] = cells["count"]
    return freedman_diaconis(FineCounts(int(place[0]), dense), quantum, offset)


def combine(cells: pd.DataFrame, edges: NDArray[np.float64], what: str) -> Histogram:
    """Combine cells (columns low, high, count) to bins.

    Raises
    ------
    InputError
        If a bin's edge lies within a cell; `what` says whose.
    """
    low, high = cells["low"].to_numpy(), cells["high"].to_numpy()
    middle = np.where(np.isinf(low), -np.inf, np.where(np.isinf(high), np.inf, (low + np.where(np.isinf(high), 0.0, high)) / 2))
    place = np.searchsorted(edges, middle)
    bounds = np.concatenate([[-np.inf], edges, [np.inf]])
    slack = 1e-6 * np.where(np.isfinite(high - low), high - low, 0.0)
    across = (low < bounds[place] - slack) | (high > bounds[place + 1] + slack)
    if across.any():
        raise InputError(
            f"{what} was counted from {low[across][0]:.7g} to {high[across][0]:.7g} at once, across an edge of the bins asked for; "
            "give their file as --edges to `python -m analysis statistics`"
        )
    counts = np.zeros(len(edges) + 1, dtype=np.int64)
    np.add.at(counts, place, cells["count"].to_numpy())
    return Histogram(edges, counts[1:-1], int(counts[0]), int(counts[-1]))


def _grid(statistic: str, duration_ms: float) -> tuple[float, float]:
    """Quantum and offset: rates, which are whole numbers of spikes, lie in the middle of their cells."""
    cell = BY_NAME[statistic].cell
    return (1e3 / duration_ms, -0.5) if cell is None else (cell, 0.0)


def count(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count the values below the edges, in each bin (the last one closed) and above; shape (len(edges) + 1,)."""
    below, above = np.count_nonzero(values < edges[0]), np.count_nonzero(values > edges[-1])
    return np.concatenate([[below], np.histogram(values, edges)[0], [above]]).astype(np.int64)


def count_fine(values: NDArray[np.float64], quantum: float, offset: float) -> FineCounts:
    """Count values on a fine grid."""
    cells = np.floor(values / quantum - offset).astype(np.int64)
    first = int(cells.min())
    return FineCounts(first, np.bincount(cells - first))


def freedman_diaconis(fine: FineCounts, quantum: float, offset: float) -> Histogram:
    """Combine fine counts to bins of Freedman and Diaconis' width, ``2 IQR / n^(1/3)``; Scott's where the interquartile range is 0."""
    place = np.arange(len(fine.counts), dtype=np.float64)
    sample = Sample(place, fine.counts.astype(np.float64))
    total = float(fine.counts.sum())
    spread = 2.0 * (sample.quantile(0.75) - sample.quantile(0.25))
    if spread == 0.0:
        mean = float(place @ fine.counts) / total
        spread = NORMAL_WIDTH * float(np.sqrt(np.square(place - mean) @ fine.counts / total))
    cells = max(1, round(spread / total ** (1 / 3)))
    bins = -(-len(place) // cells)
    counts = np.add.reduceat(fine.counts, np.arange(0, len(place), cells))
    return Histogram((fine.first + offset + cells * np.arange(bins + 1)) * quantum, counts)
