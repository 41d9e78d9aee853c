"""An anatomy of random numbers, and matrices of areas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from procortex.formats.populations import AREAS
from tests.helpers.anatomy import random_anatomy


@pytest.fixture
def anatomy() -> xr.Dataset:
    return random_anatomy()


@pytest.fixture(scope="session")
def named() -> Callable[..., np.ndarray]:
    """Square matrix of areas with single entries, given as {(target, source): value}."""

    def make(entries: dict[tuple[str, str], object], empty: object = np.nan) -> np.ndarray:
        table = np.full((len(AREAS), len(AREAS)), empty, dtype=object if isinstance(empty, str) else float)
        for (target, source), value in entries.items():
            table[AREAS.index(target), AREAS.index(source)] = value
        return table

    return make
