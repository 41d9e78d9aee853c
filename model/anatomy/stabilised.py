"""The published stabilised in-degrees, which take the place of the anatomical ones.

Schuecker, Schmidt, van Albada, Diesmann and Helias (2017).
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from contracts.errors import InputError

NOTHING = 1e-8
"""Smaller in-degrees are rounding residues of the stabilisation and stand for 0."""


def stabilised_indegrees(matrix: NDArray[np.float64], indegree: xr.DataArray) -> xr.DataArray:
    """Give the stabilised matrix the labels of the anatomical in-degrees (target, source); within areas, too, it replaces them.

    Raises
    ------
    InputError
        If the matrix has another shape.
    """
    if matrix.shape != indegree.shape:
        raise InputError(f"the stabilised in-degrees have shape {matrix.shape}; expected {indegree.shape}")
    return indegree.copy(data=np.where(np.abs(matrix) <= NOTHING, 0.0, matrix))
