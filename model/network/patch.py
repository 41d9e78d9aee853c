"""The surface that each area stands for: beyond some size there is no network.

The larger a patch, the more of an area's synapses come from within it. Synapses from other areas keep their share, so that in the end fewer
than none are left for the external input.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import xarray as xr

from model.anatomy import Anatomy, build_anatomy
from procortex.formats.populations import population_labels, split_label
from procortex.utilities.errors import InputError

SMALLEST = 1.0
"""Surface (mm^2) at which any anatomy has to have external synapses: that of the published model."""


def check_external(anatomy: Anatomy, areas: Sequence[str]) -> None:
    """Refuse an anatomy without synapses for the external input of an area.

    Parameters
    ----------
    anatomy
        The anatomy.
    areas
        The areas that need external input.

    Raises
    ------
    InputError
        With the largest surface that works, or what is wrong with the tables.
    """
    external = _external(anatomy, areas)
    surface, least = anatomy.parameters.surface, float(external.min())
    if least >= 0:
        return
    label = str(external["target"].values[int(external.values.argmin())])
    area = split_label(label)[0]
    too_many = f"the patch of {area} gets more synapses from itself and from other areas than it has"
    if surface <= SMALLEST or not _works(anatomy, areas, SMALLEST):
        raise InputError(
            f"connectivity: {too_many} (external in-degree of {label}: {least:.4g}); expected smaller fln_intrinsic and fln_normalised in "
            "the tables"
        )
    raise InputError(f"network_params.surface: is {surface:g} mm^2, of which {too_many}; expected at most {_largest(anatomy, areas):g}")


def _external(anatomy: Anatomy, areas: Sequence[str]) -> xr.DataArray:
    return anatomy.external_indegree.sel(target=list(population_labels(areas)))


def _works(anatomy: Anatomy, areas: Sequence[str], surface: float) -> bool:
    rebuilt = build_anatomy(anatomy.tables, replace(anatomy.parameters, surface=surface))
    return bool((_external(rebuilt, areas) >= 0).all())


def _largest(anatomy: Anatomy, areas: Sequence[str]) -> float:
    """Find the largest surface that works (mm^2), to three digits, below that of an anatomy that does not."""
    low, high = SMALLEST, anatomy.parameters.surface
    while high > low * 1.0005:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if _works(anatomy, areas, middle) else (low, middle)
    digit = 10.0 ** (math.floor(math.log10(low)) - 2)
    return math.floor(low / digit) * digit
