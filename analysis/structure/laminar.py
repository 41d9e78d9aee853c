"""Laminar patterns of connections between areas: where they end in the data, and what becomes of them in the network.

Schmidt et al. (2018a), Fig. 5.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from analysis.structure.connections import CLASSES, connection_classes
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, split_label

PATTERN_LAYERS = ("1", "2", "3", "4", "5", "6")
ABSENT, UNKNOWN = "0", "?"


def termination_layers(anatomy: xr.Dataset) -> pd.DataFrame:
    """Count in how many connections of each class a layer receives terminals, by the patterns of CoCoMac.

    Returns
    -------
    pandas.DataFrame
        A row for each class and layer; columns connection_class, layer, present, unknown, patterns (how many connections of the class
        have a pattern).
    """
    classes = connection_classes(anatomy).to_numpy().ravel()
    patterns = anatomy["target_pattern"].to_numpy().astype(str).ravel()
    rows = []
    for name in CLASSES:
        of_class = [pattern for pattern in patterns[classes == name] if pattern]
        for place, layer in enumerate(PATTERN_LAYERS):
            unknown = sum(pattern[place] == UNKNOWN for pattern in of_class)
            absent = sum(pattern[place] == ABSENT for pattern in of_class)
            rows.append((name, layer, len(of_class) - unknown - absent, unknown, len(of_class)))
    return pd.DataFrame(rows, columns=["connection_class", "layer", "present", "unknown", "patterns"])


def mean_patterns(anatomy: xr.Dataset, indegree: str = "indegree") -> xr.DataArray:
    """Average over the connections of each class how their synapses are shared out among pairs of populations.

    Parameters
    ----------
    anatomy
        The anatomy file's content.
    indegree
        Name of the in-degrees.

    Returns
    -------
    xarray.DataArray
        (connection_class, target_population, source_population); sums to 1 for each class that has connections. Those without synapses
        do not count.
    """
    blocks = population_blocks(anatomy[indegree] * anatomy["neurons"])
    totals = blocks.sum(axis=(2, 3))
    shares = blocks / np.where(totals > 0, totals, 1.0)[:, :, None, None]
    classes = connection_classes(anatomy).to_numpy()
    of_class = [shares[(classes == name) & (totals > 0)] for name in CLASSES]
    means = [chosen.sum(axis=0) / max(1, len(chosen)) for chosen in of_class]
    names = list(LAYER_POPULATIONS)
    coords = {"connection_class": list(CLASSES), "target_population": names, "source_population": names}
    return xr.DataArray(np.array(means), coords, ("connection_class", "target_population", "source_population"))


def population_blocks(matrix: xr.DataArray) -> NDArray[np.float64]:
    """Cut a matrix (target, source) of populations into [target area, source area, target population, source population].

    Populations that do not exist have zeros.
    """
    places = []
    for label in matrix["target"].to_numpy():
        area, population = split_label(str(label))
        places.append(AREAS.index(area) * len(LAYER_POPULATIONS) + LAYER_POPULATIONS.index(population))
    shape = (len(AREAS), len(LAYER_POPULATIONS))
    whole = np.zeros((shape[0] * shape[1],) * 2)
    whole[np.ix_(places, places)] = matrix.to_numpy()
    return whole.reshape(*shape, *shape).transpose(0, 2, 1, 3)
