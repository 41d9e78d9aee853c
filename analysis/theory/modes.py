"""Eigenvectors of the effective connectivity, by area and population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from procortex.formats.populations import AREAS, is_inhibitory, label_areas, label_layers

GROUPS = ("23E", "4E", "5E", "6E", "inhibitory")
"""Excitatory layer populations, and all inhibitory ones together."""


def oriented(vector: xr.DataArray) -> NDArray[np.float64]:
    """Give an eigenvector the sign with which its components sum to a positive number: its own is arbitrary."""
    values = vector.to_numpy()
    return np.asarray(-values if values.sum() < 0 else values)


def area_shares(vector: xr.DataArray) -> pd.DataFrame:
    """Share of each area and group of populations in the squared length of an eigenvector (target); areas x `GROUPS`, which sum to 1."""
    labels = [str(label) for label in vector["target"].to_numpy()]
    groups = np.where(is_inhibitory(labels), GROUPS[-1], label_layers(labels))
    squares = vector.to_numpy() ** 2
    areas = label_areas(labels)
    shares = {group: [squares[(areas == area) & (groups == group)].sum() / squares.sum() for area in AREAS] for group in GROUPS}
    return pd.DataFrame(shares, index=list(AREAS))
