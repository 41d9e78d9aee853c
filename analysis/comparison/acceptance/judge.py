"""All judgements of some simulations, from their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pandas as pd

from analysis.comparison.acceptance import areas, pooled
from analysis.comparison.acceptance.isolated import IsolatedSeries, isolated_counts, isolated_rates, read_isolated
from analysis.comparison.acceptance.rules import GENN, GROUND, NEST, RESTING, Judgement, as_frame
from analysis.runs import Run, check_windows, read_runs
from analysis.statistics.histograms import BinnedRun, read_histograms
from procortex.utilities.errors import InputError

OfRun = TypeVar("OfRun", BinnedRun, IsolatedSeries)


def acceptance(
    references: Sequence[Path], candidates: Sequence[Path], histograms: Sequence[Path] = (), series: Sequence[Path] = ()
) -> pd.DataFrame:
    """Judge simulations of the full model by the rules of `analysis.comparison.acceptance.rules`.

    Parameters
    ----------
    references
        Published area values as statistics; both states may share a file.
    candidates
        Statistics of our simulations, states ``ground`` and ``resting``; each seed is judged.
    histograms
        Histograms: the published ones and those of our simulations.
    series
        Spike counts of our simulations over time, for the isolated area; those of what is not judged are left out.

    Returns
    -------
    pandas.DataFrame
        Columns of ``acceptance.parquet``.

    Raises
    ------
    InputError
        If there is nothing to judge, windows, bins or lengths differ, or areas are missing.
    """
    published = {(run.state, run.simulator): run for run in read_runs(references, with_distributions=False)}
    binned, counted = read_histograms(histograms), read_isolated(series)
    runs = [run for run in read_runs(candidates, with_distributions=False) if run.state in (GROUND, RESTING)]
    if not runs:
        raise InputError(f"{candidates[0]}: no state called {GROUND} or {RESTING}; nothing published compares with the others")
    nest_binned, genn_binned = _published_histograms(binned)
    parts = []
    for run in runs:
        if (run.state, NEST) not in published:
            raise InputError(
                f"{references[0]}: no values of {NEST} in state {run.state}; expected what `python -m analysis published` writes"
            )
        nest = published[run.state, NEST]
        check_windows([nest, run])
        areas.check_complete(run)
        genn = published.get((run.state, GENN))
        if run.state == GROUND:
            judgements = _with_genn_means(areas.area_by_area(run, nest, genn), nest_binned, genn_binned)
        else:
            judgements = areas.without_order(run, nest, genn)
            same = [each for each in runs if (each.state, each.simulator, each.seed) == (GROUND, run.simulator, run.seed)]
            judgements += _isolated(same[0], run, counted) if same else []
        for each in _own(binned, run):
            if each.window != run.window:
                raise InputError(
                    f"{each.path}: the window ends at {each.window[1]:g} ms, that of {run.path} at {run.window[1]:g} ms; give equal ones"
                )
            judgements += pooled.against_nest(each, nest_binned, genn_binned) if nest_binned and run.state == GROUND else []
        parts.append(as_frame(judgements, run.state, run.simulator, run.seed))
    for state, simulator in dict.fromkeys((run.state, run.simulator) for run in runs):
        seeds = [each for run in runs if (run.state, run.simulator) == (state, simulator) for each in _own(binned, run)]
        if len(seeds) > 1:
            parts.append(as_frame(pooled.among_seeds(seeds), state, simulator, None))
    return pd.concat(parts, ignore_index=True)


def _own(given: Sequence[OfRun], run: Run) -> list[OfRun]:
    return [each for each in given if (each.state, each.simulator, each.seed) == (run.state, run.simulator, run.seed)]


def _isolated(ground: Run, resting: Run, counted: Sequence[IsolatedSeries]) -> list[Judgement]:
    """Judge the isolated area of one seed: its rates, and its counts where the series of both states are given."""
    judgements = isolated_rates(ground, resting)
    first, second = _own(counted, ground), _own(counted, resting)
    if not first or not second:
        return judgements
    for series, run in ((first[0], ground), (second[0], resting)):
        if series.t_sim != run.window[1]:
            raise InputError(
                f"{series.path}: the series ends at {series.t_sim:g} ms, the window of {run.path} at {run.window[1]:g} ms; "
                "give the series of the same simulation"
            )
    return judgements + isolated_counts(first[0], second[0])


def _published_histograms(binned: Sequence[BinnedRun]) -> tuple[BinnedRun | None, list[BinnedRun]]:
    nest = [each for each in binned if (each.state, each.simulator) == (GROUND, NEST)]
    genn = [each for each in binned if (each.state, each.simulator) == (GROUND, GENN)]
    return (nest[0] if nest and len(genn) > 1 else None), genn


def _with_genn_means(judgements: list[Judgement], nest: BinnedRun | None, genn: Sequence[BinnedRun]) -> list[Judgement]:
    """Add what the seeds of GeNN reach: their area means are not published, the means of their histograms are."""
    differences = pooled.mean_differences(nest, genn) if nest else {}
    return [
        replace(each, genn=difference, genn_mean=each.nest * (1 + 0.01 * difference))
        if each.measure == "mean" and (difference := differences.get((each.statistic, each.population))) is not None
        else each
        for each in judgements
    ]


def summary(frame: pd.DataFrame) -> str:
    """Say in one line how many judged numbers lie inside, which do not, and of which of those GeNN's do not, either."""
    judged = frame[frame["verdict"] != "reported"]
    outside = judged[judged["verdict"] == "outside"]
    names = []
    for row in outside.to_dict("records"):
        genn = ", and GeNN" if row["genn_verdict"] == "outside" else ""
        names.append(
            f"{row['state']} {row['statistic']} {row['population']} {row['measure']} {row['value']:.4g} (seed {row['seed']}{genn})"
        )
    return f"acceptance: {len(judged) - len(outside)} of {len(judged)} inside" + (f"; outside: {', '.join(names)}" if names else "")
