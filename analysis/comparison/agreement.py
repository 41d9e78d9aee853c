"""How one simulation agrees with a reference, layer population by layer population, in numbers to read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.statistics.catalogue import STATISTICS
from analysis.tables import POOLED, STATISTICS_COLUMNS, read_table
from contracts.markdown import markdown_table
from procortex.formats.populations import LAYER_POPULATIONS
from procortex.utilities.errors import InputError

DEFINITION = "knight2021"
MIN_AREAS = 3
"""Areas from which a correlation over areas says something."""


def agreement(reference: Path, candidate: Path, simulator: str, state: str) -> pd.DataFrame:
    """Compare area values of two simulations, area by area.

    Parameters
    ----------
    reference, candidate
        Statistics; the candidate's hold one simulation.
    simulator
        Whose values of the reference to take (``nest-published``).
    state
        The state to compare.

    Returns
    -------
    pandas.DataFrame
        One row for each statistic and layer population: mean over areas of both, weighted by the candidate's population sizes, and
        their relative difference (%); correlation over areas (NaN below 3 areas); median over areas of both; number of areas.

    Raises
    ------
    InputError
        If there is nothing to compare, or the reference does not say which value belongs to which area.
    """
    theirs, ours = _values(reference, state, simulator), _values(candidate, state, None)
    if ours.index.intersection(theirs.index).empty:
        raise InputError(
            f"{reference}, {candidate}: no area, population and statistic in common for state {state}; "
            "values without areas (the published resting state) cannot be compared area by area"
        )
    return agreement_of(ours, theirs)


def agreement_of(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Compare area values, area by area.

    Parameters
    ----------
    ours, theirs
        Columns value and n, index (area, population, statistic).

    Returns
    -------
    pandas.DataFrame
        As `agreement`.
    """
    sizes = ours["n"].xs("rate", level="statistic").rename("size")
    both = ours.join(theirs, lsuffix="_ours", rsuffix="_reference", how="inner").join(sizes, on=["area", "population"])
    rows = []
    for (statistic, population), values in both.groupby(level=["statistic", "population"], sort=False):
        weights = values["size"].to_numpy()
        a, b = values["value_ours"].to_numpy(), values["value_reference"].to_numpy()
        mean_a, mean_b = np.average(a, weights=weights), np.average(b, weights=weights)
        r = np.corrcoef(a, b)[0, 1] if len(a) >= MIN_AREAS else np.nan
        rows.append((statistic, population, mean_a, mean_b, 100 * (mean_a / mean_b - 1), r, np.median(a), np.median(b), len(a)))
    columns = ["statistic", "population", "mean", "reference", "difference_percent", "r", "median", "reference_median", "areas"]
    table = pd.DataFrame(rows, columns=columns)
    order = {name: k for k, name in enumerate((*STATISTICS, *LAYER_POPULATIONS))}
    return table.sort_values(["statistic", "population"], key=lambda names: names.map(order)).reset_index(drop=True)


def as_markdown(table: pd.DataFrame) -> str:
    """Write an agreement as a Markdown table."""
    rows = [[f"{value:.5g}" if isinstance(value, float) else str(value) for value in row] for row in table.itertuples(index=False)]
    return markdown_table(list(table.columns), rows)


def _values(path: Path, state: str, simulator: str | None) -> pd.DataFrame:
    frame, _ = read_table(path, STATISTICS_COLUMNS)
    chosen = frame[(frame["state"] == state) & (frame["definition"] == DEFINITION) & (frame["area"] != POOLED)]
    if simulator is not None:
        chosen = chosen[chosen["simulator"] == simulator]
    if chosen.empty:
        found = ", ".join(sorted(set(frame["state"] + " of " + frame["simulator"])))
        raise InputError(f"{path}: no {DEFINITION} values of state {state}{f' of {simulator}' if simulator else ''}; it holds {found}")
    if len(chosen[["simulator", "seed"]].drop_duplicates()) > 1:
        raise InputError(f"{path}: several simulations of state {state}; give the statistics of one")
    return chosen.set_index(["area", "population", "statistic"])[["value", "n"]]
