"""Histograms of one simulation, in one pass over its spikes and without keeping a value of any neuron or pair."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.definitions import DEFAULT, DEFINITIONS, Window
from analysis.distances import Sample
from analysis.histograms import Edges, Histogram, Key, as_rows
from analysis.over_areas import over_areas, recorded_areas
from analysis.statistics.collect import area_trains, counted_values
from analysis.tables import Windows
from contracts.errors import InputError
from contracts.spikes import SpikeMeta, read_meta

QUANTUM = {"lvr": 2.0**-14, "correlation": 2.0**-20}
"""Grid on which values are counted before their bins are known; at most a tenth of the bins of the full model. Rates: one spike."""

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


def bin_values(folder: Path, state: str, edges: Edges, t_min: float = 500.0, jobs: int = 1) -> tuple[pd.DataFrame, Windows]:
    """Histograms of rates, LvR and correlations over all neurons or pairs of each layer population, areas together.

    Parameters
    ----------
    folder
        Spike data set.
    state
        Name of the simulated state.
    edges
        Bin edges by statistic and layer population. Where there are none, bins have the width of Freedman and Diaconis, rounded to
        a multiple of `QUANTUM`.
    t_min
        Start of the window (ms).
    jobs
        Number of processes; areas are shared out among them.

    Returns
    -------
    tuple
        Table of histograms (`analysis.histograms`) with the definition of Knight and Nowotny (2021), and its windows.

    Raises
    ------
    InputError
        If the folder holds no readable spikes, or the window is empty.
    """
    meta = read_meta(folder)
    window = Window.between(t_min, meta.t_sim, meta.dt)
    areas = recorded_areas(folder, meta)
    work = partial(_area, folder, meta, window, edges)
    given: dict[Key, NDArray[np.int64]] = {}
    fine: dict[Key, FineCounts] = {}
    for part in over_areas("histograms", work, areas, meta, jobs):
        for key, counts in part.items():
            if isinstance(counts, FineCounts):
                fine[key] = fine[key] + counts if key in fine else counts
            else:
                given[key] = given[key] + counts if key in given else counts
    histograms = {key: Histogram(edges[key], counts[1:-1], int(counts[0]), int(counts[-1])) for key, counts in given.items()}
    histograms |= {key: freedman_diaconis(counts, *_grid(key[0], window)) for key, counts in fine.items()}
    if not histograms:
        raise InputError(f"{folder}: no neuron spikes from {t_min:g} to {meta.t_sim:g} ms; simulate longer")
    run: dict[str, Any] = {"state": state, "simulator": meta.backend, "seed": meta.seed}
    frames = [as_rows(histogram).assign(statistic=key[0], population=key[1], **run) for key, histogram in histograms.items()]
    return pd.concat(frames, ignore_index=True), {state: (t_min, meta.t_sim)}


def _area(folder: Path, meta: SpikeMeta, window: Window, edges: Edges, area: str) -> dict[Key, NDArray[np.int64] | FineCounts]:
    counts: dict[Key, NDArray[np.int64] | FineCounts] = {}
    for population, trains, first_ever in area_trains(folder, meta, window, area):
        for statistic, _, values in counted_values(trains, first_ever, {DEFAULT: DEFINITIONS[DEFAULT]}):
            key = statistic, population
            if len(values):
                counts[key] = count(values, edges[key]) if key in edges else count_fine(values, *_grid(statistic, window))
    return counts


def _grid(statistic: str, window: Window) -> tuple[float, float]:
    """Quantum and offset: rates, which are whole numbers of spikes, lie in the middle of their cells."""
    return (1e3 / window.duration_ms, -0.5) if statistic == "rate" else (QUANTUM[statistic], 0.0)


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
