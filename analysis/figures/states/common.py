"""What the figures of states side by side share: rates by state, and how strongly areas are connected in a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import xarray as xr

from analysis.figures.style import SIMULATOR_NAMES
from analysis.runs import Run, read_runs
from procortex.utilities.errors import InputError

CHI = "\N{GREEK SMALL LETTER CHI}"
RATES = (0.01, 500.0)
"""Scale of rates (spikes/s) that holds states of low and of high activity."""


def rates_by_state(inputs: Sequence[Path], figure: str) -> dict[str, pd.DataFrame]:
    """Rates of all populations (layer populations x areas, spikes/s), averaged over seeds, by state in the order of the files.

    Raises
    ------
    InputError
        If values carry no areas or come of several simulators.
    """
    runs = read_runs(inputs, with_distributions=False)
    simulators = sorted({run.simulator for run in runs})
    if len(simulators) != 1:
        raise InputError(f"{figure}: statistics of {', '.join(simulators)}; it draws those of one simulator")
    if nameless := [run for run in runs if not run.named_areas]:
        raise InputError(f"{nameless[0].path}: the values of this state carry no areas; {figure} needs a simulation")
    states: dict[str, list[Run]] = {}
    for run in runs:
        states.setdefault(run.state, []).append(run)
    return {state: pd.concat([run.areas.loc["rate"] for run in own]).groupby(level=0).mean() for state, own in states.items()}


def strength(dataset: xr.Dataset, path: Path, command: str) -> float:
    """Strength chi of the connections between areas in the network that a series or theory file is of.

    Raises
    ------
    InputError
        If the file does not say.
    """
    try:
        return float(json.loads(dataset.attrs["configuration"])["connection_params"]["cc_weights_factor"])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{path}: does not say how strong the connections between areas are; make it again with `{command}`") from None


def leading_simulator(table: pd.DataFrame) -> str:
    """Choose the simulator to draw: ours before others."""
    order = list(SIMULATOR_NAMES)
    names: list[str] = sorted(table["simulator"].unique(), key=lambda name: (order.index(name) if name in order else len(order), name))
    return names[0]
