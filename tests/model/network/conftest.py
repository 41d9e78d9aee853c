"""A made-up anatomy with the structure of the real one, and the real one where its data lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from model.anatomy import build_anatomy
from model.anatomy.stabilised import read_published_indegrees, with_indegrees
from model.tables import read_tables
from procortex.formats.populations import AREAS, is_inhibitory, label_areas, label_layers, population_labels
from sources.fetch import raw_folder


@dataclass(frozen=True)
class MadeUpAnatomy:
    """What `model.network` reads of an anatomy."""

    neurons: xr.DataArray
    indegree: xr.DataArray
    external_indegree: xr.DataArray
    distance: xr.DataArray


@pytest.fixture(scope="session")
def anatomy() -> MadeUpAnatomy:
    """All 254 populations with random numbers; only excitatory populations other than 4E project to other areas."""
    random = np.random.default_rng(5)
    labels = population_labels()
    areas, layers = label_areas(labels), label_layers(labels)
    local = areas[:, None] == areas[None, :]
    projecting = ~is_inhibitory(labels) & (layers != "4E")
    indegree = np.where(local, random.uniform(1, 1000, local.shape), random.uniform(0, 20, local.shape) * projecting[None, :])
    position = random.uniform(0, 40, (len(AREAS), 3))
    distance = np.linalg.norm(position[:, None] - position[None, :], axis=-1)
    return MadeUpAnatomy(
        neurons=xr.DataArray(random.uniform(500, 50_000, len(labels)), coords={"population": list(labels)}),
        indegree=xr.DataArray(indegree, coords={"target": list(labels), "source": list(labels)}),
        external_indegree=xr.DataArray(random.uniform(500, 5000, len(labels)), coords={"target": list(labels)}),
        distance=xr.DataArray(distance, coords={"target_area": list(AREAS), "source_area": list(AREAS)}),
    )


@pytest.fixture(scope="session")
def rates() -> np.ndarray:
    """Made-up rates of all populations (spikes/s)."""
    return np.random.default_rng(6).uniform(0.1, 10, len(population_labels()))


@pytest.fixture(scope="session")
def published_anatomy(raw_dir: Path):
    """Anatomy of the published model, with its stabilised in-degrees."""
    return with_indegrees(build_anatomy(read_tables()), read_published_indegrees(raw_folder(raw_dir)))
