"""What the figures of rates over time share: their inputs by kind, series by state, colours of states."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from analysis.dynamics.rate_series import after_start
from analysis.figures.style import CATEGORIES
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError

RAW = "#c9c9c9"
"""Colour of rates in bins of 1 ms."""


@dataclass(frozen=True)
class Files:
    """Inputs of a figure by kind: spike data sets (folders), series and statistics."""

    spikes: tuple[Path, ...]
    series: tuple[Path, ...]
    statistics: tuple[Path, ...]


def files_by_kind(inputs: Sequence[Path], figure: str, expected: str, kinds: Iterable[str]) -> Files:
    """Tell inputs apart: a folder holds spikes, ``.nc`` is a series, ``.parquet`` statistics.

    Parameters
    ----------
    inputs
        In any order.
    figure
        Its name, for messages.
    expected
        What it draws, for messages.
    kinds
        Kinds that it takes, of the attributes of `Files`.

    Raises
    ------
    InputError
        If an input is of another kind.
    """
    taken = set(kinds)
    files: dict[str, list[Path]] = {"spikes": [], "series": [], "statistics": []}
    for path in inputs:
        kind = {".nc": "series", ".parquet": "statistics"}.get(path.suffix, "spikes")
        if kind not in taken:
            raise InputError(f"{path}: no input of {figure}; it draws {expected}")
        files[kind].append(path)
    return Files(*(tuple(paths) for paths in files.values()))


def series_by_state(paths: Sequence[Path], figure: str, state: str | None) -> dict[str, xr.Dataset]:
    """Read series, without the start of the simulations, by state in the order given; of the named state alone, if one is.

    Raises
    ------
    InputError
        If there is none, a state comes twice, or the named one is not there.
    """
    found: dict[str, xr.Dataset] = {}
    for path in paths:
        series = read_series(path)
        name = str(series.attrs["state"])
        if name in found:
            raise InputError(f"{path}: state {name} is given twice; {figure} draws one series of each state")
        found[name] = series
    if not found:
        raise InputError(f"{figure}: no series; it draws series.nc of `python -m analysis series`, one of each state")
    if state is not None and state not in found:
        raise InputError(f"{paths[0]}: no state {state!r}; the inputs hold {', '.join(found)}")
    return {name: after_start(series) for name, series in found.items() if state in (None, name)}


def shown_area(series: Iterable[xr.Dataset], recorded: Iterable[Collection[str]] = ()) -> str:
    """Choose the area that stands for all: V1, or the first that every series holds.

    Parameters
    ----------
    series
        The series.
    recorded
        Of each simulation the areas with spikes, where the figure shows single neurons: series may hold counts of more areas.

    Raises
    ------
    InputError
        If they share none.
    """
    held: list[Collection[str]] = [[str(area) for area in one["area"].to_numpy()] for one in series]
    shared = [area for area in held[0] if all(area in others for others in (*held, *recorded))]
    if not shared:
        raise InputError("the simulations share no recorded area; simulate and record the same areas in all states")
    return "V1" if "V1" in shared else shared[0]


def state_colors(states: Iterable[str]) -> dict[str, str]:
    """Colours of states, the first ones far apart."""
    return {state: CATEGORIES[place % len(CATEGORIES)] for place, state in enumerate(states)}
