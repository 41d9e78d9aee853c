"""What a stabilisation changed: the in-degrees of the network against those of the anatomy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from analysis.structure.areas import area_indegrees
from contracts.anatomy import PAIR
from procortex.formats.populations import LAYER_POPULATIONS, label_areas, label_layers

BEFORE, AFTER = "indegree_anatomical", "indegree"
PARTS = ("within", "between")
ROLES = PAIR


def is_changed(anatomy: xr.Dataset) -> bool:
    """Whether the network's in-degrees differ from those of the anatomy."""
    return not anatomy[AFTER].equals(anatomy[BEFORE])


def area_changes(anatomy: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Mean in-degree of an area's neurons from each area, in the anatomy and in the network; (target_area, source_area) each."""
    return area_indegrees(anatomy, BEFORE), area_indegrees(anatomy, AFTER)


def relative(before: xr.DataArray, after: xr.DataArray) -> xr.DataArray:
    """Change relative to what was there; NaN where nothing was."""
    change: xr.DataArray = after / before.where(before > 0) - 1
    return change


def population_changes(anatomy: xr.Dataset, role: str) -> pd.DataFrame:
    """Relative change of the number of synapses of each layer population, within areas and between them.

    Parameters
    ----------
    anatomy
        The anatomy file's content.
    role
        One of `ROLES`: whether the population receives the synapses or sends them.

    Returns
    -------
    pandas.DataFrame
        Layer populations x `PARTS`; NaN where a population has no such synapses in the anatomy.
    """
    labels = [str(label) for label in anatomy["target"].to_numpy()]
    areas, layers = label_areas(labels), label_layers(labels)
    inside = areas[:, None] == areas[None, :]
    before, after = ((anatomy[name].transpose(*PAIR) * anatomy["neurons"]).to_numpy() for name in (BEFORE, AFTER))
    changes = pd.DataFrame(np.nan, index=list(LAYER_POPULATIONS), columns=list(PARTS))
    for part, where in zip(PARTS, (inside, ~inside), strict=True):
        for population in LAYER_POPULATIONS:
            chosen = layers == population
            here = where & (chosen[:, None] if role == "target" else chosen[None, :])
            if before[here].sum() > 0:
                changes.loc[population, part] = after[here].sum() / before[here].sum() - 1
    return changes


def most_changed_pair(anatomy: xr.Dataset) -> tuple[str, str]:
    """Target and source of the connection between two areas whose in-degree, per neuron of the target area, changes most."""
    before, after = area_changes(anatomy)
    change = np.abs((after - before).to_numpy())
    np.fill_diagonal(change, 0.0)
    target, source = np.unravel_index(int(change.argmax()), change.shape)
    return str(before["target_area"].to_numpy()[target]), str(before["source_area"].to_numpy()[source])


def pair_changes(anatomy: xr.Dataset, target: str, source: str) -> tuple[xr.DataArray, xr.DataArray]:
    """In-degrees of the populations of one area from those of another (target, source), in the anatomy and in the network."""
    labels = [str(label) for label in anatomy["target"].to_numpy()]
    areas = label_areas(labels)
    rows, columns = np.flatnonzero(areas == target), np.flatnonzero(areas == source)
    before, after = (anatomy[name].transpose(*PAIR).isel(target=rows, source=columns) for name in (BEFORE, AFTER))
    return before, after
