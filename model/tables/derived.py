"""Columns that follow from others: neuron numbers and normalised fractions of labelled neurons."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from model.tables.axes import AREA_LIST, NEURON_LAYERS, POPULATIONS, Frame, Numbers
from model.tables.tables import Tables


def with_derived(tables: Tables) -> Tables:
    """Compute all derived columns from the others; what they hold already is not looked at."""
    areas = tables.areas
    density = areas[[f"density_{layer}" for layer in NEURON_LAYERS]].set_axis(list(NEURON_LAYERS), axis=1)
    excitatory = excitatory_fractions(tables.microcircuit["neurons_per_mm2"])
    neurons = neuron_numbers(areas["surface_mm2"], tables.thickness, density, excitatory)
    normalised = normalised_fln(tables)[AREA_LIST].to_numpy()
    by_pair = [normalised[AREA_LIST.index(target), AREA_LIST.index(source)] for target, source in tables.connections.index]
    return replace(
        tables,
        areas=areas.assign(**{f"neurons_{name}": neurons[name] for name in POPULATIONS}),
        connections=tables.connections.assign(fln_normalised=by_pair),
    )


def completed_fln(tables: Tables) -> Frame:
    """Complete the fractions of labelled neurons [target, source] where connections exist."""
    return completed_fractions(tables.matrix("fln_measured"), tables.matrix("fln_predicted"), tables.exists)


def normalised_fln(tables: Tables) -> Frame:
    """Normalise the fractions of labelled neurons [target, source]; the last column is ``external``."""
    extrinsic = 1 - tables.constant("fln_intrinsic") - tables.constant("fln_subcortical")
    return normalised_fractions(completed_fln(tables), tables.areas["external_fln"], extrinsic)


def completed_fractions(measured: Frame, predicted: Frame, exists: Frame) -> Frame:
    """Complete the measured fractions by the predicted ones; all arguments [target, source].

    Returns
    -------
    pandas.DataFrame
        Measured, else predicted, where a connection exists; elsewhere 0 where something was measured, else NaN.
    """
    known = measured.where(exists, measured.where(measured.isna(), 0.0))
    return known.fillna(predicted.where(exists))


def normalised_fractions(completed: Frame, external: Numbers, extrinsic: float) -> Frame:
    """Scale the rows of the completed fractions to the share of other cortical areas.

    Parameters
    ----------
    completed
        What `completed_fractions` gives [target, source].
    external
        Sum over cortical areas outside the model, which takes its part of the share; by target area.
    extrinsic
        Fraction of all labelled neurons that are in other cortical areas.

    Returns
    -------
    pandas.DataFrame
        [target, source], the last column ``external``; NaN where `completed` is; 0 in an area that no cortical area reaches.
    """
    everything = completed.assign(external=external)
    total = everything.sum(axis=1)
    return everything.mul((extrinsic / total).where(total > 0, 0.0), axis=0)


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
