"""Stabilised in-degrees, which take the place of the anatomical ones; the published ones among them.

Schuecker, Schmidt, van Albada, Diesmann and Helias (2017).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.anatomy.build import Anatomy
from procortex.utilities.errors import InputError
from sources.checksums import RawSources

NOTHING = 1e-8
"""Smaller in-degrees are rounding residues of the stabilisation and stand for 0."""


def read_published_indegrees(raw: RawSources) -> NDArray[np.float64]:
    """Read the published stabilised in-degrees [target, source], 254 x 254, in model order."""
    matrix: NDArray[np.float64] = np.load(raw.path("K_prime_original.npy"), allow_pickle=False)
    return matrix


def with_indegrees(anatomy: Anatomy, matrix: NDArray[np.float64]) -> Anatomy:
    """Put stabilised in-degrees [target, source] in the place of the anatomical ones, which `indegree_raw` keeps.

    Raises
    ------
    InputError
        If the matrix has another shape.
    """
    return replace(anatomy, indegree=stabilised_indegrees(matrix, anatomy.indegree_raw))


def stabilised_indegrees(matrix: NDArray[np.float64], indegree: xr.DataArray) -> xr.DataArray:
    """Give the stabilised matrix the labels of the anatomical in-degrees (target, source); within areas, too, it replaces them.

    Raises
    ------
    InputError
        If the matrix has another shape.
    """
    if matrix.shape != indegree.shape:
        raise InputError(f"the stabilised in-degrees have shape {matrix.shape}; expected {indegree.shape}")
    return indegree.copy(data=clean_indegrees(matrix))


def clean_indegrees(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Set the rounding residues of a stabilisation to 0."""
    return np.where(np.abs(matrix) <= NOTHING, 0.0, matrix)
