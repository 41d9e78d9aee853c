"""Judgements of the area without input from others: the state must matter neither to its rates nor to its spikes, bin by bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.comparison.acceptance import rules
from analysis.comparison.acceptance.rules import Judgement
from analysis.runs import Run, RunKey, note_run, series_key
from procortex.formats.populations import split_label
from procortex.formats.series import UNNAMED, read_series
from procortex.utilities.errors import InputError

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class IsolatedSeries:
    """Spike counts of the isolated area in one simulation.

    Attributes
    ----------
    t_sim
        Length of the simulation (ms).
    counts
        Spikes in bins of 1 ms from 0 on, shape (bins,), by layer population.
    neurons
        Counted neurons by layer population.
    """

    path: Path
    state: str
    simulator: str
    seed: int
    t_sim: float
    counts: Mapping[str, Counts]
    neurons: Mapping[str, int]


def read_isolated(paths: Sequence[Path]) -> list[IsolatedSeries]:
    """Read the isolated area's part of series files; one file at a time is in memory.

    Raises
    ------
    InputError
        If a file is no series, does not say which state it is of, or is of a run that another one is of, too.
    """
    found: list[IsolatedSeries] = []
    given: dict[RunKey, Path] = {}
    for path in paths:
        series = read_series(path)
        state, simulator, seed = key = series_key(series)
        if state == UNNAMED:
            raise InputError(f"{path}: names no state; give what `python -m analysis series SPIKES --state NAME` makes of the run")
        note_run(key, path, given)
        names = [split_label(str(label)) for label in series["target"].to_numpy()]
        mine = {population: place for place, (area, population) in enumerate(names) if area == rules.ISOLATED_AREA}
        counts = {population: series["counts"].to_numpy()[place].astype(np.int64) for population, place in mine.items()}
        neurons = {population: int(series["neurons"][place]) for population, place in mine.items()}
        found.append(IsolatedSeries(path, state, simulator, seed, float(series.attrs["t_sim"]), counts, neurons))
    return found


def isolated_rates(ground: Run, resting: Run) -> list[Judgement]:
    """Judge the rates over the whole windows.

    Parameters
    ----------
    ground, resting
        The same seed in both states; `ours` of a judgement is the rate in the resting state.
    """
    limit = rules.ISOLATED_PERCENT
    rates = [run.areas.loc["rate"][rules.ISOLATED_AREA] for run in (ground, resting)]
    return [
        Judgement(population, "rate", "isolated", 100 * float(second / first - 1), -limit, limit, ours=float(second))
        for population, first, second in zip(rates[0].index, rates[0], rates[1].reindex(rates[0].index), strict=True)
    ]


def isolated_counts(ground: IsolatedSeries, resting: IsolatedSeries) -> list[Judgement]:
    """Judge the spike counts within the time that both simulations have.

    Rates over windows of different length differ by the fluctuations of the time that only one of them has. Until the shorter simulation
    ends there is nothing to differ: the area has the same neurons, synapses and random numbers in both states.

    Parameters
    ----------
    ground, resting
        The same seed in both states.

    Returns
    -------
    list of Judgement
        Number of bins that differ, for the populations of which both have counted the same neurons; `ours` is the number of spikes
        in this time, in the resting state.
    """
    judgements = []
    for population, first in ground.counts.items():
        if ground.neurons[population] != resting.neurons.get(population):
            continue
        second = resting.counts[population]
        bins = min(len(first), len(second))
        differ = np.count_nonzero(first[:bins] != second[:bins])
        spikes = float(second[:bins].sum())
        judgements.append(Judgement(population, "rate", "isolated_counts", float(differ), high=rules.ISOLATED_BINS, ours=spikes))
    return judgements
