"""Laminar patterns of CoCoMac: from their texts to strengths of layers.

Schmidt et al. (2018a), "Cortico-cortical connectivity".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from model.tables.axes import AREA_LIST, Frame

PATTERN_LAYERS = ("1", "2", "3", "4", "5", "6")
UNKNOWN = -1.0
"""Code of a connection of unknown strength ('?')."""

PRESENT = 2.0
"""Code of a connection that is only known to be there ('X'): like a medium one."""


@dataclass(frozen=True)
class LaminarPatterns:
    """Laminar patterns of CoCoMac.

    Attributes
    ----------
    source, target
        Strength in the layers of origin, and of termination; (target_area, source_area, pattern_layer): 0 absent, 1 sparse, 2 medium
        or present, 3 dense, -1 unknown; NaN for pairs without a pattern.
    """

    source: xr.DataArray
    target: xr.DataArray


def laminar_patterns(source_pattern: Frame, target_pattern: Frame) -> LaminarPatterns:
    """Code the laminar patterns of pairs of areas; an unknown origin in layer 1 or 4 counts as none.

    Parameters
    ----------
    source_pattern, target_pattern
        Texts of six characters, or '' where there is no pattern [target, source].
    """
    source, target = _codes(source_pattern), _codes(target_pattern)
    outer = source.sel(pattern_layer=["1", "4"])
    source.loc[{"pattern_layer": ["1", "4"]}] = outer.where(outer != UNKNOWN, 0.0)
    return LaminarPatterns(source, target)


def _codes(patterns: Frame) -> xr.DataArray:
    values = [[[_code(character) for character in text] or [np.nan] * len(PATTERN_LAYERS) for text in row] for row in patterns.to_numpy()]
    return xr.DataArray(values, {"target_area": AREA_LIST, "source_area": AREA_LIST, "pattern_layer": list(PATTERN_LAYERS)})


def _code(character: str) -> float:
    return {"X": PRESENT, "?": UNKNOWN}.get(character) or float(character)
