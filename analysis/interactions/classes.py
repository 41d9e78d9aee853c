"""Connections between populations by what they join: within an area, or between areas by class and architectural type."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from analysis.structure.connections import connection_classes
from analysis.structure.paths import TYPE_STEPS
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
