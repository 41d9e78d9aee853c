"""Which areas are connected, and in which layers: CoCoMac, with pairs that only the tracing data show.

Schmidt et al. (2018a), "Cortico-cortical connectivity".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from model.anatomy.labels import AREA_LIST, Frame

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


def cocomac_connections(pairs: Frame) -> Frame:
    """Keep the pairs that end in a model area, and that have a laminar pattern or at least one confirmative study."""
    has_pattern = (pairs["source_pattern"] != "") | (pairs["target_pattern"] != "")
    different = pairs["source"] != pairs["target"]
    return pairs[pairs["target"].isin(AREA_LIST) & different & (has_pattern | (pairs["studies"] > 0))].reset_index(drop=True)


def existence(cocomac: Frame, traced: Frame) -> Frame:
    """Say where connections between model areas come from.

    Parameters
    ----------
    cocomac
        What `cocomac_connections` gives.
    traced
        Traced fractions between model areas [target, source], NaN without data.

    Returns
    -------
    pandas.DataFrame
        [target, source]: 0 no connection, 1 CoCoMac, 2 tracing only.
    """
    table = pd.DataFrame(0, index=AREA_LIST, columns=AREA_LIST).where(~(traced > 0), 2)
    within = cocomac[cocomac["source"].isin(AREA_LIST)]
    for target, source in zip(within["target"], within["source"], strict=True):
        table.loc[target, source] = 1
    return table


def laminar_patterns(cocomac: Frame) -> LaminarPatterns:
    """Code the laminar patterns of pairs of model areas; an unknown origin in layer 1 or 4 counts as none."""
    shape = (len(AREA_LIST), len(AREA_LIST), len(PATTERN_LAYERS))
    coords = {"target_area": AREA_LIST, "source_area": AREA_LIST, "pattern_layer": list(PATTERN_LAYERS)}
    source, target = np.full(shape, np.nan), np.full(shape, np.nan)
    for row in cocomac[cocomac["source"].isin(AREA_LIST)].itertuples():
        place = AREA_LIST.index(str(row.target)), AREA_LIST.index(str(row.source))
        if row.source_pattern:
            codes = np.array([_code(character) for character in str(row.source_pattern)])
            codes[[0, 3]] = np.maximum(codes[[0, 3]], 0.0)
            source[place] = codes
        if row.target_pattern:
            target[place] = [_code(character) for character in str(row.target_pattern)]
    return LaminarPatterns(xr.DataArray(source, coords), xr.DataArray(target, coords))


def _code(character: str) -> float:
    return {"X": PRESENT, "?": UNKNOWN}.get(character) or float(character)
