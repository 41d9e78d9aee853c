"""Columns that follow from others: neuron numbers and normalised fractions of labelled neurons."""

from __future__ import annotations

from dataclasses import replace

from model.tables.axes import AREA_LIST, NEURON_LAYERS, POPULATIONS, Frame
from model.tables.fln_normalisation import completed_fractions, normalised_fractions
from model.tables.neuron_numbers import excitatory_fractions, neuron_numbers
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
