"""Where the cell bodies are whose dendrites receive the synapses of a layer, in every area.

Schmidt et al. (2018a), "Mapping of synaptic locations".
"""

from __future__ import annotations

import xarray as xr

from model.tables.axes import AREA_LIST, LAYERS, POPULATIONS, Frame
from procortex.formats.populations import AREAS_WITHOUT_LAYER_4


def cell_bodies(probability: Frame, thickness: Frame) -> xr.DataArray:
    """Give each area its P(population | layer of the synapse).

    Parameters
    ----------
    probability
        The same of areas that have all layers; layers x populations.
    thickness
        Thickness (mm) of areas x layers.

    Returns
    -------
    xarray.DataArray
        (target_area, layer, target_population).
    """
    by_area = [without_layer_4(probability, thickness, area) if area in AREAS_WITHOUT_LAYER_4 else probability for area in AREA_LIST]
    coords = {"target_area": AREA_LIST, "layer": list(LAYERS), "target_population": POPULATIONS}
    return xr.DataArray([table.to_numpy() for table in by_area], coords)


def without_layer_4(probability: Frame, thickness: Frame, area: str) -> Frame:
    """Move the share of layer 4 to the layers that an area has, in proportion to their thickness (areas x layers)."""
    moved = probability.copy()
    thickness_left = thickness.loc[area, ["23", "5", "6"]]
    for sign in "EI":
        for layer, part in (thickness_left / thickness_left.sum()).items():
            moved[f"{layer}{sign}"] += probability[f"4{sign}"] * part
        moved[f"4{sign}"] = 0.0
    return moved
