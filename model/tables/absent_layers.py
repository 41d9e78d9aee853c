"""Layers that an area does not have, without thickness."""

from __future__ import annotations

from dataclasses import replace

from model.tables.axes import LAYERS
from model.tables.derived import with_derived
from model.tables.tables import Tables
from procortex.formats.populations import AREAS_WITHOUT_LAYER_4


def without_absent_layers(tables: Tables) -> Tables:
    """Give layer 4 no thickness where there is none; the area's other layers share its total thickness in proportion to their own."""
    areas = tables.areas.copy()
    columns = [f"thickness_{layer}" for layer in LAYERS]
    for area in sorted(AREAS_WITHOUT_LAYER_4):
        left = tables.thickness.loc[area].to_numpy() * [layer != "4" for layer in LAYERS]
        areas.loc[area, columns] = left * (areas["thickness_mm"][area] / left.sum())
    return with_derived(replace(tables, areas=areas))
