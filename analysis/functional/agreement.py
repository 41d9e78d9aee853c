"""How functional connectivity agrees with the experiment and with the connections of the network: matrices and communities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from analysis.functional import FEWEST_AREAS
from analysis.functional.communities import adjusted_rand, louvain_labels
from analysis.functional.correlation import similarity
from analysis.structure.areas import relative_indegrees, relative_outdegrees
from analysis.structure.communities import infomap_labels
from contracts.anatomy import read_anatomy
from contracts.functional import EXPERIMENT, read_functional
from procortex.utilities.errors import InputError

STRUCTURE = "structure"
COLUMNS = ("state", "simulator", "seed", "signal", "reference", "r", "r_off_diagonal", "adjusted_rand")


@dataclass(frozen=True)
class Connectivity:
    """A matrix of areas, and its communities.

    Attributes
    ----------
    signal
        A signal of `contracts.functional`, or ``structure``.
    state, simulator, seed
        Of the simulation; empty, empty and 0 for experiment and structure.
    matrix
        Correlations; of the structure the relative in-degrees [target, source].
    communities
        Of each area: by Louvain's method; of the structure by the map equation on relative out-degrees.
    t_max
        End of the simulation (ms).
    """

    signal: str
    state: str
    simulator: str
    seed: int
    matrix: NDArray[np.float64]
    communities: NDArray[np.int64]
    t_max: float = float("nan")


@dataclass(frozen=True)
class Collection:
    """What can be compared over the same areas.

    Attributes
    ----------
    areas
        Areas of all matrices, in the order of their rows and columns.
    structure
        Of the network.
    simulated
        Of simulations, in the order of the files.
    experiment
        None where there is no file of it.
    """

    areas: tuple[str, ...]
    structure: Connectivity
    simulated: tuple[Connectivity, ...]
    experiment: Connectivity | None

    @property
    def references(self) -> tuple[Connectivity, ...]:
        """What simulations are compared with: the experiment, if there is one, and the structure."""
        return (self.structure,) if self.experiment is None else (self.experiment, self.structure)


def collect(anatomy: Path, files: Sequence[Path]) -> Collection:
    """Read what is to be compared.

    Parameters
    ----------
    anatomy
        Anatomy file of the network that was simulated.
    files
        Files of functional connectivity: of simulations that recorded the same areas and, perhaps, of the experiment.

    Raises
    ------
    InputError
        If the files do not go together.
    """
    read = [(path, read_functional(path)) for path in files]
    simulated = [(path, file) for path, file in read if file.attrs["signal"] != EXPERIMENT]
    experiments = [(path, file) for path, file in read if file.attrs["signal"] == EXPERIMENT]
    if not simulated:
        raise InputError("functional connectivity: no file of a simulation; make one with `python -m analysis functional SERIES NETWORK`")
    if len(experiments) > 1:
        raise InputError(f"{experiments[1][0]}: a second file of the experiment; expected one at most")
    for (first, one), (second, other) in pairwise(simulated):
        if list(one["area"].to_numpy()) != list(other["area"].to_numpy()):
            raise InputError(f"{second}: holds other areas than {first}; expected simulations of the same areas")
    areas = [str(area) for area in simulated[0][1]["area"].to_numpy()]
    if len(areas) < FEWEST_AREAS:
        raise InputError(f"{simulated[0][0]}: holds {len(areas)} areas; expected {FEWEST_AREAS} or more, whose matrices can be compared")
    experiment = next((_functional(_chosen(path, file, areas)) for path, file in experiments), None)
    return Collection(tuple(areas), _structure(read_anatomy(anatomy), areas), tuple(_functional(file) for _, file in simulated), experiment)


def agreement(collection: Collection) -> pd.DataFrame:
    """Compare functional connectivity: simulations with fMRI and with structure, and fMRI with structure.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: `r` is the correlation of the flattened matrices of functional connectivity with zero diagonals
        (Schmidt et al. 2018b, Fig. 8),
        `r_off_diagonal` that of the other elements alone, `adjusted_rand` the agreement of the communities.
    """
    of_experiment = [] if collection.experiment is None else [(collection.experiment, collection.structure)]
    pairs = [(one, other) for one in collection.simulated for other in collection.references] + of_experiment
    rows = [
        (
            *(one.state, one.simulator, one.seed, one.signal, other.signal),
            similarity(one.matrix, other.matrix),
            similarity(one.matrix, other.matrix, diagonal=False),
            adjusted_rand(one.communities, other.communities),
        )
        for one, other in pairs
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _functional(file: xr.Dataset) -> Connectivity:
    matrix = file["correlation"].to_numpy()
    about = file.attrs
    return Connectivity(
        str(about["signal"]),
        str(about.get("state", "")),
        str(about.get("simulator", "")),
        int(about.get("seed", 0)),
        matrix,
        louvain_labels(matrix),
        float(about.get("t_max", np.nan)),
    )


def _structure(anatomy: xr.Dataset, areas: list[str]) -> Connectivity:
    indegrees, outdegrees = (
        share(anatomy).sel(target_area=areas, source_area=areas).to_numpy() for share in (relative_indegrees, relative_outdegrees)
    )
    return Connectivity(STRUCTURE, "", "", 0, indegrees, infomap_labels(outdegrees))


def _chosen(path: Path, file: xr.Dataset, areas: list[str]) -> xr.Dataset:
    if missing := [area for area in areas if area not in file["area"].to_numpy()]:
        raise InputError(f"{path}: lacks the areas {', '.join(missing)}, which were simulated")
    return file.sel(area=areas, other_area=areas)
