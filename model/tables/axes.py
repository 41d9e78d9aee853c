"""Axes of the anatomical tables: areas, layers, populations of a layer."""

from __future__ import annotations

from typing import TypeAlias

import pandas as pd

from procortex.formats.populations import AREAS, LAYER_POPULATIONS

Frame: TypeAlias = pd.DataFrame
Numbers: TypeAlias = "pd.Series[float]"

AREA_LIST: list[str] = list(AREAS)
LAYERS: tuple[str, ...] = ("1", "23", "4", "5", "6")
"""Cortical layers; ``23`` stands for layers 2 and 3."""

NEURON_LAYERS: tuple[str, ...] = LAYERS[1:]
"""Layers that hold neurons of the model."""

POPULATIONS: list[str] = list(LAYER_POPULATIONS)
