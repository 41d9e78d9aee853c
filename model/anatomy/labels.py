"""Layers and populations as axes of the anatomical tables, and the way from tables to the 254 model populations."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd
import xarray as xr

from contracts.populations import AREAS, LAYER_POPULATIONS, area_populations, population_labels

Frame: TypeAlias = pd.DataFrame
Numbers: TypeAlias = "pd.Series[float]"

AREA_LIST: list[str] = list(AREAS)
LAYERS: tuple[str, ...] = ("1", "23", "4", "5", "6")
"""Cortical layers; ``23`` stands for layers 2 and 3."""

NEURON_LAYERS: tuple[str, ...] = LAYERS[1:]
"""Layers that hold neurons of the model."""

POPULATIONS: list[str] = list(LAYER_POPULATIONS)
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
