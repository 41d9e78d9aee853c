"""Neuron numbers from surface, laminar thickness, density and the ratio of excitatory to inhibitory neurons.

Schmidt et al. (2018a), "Neuronal densities and laminar thicknesses"; ratios of Potjans and Diesmann (2014).
"""

from __future__ import annotations

import pandas as pd

from model.tables.axes import NEURON_LAYERS, POPULATIONS, Frame, Numbers


def excitatory_fractions(microcircuit: Numbers) -> Numbers:
    """Compute the excitatory fraction of the neurons of each layer, the same in all areas."""
    return pd.Series(
        {layer: microcircuit[f"{layer}E"] / (microcircuit[f"{layer}E"] + microcircuit[f"{layer}I"]) for layer in NEURON_LAYERS}
    )


def neuron_numbers(surface: Numbers, thickness: Frame, density: Frame, excitatory: Numbers) -> Frame:
    """Compute the number of neurons of each population of whole areas, as real numbers.

    Parameters
    ----------
    surface
        Surface (mm^2) of each area.
    thickness, density
        Thickness (mm) and neurons per mm^3; areas x layers.
    excitatory
        Excitatory fraction of each layer.

    Returns
    -------
    pandas.DataFrame
        Areas x layer populations. A population exists where its number is positive. Layer 1 has no neurons.
    """
    columns = {}
    for layer in NEURON_LAYERS:
        in_layer = surface * thickness[layer] * density[layer]
        columns[f"{layer}E"] = in_layer * excitatory[layer]
        columns[f"{layer}I"] = in_layer * (1 - excitatory[layer])
    return pd.DataFrame(columns)[POPULATIONS]
