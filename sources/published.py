"""Readers of the published NEST and GeNN statistics of the full-scale model (Knight and Nowotny 2021, after Schmidt et al. 2018)."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from procortex.formats.populations import AREAS, LAYER_POPULATIONS, area_populations
from sources.checksums import SourceFolder

STATE_FOLDERS = {"ground": "chi_1_0", "resting": "chi_1_9"}
SIMULATORS = ("nest", "genn")
STATISTIC_FILES = {"rate": "rates", "lvr": "irregularity", "correlation": "corr_coeff"}

# The vectors carry no area names. In the ground state NEST's vectors are in ASCII order; GeNN's have two pairs of neighbours the
# other way round. In the resting state the order differs between populations and cannot be recovered.
_NEST_ORDER = tuple(sorted(AREAS))


def _genn_order() -> tuple[str, ...]:
    order = list(_NEST_ORDER)
    for first, second in (("V3", "V3A"), ("V4", "V4t")):
        i, j = order.index(first), order.index(second)
        order[i], order[j] = order[j], order[i]
    return tuple(order)


GROUND_ORDERS = {"nest": _NEST_ORDER, "genn": _genn_order()}
"""Order of the areas in the vectors of the ground state."""


def published_statistics(folder: SourceFolder, states: Collection[str] = tuple(STATE_FOLDERS)) -> pd.DataFrame:
    """Read the area-level statistics of some states (default: both) and both simulators.

    Parameters
    ----------
    folder
        What `sources.fetch.published_folder` gives, with the files that `sources.registry.VALUES` names.
    states
        ``ground``, ``resting``.

    Returns
    -------
    pandas.DataFrame
        Columns state (ground, resting), simulator (nest, genn), statistic (rate in spikes/s, lvr, correlation), area, population
        (layer population), value. In the resting state, where the areas' order is not known, values are sorted and area is their
        rank, ``rank00`` and so on: only comparisons without regard to areas are legitimate there.
    """
    parts = [
        pd.DataFrame(
            {"state": state, "simulator": simulator, "statistic": statistic}
            | _keyed(state, simulator, population, _read_vector(folder, state, simulator, statistic, population))
        )
        for state in states
        for simulator in SIMULATORS
        for statistic in STATISTIC_FILES
        for population in LAYER_POPULATIONS
    ]
    return pd.concat(parts, ignore_index=True)


def nest_ground_rates(folder: SourceFolder) -> dict[str, dict[str, float]]:
    """Read the population rates (spikes/s) of the published NEST simulation in the ground state.

    Returns
    -------
    dict
        Rate by area and layer population, in model order. They are the target of comparisons, and the rates with which areas that
        are not simulated are replaced.
    """
    by_population = {
        population: dict(
            zip(_areas_with(population, "nest"), _read_vector(folder, "ground", "nest", "rate", population).tolist(), strict=True)
        )
        for population in LAYER_POPULATIONS
    }
    return {area: {population: by_population[population][area] for population in area_populations(area)} for area in AREAS}


def _areas_with(population: str, simulator: str) -> list[str]:
    """Areas that have a layer population, in the order of a simulator's ground-state vectors."""
    return [area for area in GROUND_ORDERS[simulator] if population in area_populations(area)]


def _keyed(state: str, simulator: str, population: str, values: NDArray[np.float64]) -> dict[str, object]:
    if state == "ground":
        return {"area": _areas_with(population, simulator), "population": population, "value": values}
    return {"area": [f"rank{rank:02d}" for rank in range(len(values))], "population": population, "value": np.sort(values)}


def _read_vector(folder: SourceFolder, state: str, simulator: str, statistic: str, population: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.load(
        folder.path(f"{STATE_FOLDERS[state]}/{simulator}_{STATISTIC_FILES[statistic]}_{population}.npy"), allow_pickle=False
    )
    return values
