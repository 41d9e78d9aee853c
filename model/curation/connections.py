"""Which areas are connected: CoCoMac, with pairs that only the tracing data show.

Schmidt et al. (2018a), "Cortico-cortical connectivity".
"""

from __future__ import annotations

import pandas as pd

from model.tables.axes import AREA_LIST, Frame


def cocomac_connections(pairs: Frame) -> Frame:
    """Keep the pairs that end in a model area, and that have a laminar pattern or at least one confirmative study."""
    has_pattern = (pairs["source_pattern"] != "") | (pairs["target_pattern"] != "")
    different = pairs["source"] != pairs["target"]
    return pairs[pairs["target"].isin(AREA_LIST) & different & (has_pattern | (pairs["studies"] > 0))].reset_index(drop=True)


def evidence(cocomac: Frame, traced: Frame) -> Frame:
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
        [target, source]: ``cocomac``, ``tracing`` (only there) or ``none``.
    """
    table = pd.DataFrame("none", index=AREA_LIST, columns=AREA_LIST).where(~(traced > 0), "tracing")
    within = cocomac[cocomac["source"].isin(AREA_LIST)]
    for target, source in zip(within["target"], within["source"], strict=True):
        table.loc[target, source] = "cocomac"
    return table
