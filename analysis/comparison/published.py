"""The published NEST and GeNN values as a statistics table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.statistics.definitions import DEFAULT
from analysis.tables import Windows
from contracts.startup import START_MS
from sources.fetch import published_folder
from sources.published import published_statistics
from sources.registry import PUBLISHED_T_SIM, VALUES

WINDOWS: Windows = {state: (START_MS, t_sim) for state, t_sim in PUBLISHED_T_SIM.items()}
SEED = 0
"""Seed of the published values, which do not say theirs."""


def published(folder: Path | None = None, state: str | None = None) -> tuple[pd.DataFrame, Windows]:
    """Area values of the published NEST and GeNN simulations.

    Parameters
    ----------
    folder
        Folder of the published files (downloaded if None; ``PROCORTEX_PUBLISHED_DIR`` goes before it).
    state
        State whose values are taken (both if None).

    Returns
    -------
    tuple
        The table with the columns of statistics, simulators ``nest-published`` and ``genn-published``, and its windows. The
        number of neurons behind a value is not published: n is missing, and there are no values pooled over areas. Areas of the
        resting state are ranks (``rank00``): their order is not known.
    """
    states = tuple(VALUES) if state is None else (state,)
    frame = published_statistics(published_folder(folder, uses=[use for name in states for use in VALUES[name]]), states)
    return (
        frame.assign(
            simulator=frame["simulator"] + "-published",
            seed=SEED,
            definition=DEFAULT,
            n=pd.array([pd.NA] * len(frame), dtype="Int64"),
        ),
        WINDOWS if state is None else {state: WINDOWS[state]},
    )
