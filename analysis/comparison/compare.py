"""Comparison of simulators: distances of their statistics, and verdicts by the yardstick."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison import yardstick
from analysis.comparison.distances import Sample, cumulative, kullback_leibler
from analysis.comparison.yardstick import NO_BAND, Band
from analysis.runs import Run, check_windows, read_runs
from analysis.statistics.catalogue import STATISTICS
from analysis.tables import COMPARISON_COLUMNS
from procortex.formats.populations import AREAS, LAYER_POPULATIONS
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress

SLOW_POPULATIONS = ("23E", "6E")
ENOUGH_FOR_SLOW_MS = 5000.0
"""LvR of populations with few spikes is reported, not judged, in shorter windows: most neurons have less than 3 spikes there."""
GRID_POINTS = 400
"""Points of a pooled distribution at which random arrangements are compared."""


@dataclass(frozen=True)
class Measured:
    """One number of a comparison, and how its band follows from a level."""

    population: str
    statistic: str
    measure: str
    value: float
    judged: bool = False
    band: Callable[[float], Band] = field(default=lambda _: NO_BAND)


@dataclass(frozen=True)
class Pair:
    """Runs of two simulators in one state."""

    state: str
    reference: list[Run]
    candidate: list[Run]

    @property
    def runs(self) -> list[Run]:
        """All runs, the reference's first."""
        return [*self.reference, *self.candidate]

    @property
    def seeds_tell(self) -> bool:
        """Whether there are enough runs to see the spread between seeds."""
        return len(self.runs) - 2 >= yardstick.MIN_DEGREES

    @property
    def named(self) -> bool:
        """Whether areas can be paired."""
        return all(run.named_areas for run in self.runs)


def compare(references: Sequence[Path], candidates: Sequence[Path]) -> pd.DataFrame:
    """Compare every candidate simulator with every reference simulator, given their statistics files; see `compare_runs`."""
    return compare_runs(read_runs(references), read_runs(candidates))


def compare_runs(references: list[Run], candidates: list[Run], level: float = yardstick.FAMILY_LEVEL) -> pd.DataFrame:
    """Compare every candidate simulator with every reference simulator, state by state.

    Parameters
    ----------
    references, candidates
        Runs; several seeds of a simulator are several runs.
    level
        Family-wise level of the verdicts of one pair of simulators, over all states.

    Returns
    -------
    pandas.DataFrame
        Columns of ``comparison.parquet``. Measures ks, w1 (statistic's unit), kl (nats) are over all neurons or pairs,
        those with ``_areas`` over area values; mean_difference is candidate minus reference, averaged over areas. With
        several seeds ks and w1 are root mean squares over pairs of runs and kl a mean. Verdict: inside or outside the
        band, or reported where there is no judgement (kl: the band is the range between seeds of one simulator).

    Raises
    ------
    InputError
        If windows differ, or nothing can be compared.
    """
    pairs = _pairs(references, candidates)
    rows = []
    with Progress("comparison", sum(len(group) for group in pairs.values()), "states") as progress:
        for (reference, simulator), group in pairs.items():
            measured = []
            for pair in group:
                measured += [(pair.state, item) for item in _measure(pair)]
                progress.update(1)
            share = level / max(1, sum(item.judged for _, item in measured))
            for state, item in measured:
                low, high = item.band(share) if item.judged or item.measure.startswith("kl") else NO_BAND
                verdict = _verdict(item, low, high)
                rows.append((state, reference, simulator, item.population, item.statistic, item.measure, item.value, low, high, verdict))
    return pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS))


def _verdict(item: Measured, low: float, high: float) -> str:
    if not item.judged or np.isnan(low + high):
        return "reported"
    rounding = 1e-9 * max(abs(low), abs(high))  # values and bands of few areas are often the same fraction
    return "inside" if low - rounding <= item.value <= high + rounding else "outside"


def _pairs(references: list[Run], candidates: list[Run]) -> dict[tuple[str, str], list[Pair]]:
    pairs: dict[tuple[str, str], list[Pair]] = {}
    for state in dict.fromkeys(run.state for run in candidates):
        for reference in dict.fromkeys(run.simulator for run in references if run.state == state):
            for simulator in dict.fromkeys(run.simulator for run in candidates if run.state == state):
                pair = Pair(
                    state,
                    *(
                        [run for run in side if (run.state, run.simulator) == (state, name)]
                        for side, name in ((references, reference), (candidates, simulator))
                    ),
                )
                check_windows(pair.runs)
                pairs.setdefault((reference, simulator), []).append(pair)
    if not pairs:
        states = [", ".join(sorted({run.state for run in side})) or "none" for side in (references, candidates)]
        raise InputError(f"reference and candidate share no state: {states[0]} against {states[1]}; use the same --state NAME for both")
    return pairs


def _measure(pair: Pair) -> Iterator[Measured]:
    """All numbers of one state."""
    pooled = all(run.pooled for run in pair.runs)
    compared = 0
    for statistic in STATISTICS:
        short = statistic == "lvr" and pair.runs[0].window[1] - pair.runs[0].window[0] < ENOUGH_FOR_SLOW_MS
        values = {population: _area_values(pair, statistic, population) for population in LAYER_POPULATIONS}
        values = {population: each for population, each in values.items() if each[0].shape[1] > 0}
        judged = {population: not (short and population in SLOW_POPULATIONS) for population in values}
        compared += len(values)
        for population, (matrix, comparable) in values.items():
            yield _mean_difference(pair, population, statistic, matrix, judged[population] and comparable)
        by_area = {population: [_samples_of(row, paired=pair.named) for row in matrix] for population, (matrix, _) in values.items()}
        fair = {population: judged[population] and comparable and not pooled for population, (_, comparable) in values.items()}
        yield from _distances(pair, statistic, "_areas", by_area, fair)
        if pooled:
            areas = _common_areas(pair)
            by_neuron = {population: _pooled_samples(pair, statistic, population, areas) for population in values}
            yield from _distances(pair, statistic, "", {name: sample for name, sample in by_neuron.items() if sample[0]}, judged)
    if not compared:
        raise InputError(
            f"{pair.candidate[0].path} and {pair.reference[0].path} share no area of state {pair.state}; simulate the same areas"
        )


def _samples_of(row: NDArray[np.float64], *, paired: bool) -> list[Sample]:
    """Area values as one sample for each area where areas can be paired, else as one."""
    return [Sample.of(part) for part in (row[:, None] if paired else row[None, :])]


def _common_areas(pair: Pair) -> list[str]:
    return [area for area in AREAS if all(area in run.areas.columns for run in pair.runs)]


def _area_values(pair: Pair, statistic: str, population: str) -> tuple[NDArray[np.float64], bool]:
    """Area values, shape (runs, areas), and whether they are of the same areas on both sides."""
    empty = np.empty((len(pair.runs), 0))
    if any((statistic, population) not in run.areas.index for run in pair.runs):
        return empty, False
    rows: list[Any] = [run.areas.loc[(statistic, population)] for run in pair.runs]
    if pair.named:
        matrix = np.array([row.reindex(_common_areas(pair)).to_numpy(float) for row in rows]).reshape(len(rows), -1)
        return matrix[:, ~np.isnan(matrix).any(axis=0)], True
    sorted_rows = [np.sort(row.dropna().to_numpy(float)) for row in rows]
    if len({len(row) for row in sorted_rows}) != 1:  # ranks of all areas say nothing about a run of some
        return empty, False
    return np.array(sorted_rows), True


def _pooled_samples(pair: Pair, statistic: str, population: str, areas: Sequence[str]) -> list[list[Sample]]:
    """Distributions of each run by area, for the areas where every run has one."""
    kept = [area for area in areas if all((statistic, population, area) in run.pooled for run in pair.runs)]
    return [[run.pooled[statistic, population, area] for area in kept] for run in pair.runs]


def _mean_difference(pair: Pair, population: str, statistic: str, matrix: NDArray[np.float64], judged: bool) -> Measured:
    reference, candidate = matrix[: len(pair.reference)], matrix[len(pair.reference) :]
    value = float(candidate.mean() - reference.mean())

    def band(level: float) -> Band:
        if pair.seeds_tell:
            return yardstick.mean_band(reference.mean(axis=1), candidate.mean(axis=1), level)
        first, second = reference.mean(axis=0), candidate.mean(axis=0)
        rows = (second - first) if pair.named else np.concatenate([first, second])
        if not yardstick.can_flip(len(rows), level):
            return NO_BAND
        half = yardstick.flipped_quantiles(rows[:, None] / len(first), np.zeros(1), level, paired=pair.named)[0]
        return -half, half

    return Measured(population, statistic, "mean_difference", value, judged, band)


def _distances(
    pair: Pair, statistic: str, suffix: str, samples: dict[str, list[list[Sample]]], judged: dict[str, bool]
) -> Iterator[Measured]:
    """KS, W1 and KL of every population; `samples` holds for each population and run its samples by area."""
    n_reference = len(pair.reference)
    merged = {population: [_merge(parts) for parts in runs] for population, runs in samples.items()}
    matrices = {population: _distance_matrices(runs) for population, runs in merged.items()}

    @cache
    def single_bands(population: str, level: float) -> tuple[Band, Band]:
        return _single_bands(pair, samples[population], merged[population], level)

    def band(kind: int, population: str, modes: float, level: float) -> Band:
        if pair.seeds_tell:
            return yardstick.distance_band(matrices[population][kind], n_reference, modes, level)
        return single_bands(population, level)[kind]

    for kind, measure in enumerate(("ks", "w1")):
        distances = {population: both[kind] for population, both in matrices.items()}
        modes = yardstick.effective_modes(list(distances.values()), n_reference) if pair.seeds_tell else 1.0
        for population, distance in distances.items():
            value = yardstick.cross_distance(distance, n_reference)
            yield Measured(population, statistic, measure + suffix, value, judged[population], partial(band, kind, population, modes))
    for population, runs in merged.items():
        reference, candidate = runs[:n_reference], runs[n_reference:]
        value = float(np.mean([kullback_leibler(first, second) for first in reference for second in candidate]))
        within = [kullback_leibler(*two) for side in (reference, candidate) for two in permutations(side, 2)]
        yield Measured(population, statistic, "kl" + suffix, value, band=partial(_range, within))


def _range(values: list[float], _: float) -> Band:
    return (min(values), max(values)) if values else NO_BAND


def _merge(parts: list[Sample]) -> Sample:
    if len(parts) == 1:
        return parts[0]
    value, place = np.unique(np.concatenate([part.value for part in parts]), return_inverse=True)
    count = np.bincount(place, weights=np.concatenate([part.count for part in parts]))
    return Sample(value, count.astype(np.float64))


def _distance_matrices(samples: Sequence[Sample]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """KS and W1 distances of every two samples."""
    grid, functions = cumulative(samples)
    ks, w1 = np.zeros((2, len(samples), len(samples)))
    for i, function in enumerate(functions):
        difference = np.abs(functions - function)
        ks[i], w1[i] = difference.max(axis=1), difference[:, :-1] @ np.diff(grid)
    return ks, w1


def _single_bands(pair: Pair, samples: list[list[Sample]], merged: list[Sample], level: float) -> tuple[Band, Band]:
    """Bands of KS and W1 from random arrangements of areas; samples by area, or all area values in one sample."""
    grid = np.unique(np.concatenate([sample.value for sample in merged]))
    if len(grid) > GRID_POINTS:
        both = _merge(merged)
        grid = np.unique(np.array([both.value[0], *(both.quantile(q) for q in np.linspace(0, 1, GRID_POINTS - 1))]))
    if pair.named:
        rows = yardstick.paired_rows(samples[0], samples[-1], grid)
    else:  # only area values come without names
        values = np.concatenate([np.repeat(sample.value, sample.count.astype(int)) for sample in (merged[0], merged[-1])])
        rows = (values[:, None] <= grid) / (len(values) / 2)
    if not yardstick.can_flip(len(rows), level):
        return NO_BAND, NO_BAND
    ks, w1 = yardstick.flipped_quantiles(rows, np.append(np.diff(grid), 0.0), level, paired=pair.named)
    return (0.0, ks), (0.0, w1)
