"""Judgements of area values: area by area in the ground state, without regard to areas in the resting state."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.comparison.acceptance import rules
from analysis.comparison.acceptance.rules import Judgement
from analysis.comparison.agreement import agreement_of
from analysis.comparison.distances import Sample, kolmogorov_smirnov, wasserstein
from analysis.runs import Run
from analysis.statistics.catalogue import STATISTICS
from analysis.statistics.definitions import DEFAULT
from analysis.tables import POOLED, STATISTICS_COLUMNS, read_table
from procortex.formats.populations import AREAS, LAYER_POPULATIONS
from procortex.utilities.errors import InputError


def check_complete(run: Run) -> None:
    """Refuse a simulation of some areas: the published one has all.

    Raises
    ------
    InputError
        Naming the first area that is missing.
    """
    missing = [area for area in AREAS if area not in run.areas.columns]
    if missing:
        more = f" and {len(missing) - 1} other areas" if len(missing) > 1 else ""
        raise InputError(
            f"{run.path}: no values of {missing[0]}{more} in state {run.state}; "
            "acceptance is of the full model: simulate all areas (config/full.yaml)"
        )


def area_by_area(run: Run, nest: Run, genn: Run | None) -> list[Judgement]:
    """Judge means and correlation over areas.

    Parameters
    ----------
    run
        Our simulation of the ground state.
    nest, genn
        The published values.
    """
    table = agreement_of(_values(run), _values(nest))
    judgements = []
    for row in table.to_dict("records"):
        population, statistic = str(row["population"]), str(row["statistic"])
        limit = rules.SLOW_MEAN_PERCENT if population in rules.SLOW_POPULATIONS else rules.MEAN_PERCENT
        means = {"ours": float(row["mean"]), "nest": float(row["reference"])}
        judgements.append(Judgement(population, statistic, "mean", float(row["difference_percent"]), -limit, limit, **means))
        theirs = _correlation(genn, nest, statistic, population) if genn else rules.NONE
        judgements.append(Judgement(population, statistic, "r", float(row["r"]), low=rules.CORRELATION, genn=theirs))
    return judgements


def _values(run: Run) -> pd.DataFrame:
    """Columns value and n of a run, by area, population and statistic."""
    frame, _ = read_table(run.path, STATISTICS_COLUMNS)
    mine = (frame["state"] == run.state) & (frame["simulator"] == run.simulator) & (frame["seed"] == run.seed)
    chosen = frame[mine & (frame["definition"] == DEFAULT) & (frame["area"] != POOLED)]
    return chosen.set_index(["area", "population", "statistic"])[["value", "n"]]


def _correlation(first: Run, second: Run, statistic: str, population: str) -> float:
    rows = [run.areas.loc[[(statistic, population)]].reindex(columns=list(AREAS)) for run in (first, second)]
    values = pd.concat(rows).to_numpy(float)
    return float(np.corrcoef(values[:, ~np.isnan(values).any(axis=0)])[0, 1])


def without_order(run: Run, nest: Run, genn: Run | None) -> list[Judgement]:
    """Judge the distributions of area values: the published ones of the resting state do not say which area they are of."""
    judgements = []
    for statistic in STATISTICS:
        for population in LAYER_POPULATIONS:
            ours, theirs = (_area_values(each, statistic, population) for each in (run, nest))
            if len(ours) != len(theirs):
                raise InputError(
                    f"{run.path}: {len(ours)} area values of {statistic} in {population}, {len(theirs)} are published; "
                    "every area must spike: simulate the full model"
                )
            means = {"ours": float(ours.mean()), "nest": float(theirs.mean())}
            other = _area_values(genn, statistic, population) if genn else None
            if other is not None:
                means["genn_mean"] = float(other.mean())
            w1, ks = _order_free(ours, theirs)
            w1_genn, ks_genn = (rules.NONE, rules.NONE) if other is None else _order_free(other, theirs)
            limit = float(np.nanmax([rules.W1_AREAS, w1_genn])) if population == rules.NEARLY_SILENT else rules.W1_AREAS
            judgements.append(Judgement(population, statistic, "w1_areas", w1, high=limit, genn=w1_genn, **means))
            below = float(np.nextafter(rules.KS_AREAS, 0.0))
            judgements.append(Judgement(population, statistic, "ks_areas", ks, high=below, genn=ks_genn))
    return judgements


def _area_values(run: Run, statistic: str, population: str) -> NDArray[np.float64]:
    if (statistic, population) not in run.areas.index:
        return np.empty(0)
    values = run.areas.loc[[(statistic, population)]].to_numpy(float).ravel()
    return np.asarray(values[~np.isnan(values)])


def _order_free(values: NDArray[np.float64], truth: NDArray[np.float64]) -> tuple[float, float]:
    """Wasserstein distance over the truth's interquartile range, and Kolmogorov-Smirnov distance."""
    first, second = Sample.of(truth), Sample.of(values)
    low, high = np.quantile(truth, [0.25, 0.75])
    return wasserstein(first, second) / float(high - low), kolmogorov_smirnov(first, second)
