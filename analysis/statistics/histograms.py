"""Histograms over all neurons or pairs of a layer population: the tables, whose bins they use, and how far they lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.distances import kl_of_histograms
from analysis.runs import RunKey, note_run, run_key
from analysis.tables import Windows, add_table, read_table
from procortex.utilities.atomic import Whole, whole_files
from procortex.utilities.errors import InputError
from sources.histograms import STATE, published_histograms

HISTOGRAM_COLUMNS = ("state", "simulator", "seed", "population", "statistic", "low", "high", "count")
"""Columns of ``histograms.parquet``: a row for each bin from `low` to `high`; a first and a last row hold what lies outside the bins."""

Key = tuple[str, str]
"""Statistic and layer population."""
Edges = Mapping[Key, NDArray[np.float64]]


@dataclass(frozen=True)
class Histogram:
    """Counts in bins, the last of which is closed.

    Attributes
    ----------
    edges
        Shape (bins + 1,).
    counts
        Shape (bins,).
    below, above
        Number of values outside the edges.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    below: int = 0
    above: int = 0

    @property
    def cumulative(self) -> NDArray[np.float64]:
        """Distribution function at the edges, shape (bins + 1,)."""
        total = np.cumsum(np.concatenate([[self.below], self.counts]))
        return np.asarray(total / (total[-1] + self.above))

    @property
    def mean(self) -> float:
        """Mean of the values within the edges, each taken to lie in the middle of its bin."""
        return float(np.average((self.edges[1:] + self.edges[:-1]) / 2, weights=self.counts))


@dataclass(frozen=True)
class BinnedRun:
    """Histograms of one simulation of one state.

    Attributes
    ----------
    window
        Start and end of the window of its statistics (ms).
    """

    path: Path
    state: str
    simulator: str
    seed: int
    window: tuple[float, float]
    histograms: Mapping[Key, Histogram]


def kl_divergence(truth: Histogram, other: Histogram) -> float:
    """Kullback-Leibler divergence of `other` from `truth` as in Knight and Nowotny (2021); NaN where no bin holds values of both."""
    p, q = truth.counts.astype(np.float64), other.counts.astype(np.float64)
    return kl_of_histograms(p, q) if (p * q).any() else float("nan")


def ks_distance(first: Histogram, second: Histogram) -> float:
    """Largest difference of the distribution functions at the edges."""
    return float(np.abs(first.cumulative - second.cumulative).max())


def check_edges(first: BinnedRun, second: BinnedRun, key: Key) -> None:
    """Refuse histograms on different bins: the divergence depends on them.

    Raises
    ------
    InputError
        Naming both files.
    """
    if not np.array_equal(first.histograms[key].edges, second.histograms[key].edges):
        raise InputError(
            f"{second.path}: the histogram of {key[0]} in {key[1]} has other bins than {first.path}; "
            f"make it again with --edges {first.path}"
        )


def published_binned(folder: Path | None = None) -> tuple[pd.DataFrame, Windows]:
    """Bring the published histograms of NEST and of the seeds of GeNN, all of the ground state, into a table; and its windows."""
    from analysis.comparison.published import SEED, WINDOWS

    parts = []
    for (statistic, population), each in published_histograms(folder).items():
        key = {"state": STATE, "population": population, "statistic": statistic}
        parts.append(as_rows(Histogram(each.edges, each.nest)).assign(simulator="nest-published", seed=SEED, **key))
        parts += [
            as_rows(Histogram(each.edges, genn)).assign(simulator="genn-published", seed=seed, **key) for seed, genn in each.genn.items()
        ]
    return pd.concat(parts, ignore_index=True), {STATE: WINDOWS[STATE]}


def as_rows(histogram: Histogram) -> pd.DataFrame:
    """Columns low, high and count of a histogram."""
    return pd.DataFrame(
        {
            "low": np.concatenate([[-np.inf], histogram.edges]),
            "high": np.concatenate([histogram.edges, [np.inf]]),
            "count": np.concatenate([[histogram.below], histogram.counts, [histogram.above]]),
        }
    )


def write_histograms(frame: pd.DataFrame, path: Path, windows: Windows) -> None:
    """Write a table of histograms as Parquet; it is too long for people to read."""
    with whole_files() as whole:
        add_histograms(whole, frame, path, windows)


def add_histograms(whole: Whole, frame: pd.DataFrame, path: Path, windows: Windows) -> None:
    """Write a table of histograms that appears together with other files (`procortex.utilities.atomic.whole_files`)."""
    names = ("state", "simulator", "population", "statistic")
    add_table(whole, frame.astype(dict.fromkeys(names, "category")), path, HISTOGRAM_COLUMNS, windows, csv=False)


def read_histograms(paths: Sequence[Path]) -> list[BinnedRun]:
    """Read tables of histograms.

    Raises
    ------
    InputError
        If a file is no such table, or holds a run that another one holds, too.
    """
    runs: list[BinnedRun] = []
    given: dict[RunKey, Path] = {}
    for path in paths:
        frame, windows = read_table(path, HISTOGRAM_COLUMNS)
        for key, part in frame.groupby(["state", "simulator", "seed"], sort=False, observed=True):
            state, simulator, seed = run_key(key)
            if state not in windows:
                raise InputError(f"{path}: the window of state {state} is not recorded; make the file again with `python -m analysis`")
            note_run((state, simulator, seed), path, given)
            histograms = {
                (str(statistic), str(population)): _histogram(rows, path, f"{statistic} of {population}")
                for (statistic, population), rows in part.groupby(["statistic", "population"], sort=False, observed=True)
            }
            runs.append(BinnedRun(path, state, simulator, seed, windows[state], histograms))
    return runs


def _histogram(rows: pd.DataFrame, path: Path, name: str) -> Histogram:
    low, edges = rows["low"].to_numpy(float)[1:], rows["high"].to_numpy(float)[:-1]
    if len(edges) < 2 or not (np.isfinite(edges).all() and (np.diff(edges) > 0).all() and (low == edges).all()):
        raise InputError(
            f"{path}: {name} is no histogram; expected a row for each bin in ascending order, and a first and a last row for what lies "
            "outside the bins; make it again with `python -m analysis`"
        )
    count = rows["count"].to_numpy(np.int64)
    return Histogram(edges, count[1:-1], int(count[0]), int(count[-1]))


def edges_of(place: Path | None, state: str) -> Edges:
    """Bin edges that histograms of a state are to use.

    Parameters
    ----------
    place
        Another run's ``histograms.parquet``, or a folder of published files (or their digest); nothing if None.
    state
        The state. The published edges are those of the ground state: another state's populations have bins of their own.

    Raises
    ------
    InputError
        If `place` holds no histograms, or runs of this state on different bins.
    """
    if place is None:
        return {}
    if place.suffix != ".parquet":
        return {key: each.edges for key, each in published_histograms(place).items()} if state == STATE else {}
    runs = [run for run in read_histograms([place]) if run.state == state]
    for run in runs[1:]:
        for key in run.histograms.keys() & runs[0].histograms.keys():
            check_edges(runs[0], run, key)
    return {key: histogram.edges for run in runs for key, histogram in run.histograms.items()}
