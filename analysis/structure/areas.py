"""The network between areas: synapses of populations summed over areas. Schmidt et al. (2018a), "Connectivity of the model"."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from contracts.anatomy import AREA_PAIR
from procortex.formats.populations import AREAS, label_areas

ARCHITECTURAL_ORDER: tuple[str, ...] = (
    "V1", "V2", "VP", "V3", "PIP", "V3A", "MT", "V4t", "V4", "PO", "VOT", "DP", "MIP", "MDP", "MSTd", "VIP",
    "LIP", "PITv", "PITd", "AITv", "MSTl", "FST", "CITv", "CITd", "7a", "STPp", "STPa", "FEF", "46", "TF", "TH", "AITd",
)  # fmt: skip
"""Areas in the order in which the published figures show them, which falls roughly with the architectural type."""

ORIGINS = ("intra", "cortico_cortical", "external")


def area_sums(populations: xr.DataArray) -> xr.DataArray:
    """Sum a matrix (target, source) of populations over the populations of each area; gives (target_area, source_area)."""
    target, source = (_membership(populations[dim]) for dim in ("target", "source"))
    names = list(AREAS)
    return xr.DataArray(target.T @ populations.to_numpy() @ source, {"target_area": names, "source_area": names}, AREA_PAIR)


def area_neurons(anatomy: xr.Dataset) -> xr.DataArray:
    """Neurons of each area (area)."""
    return xr.DataArray(_membership(anatomy["target"]).T @ anatomy["neurons"].to_numpy(), {"area": list(AREAS)}, ("area",))


def area_synapses(anatomy: xr.Dataset, indegree: str = "indegree") -> xr.DataArray:
    """Synapses between areas (target_area, source_area), from the in-degrees of that name."""
    return area_sums(anatomy[indegree] * anatomy["neurons"])


def external_synapses(anatomy: xr.Dataset) -> xr.DataArray:
    """External synapses of each area (area)."""
    synapses = (anatomy["external_indegree"] * anatomy["neurons"]).to_numpy()
    return xr.DataArray(_membership(anatomy["target"]).T @ synapses, {"area": list(AREAS)}, ("area",))


def area_indegrees(anatomy: xr.Dataset, indegree: str = "indegree") -> xr.DataArray:
    """Mean in-degree of an area's neurons from each area (target_area, source_area)."""
    return area_synapses(anatomy, indegree) / area_neurons(anatomy).rename(area="target_area")


def relative_indegrees(anatomy: xr.Dataset, indegree: str = "indegree") -> xr.DataArray:
    """Share of each area in the synapses of a target area, external ones included (target_area, source_area)."""
    synapses = area_synapses(anatomy, indegree)
    return synapses / (synapses.sum("source_area") + external_synapses(anatomy).rename(area="target_area"))


def relative_outdegrees(anatomy: xr.Dataset, indegree: str = "indegree") -> xr.DataArray:
    """Share of each other area in the synapses that an area sends to others (target_area, source_area); its columns sum to 1.

    An area that sends none has a column of zeros; the diagonal is zero.
    """
    synapses = area_synapses(anatomy, indegree)
    between = synapses.where(synapses["target_area"] != synapses["source_area"], 0.0)
    sent = between.sum("target_area")
    return between / sent.where(sent > 0, 1.0)


def indegrees_by_origin(anatomy: xr.Dataset, indegree: str = "indegree") -> pd.DataFrame:
    """Mean in-degree of each area's neurons from the area itself, from other areas and from outside the model; areas x `ORIGINS`."""
    means = area_indegrees(anatomy, indegree).to_numpy()
    external = (external_synapses(anatomy) / area_neurons(anatomy)).to_numpy()
    intra = np.diag(means)
    return pd.DataFrame(dict(zip(ORIGINS, (intra, means.sum(axis=1) - intra, external), strict=True)), index=list(AREAS))


def _membership(labels: xr.DataArray) -> NDArray[np.float64]:
    """Which population (row) belongs to which area (column), as 0 and 1."""
    areas = label_areas([str(label) for label in labels.to_numpy()])
    return np.asarray(areas[:, None] == np.array(AREAS)[None, :], dtype=float)
