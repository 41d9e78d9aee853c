"""Connections between populations by layer and by class of the pair of areas, and the paths of strongest influence along them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from analysis.structure.connections import connection_classes
from analysis.structure.paths import TYPE_STEPS, AreaPath, paths_between_areas
from procortex.formats.populations import LAYER_POPULATIONS, label_areas, label_layers

WITHIN = "within"
"""Class and step of the connections within an area."""


def with_classes(table: pd.DataFrame, anatomy: xr.Dataset) -> pd.DataFrame:
    """Add to connections (columns target and source, labels) their layers, the class of the pair of areas and the step of its types.

    Adds `target_layer`, `source_layer`, `connection_class` (by SLN, or `WITHIN`) and `type_step` (one of `TYPE_STEPS`, or `WITHIN`).
    """
    areas = {side: label_areas(table[side].tolist()) for side in ("target", "source")}
    layers = {f"{side}_layer": label_layers(table[side].tolist()) for side in areas}
    pair = {f"{side}_area": xr.DataArray(names, dims="connection") for side, names in areas.items()}
    classes = connection_classes(anatomy, unconnected=True).sel(pair).to_numpy().astype(str)
    types = {side: anatomy["architectural_type"].sel(area=pair[f"{side}_area"]).to_numpy() for side in areas}
    steps = np.array(TYPE_STEPS)[np.sign(types["target"] - types["source"]) + 1]
    within = areas["target"] == areas["source"]
    return table.assign(**layers, connection_class=np.where(within, WITHIN, classes), type_step=np.where(within, WITHIN, steps))


def shares_by_layer(connections: pd.DataFrame, flag: str = "significant") -> pd.DataFrame:
    """Share of the connections that have a flag, by layer populations (targets x sources); NaN where there is no connection."""
    shares = connections.pivot_table(index="target_layer", columns="source_layer", values=flag, aggfunc="mean")
    return shares.reindex(index=list(LAYER_POPULATIONS), columns=list(LAYER_POPULATIONS)).astype(float)


def effective_gain(connectivity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Magnitudes of an effective connectivity [target, source], divided by their largest real eigenvalue.

    Dividing by the largest real eigenvalue of the matrix with its signs, which inhibition makes small, would leave cycles with a product
    above 1, around which paths get shorter for ever.
    """
    strength = np.abs(connectivity)
    return np.asarray(strength / np.linalg.eigvals(strength).real.max())


def effective_paths(theory: xr.Dataset, anatomy: xr.Dataset) -> list[AreaPath]:
    """Find the shortest paths between the areas of a network whose theory is known (Schmidt et al. 2018b, Fig. 9).

    An edge has the length log10(1 / gain). The original takes K |J| dPhi/dmu + K J^2 dPhi/dsigma^2 for inhibitory sources, too, whose two
    parts have opposite signs; here it is the magnitude of their sum.

    Parameters
    ----------
    theory, anatomy
        Theory and anatomy file's content; the latter classes the pairs of areas.
    """
    labels = [str(label) for label in theory["target"].to_numpy()]
    return paths_between_areas(labels, effective_gain(theory["effective_connectivity"].to_numpy()), anatomy)
