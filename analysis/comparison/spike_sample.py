"""A few of the spikes of a simulation, for rasters of runs whose spikes are too large to keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from procortex.formats.populations import split_label
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import read_spikes
from procortex.utilities.errors import InputError

SAMPLE_COLUMNS = ("state", "simulator", "seed", "area", "population", "neuron", "time", "rows")
"""Columns of a spike sample: `time` in ms, `neuron` the index within the population, `rows` the number of its recorded neurons.
A population without a spike in the sample has one row without neuron and time."""

AREAS = ("V1", "V2", "FEF")
SAMPLE_START_MS, SAMPLE_END_MS = 3000.0, 3500.0
FRACTION = 0.03
SEED = 20210201


def sample_spikes(folder: Path, state: str) -> pd.DataFrame:
    """Draw 3 % of the spikes of V1, V2 and FEF from 3.0 to 3.5 s, with replacement, as in Knight and Nowotny (2021), Fig. 3.

    Parameters
    ----------
    folder
        Spike data set.
    state
        Name of the simulated state.

    Returns
    -------
    pandas.DataFrame
        Columns `SAMPLE_COLUMNS`; the same spikes give the same sample.

    Raises
    ------
    InputError
        If the simulation is too short, or one of the areas was not recorded.
    """
    meta = read_meta(folder)
    if meta.t_sim < SAMPLE_END_MS:
        raise InputError(
            f"{folder}: the simulation ends at {meta.t_sim:g} ms, the raster is of {SAMPLE_START_MS:g} to {SAMPLE_END_MS:g} ms; "
            "simulate at least so long"
        )
    rng = np.random.default_rng(SEED)
    parts = []
    for area in AREAS:
        rows = {split_label(label)[1]: n for label, n in meta.recorded.items() if split_label(label)[0] == area and n > 0}
        if not rows:
            raise InputError(f"{folder}: area {area} was not recorded; the raster needs {', '.join(AREAS)}")
        spikes = read_spikes(folder, area, None, round(SAMPLE_START_MS / meta.dt), round(SAMPLE_END_MS / meta.dt))
        chosen = spikes.iloc[np.sort(rng.integers(0, len(spikes), round(FRACTION * len(spikes))))] if len(spikes) else spikes
        drawn = pd.DataFrame(
            {
                "population": chosen["population"].astype(str),
                "neuron": chosen["neuron"].astype(float),
                "time": chosen["step"] * meta.dt,
            }
        )
        silent = pd.DataFrame({"population": [name for name in rows if name not in set(drawn["population"])]})
        part = pd.concat([drawn, silent]).assign(area=area)
        parts.append(part.assign(rows=part["population"].map(rows)))
    return pd.concat(parts, ignore_index=True).assign(state=state, simulator=meta.backend, seed=meta.seed)[list(SAMPLE_COLUMNS)]
