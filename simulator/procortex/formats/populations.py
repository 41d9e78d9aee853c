"""The areas and populations of the model, in the order of every matrix and file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

AREAS: tuple[str, ...] = (
    "V1", "V2", "VP", "V3", "V3A", "MT", "V4t", "V4", "VOT", "MSTd", "PIP", "PO", "DP", "MIP", "MDP", "VIP",
    "LIP", "PITv", "PITd", "MSTl", "CITv", "CITd", "FEF", "TF", "AITv", "FST", "7a", "STPp", "STPa", "46", "AITd", "TH",
)  # fmt: skip
"""The 32 areas of the Felleman & Van Essen (1991) parcellation, in model order."""

LAYER_POPULATIONS: tuple[str, ...] = ("23E", "23I", "4E", "4I", "5E", "5I", "6E", "6I")
"""Excitatory and inhibitory populations from the top layer down, in model order."""

AREAS_WITHOUT_LAYER_4: frozenset[str] = frozenset({"TH"})


def area_populations(area: str) -> tuple[str, ...]:
    """Layer populations that exist in an area, in model order (TH has no layer 4)."""
    if area in AREAS_WITHOUT_LAYER_4:
        return tuple(name for name in LAYER_POPULATIONS if not name.startswith("4"))
    return LAYER_POPULATIONS


def population_labels(areas: Iterable[str] = AREAS) -> tuple[str, ...]:
    """Labels ``AREA-POPULATION`` (``V1-23E``) of the given areas, 254 for all of them."""
    return tuple(f"{area}-{population}" for area in areas for population in area_populations(area))


def split_label(label: str) -> tuple[str, str]:
    """Area and layer population of a label."""
    area, _, population = label.rpartition("-")
    return area, population


def label_areas(labels: Sequence[str]) -> NDArray[np.str_]:
    """Area of each label."""
    return np.array([split_label(label)[0] for label in labels])


def label_layers(labels: Sequence[str]) -> NDArray[np.str_]:
    """Layer population of each label."""
    return np.array([split_label(label)[1] for label in labels])


def is_inhibitory(labels: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each label names an inhibitory population."""
    return np.array([label.endswith("I") for label in labels], dtype=bool)
