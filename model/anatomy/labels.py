"""The way from anatomical tables to the 254 populations of the model."""

from __future__ import annotations

import numpy as np
import xarray as xr

from model.tables.axes import AREA_LIST, POPULATIONS, Frame
from procortex.formats.populations import AREAS, area_populations, population_labels

LABELS: tuple[str, ...] = population_labels()
_EXISTING = np.array([population in area_populations(area) for area in AREAS for population in POPULATIONS])


def by_population(table: Frame) -> xr.DataArray:
    """Flatten a table of areas (rows) and layer populations (columns) to the model's 254 populations."""
    values = table.loc[AREA_LIST, POPULATIONS].to_numpy(dtype=float).ravel()[_EXISTING]
    return xr.DataArray(values, dims="population", coords={"population": list(LABELS)})


def by_population_pair(blocks: xr.DataArray) -> xr.DataArray:
    """Flatten (target_area, target_population, source_area, source_population) to a matrix (target, source) of the 254 populations."""
    ordered = blocks.transpose("target_area", "target_population", "source_area", "source_population")
    size = len(_EXISTING)
    matrix = ordered.to_numpy().reshape(size, size)[np.ix_(_EXISTING, _EXISTING)]
    return xr.DataArray(matrix, dims=("target", "source"), coords={"target": list(LABELS), "source": list(LABELS)})
