"""Neuron densities: Nissl counts where they exist, NeuN counts put on their scale, means by architectural type for the rest.

Schmidt et al. (2018a), "Neuronal densities and laminar thicknesses".
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from model.curation.regression import Line, fit_line
from model.tables.axes import AREA_LIST, Frame, Numbers

ARCHITECTURAL_TYPES = range(1, 9)


@dataclass(frozen=True)
class Densities:
    """Neuron densities.

    Attributes
    ----------
    per_mm3
        Neurons per mm^3; areas x (overall, 23, 4, 5, 6).
    source
        Where each area's overall density comes from: nissl, neun (put on the Nissl scale) or type_mean.
    type_means
        Mean densities of the areas with data, by architectural type 1 to 8 (NaN where none has data).
    nissl_on_neun
        Line that turns NeuN into Nissl densities.
    """

    per_mm3: Frame
    source: pd.Series[str]
    type_means: Frame
    nissl_on_neun: Line


def neuron_densities(neun: Frame, nissl: Numbers, area_names: dict[str, list[str]], types: pd.Series[int]) -> Densities:
    """Compute the density of neurons of each area and layer.

    Parameters
    ----------
    neun, nissl
        Densities by the Barbas lab's names; see `model.curation.raw`.
    area_names
        Model areas for these names.
    types
        Architectural type of each area.
    """
    both = [name for name in neun.index if name in nissl.index]
    line = fit_line(neun.loc[both, "overall"], nissl[both])
    scaled = line.slope * neun + line.intercept
    scaled = scaled.where(neun != 0, 0.0)  # a layer that is absent stays absent (layer 4 of TH)
    by_name = pd.DataFrame(
        {
            # overall densities are the Nissl ones where they exist; laminar ones exist only for NeuN
            "overall": nissl.reindex(neun.index).fillna(scaled["overall"]),
            "23": scaled["23"],
            "4": scaled["4"],
            "5": scaled["56"],
            "6": scaled["56"],
        }
    )
    names = {area: name for name in neun.index for area in ([name] if name in AREA_LIST else area_names.get(name, [])) if area in AREA_LIST}
    measured = by_name.loc[list(names.values())].set_axis(list(names), axis=0)
    # areas that share an entry of the table (TEO stands for PITd, PITv and VOT) each count in the mean of their type
    type_means = measured.groupby(types[measured.index]).mean()
    filled = type_means.loc[types].set_axis(types.index, axis=0)
    filled.loc[measured.index] = measured
    source = pd.Series({area: ("nissl" if names[area] in both else "neun") if area in names else "type_mean" for area in AREA_LIST})
    return Densities(filled.loc[AREA_LIST], source, type_means.reindex(ARCHITECTURAL_TYPES), line)
