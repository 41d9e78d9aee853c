"""The whole anatomy: from the raw files to neuron numbers, in-degrees and distances."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import xarray as xr

from model.anatomy import raw as read
from model.anatomy.cell_body import CellBodies, cell_bodies
from model.anatomy.connections import LaminarPatterns, cocomac_connections, existence, laminar_patterns
from model.anatomy.corticocortical import (
    corticocortical_synapses,
    over_area_pairs,
    source_fractions,
    target_fractions,
    with_feedback_specificity,
)
from model.anatomy.densities import Densities, neuron_densities
from model.anatomy.external import external_indegrees, external_synapses
from model.anatomy.fln import LabelledFractions, labelled_fractions, traced_fractions
from model.anatomy.intrinsic import Intrinsic, Microcircuit, intrinsic_synapses, microcircuit
from model.anatomy.labels import AREA_LIST, POPULATIONS, Frame, Numbers, by_population, by_population_pair
from model.anatomy.neuron_numbers import excitatory_fractions, neuron_numbers
from model.anatomy.parameters import AnatomyParameters
from model.anatomy.sln import SupragranularFractions, predicted_supragranular, supragranular_fractions, traced_supragranular
from model.anatomy.sln_fit import PUBLISHED_FIT, SupragranularFit, fit_supragranular
from model.anatomy.stabilised import stabilised_indegrees
from model.anatomy.thickness import Thickness, cortical_thickness
from sources.fetch import RawSources


@dataclass(frozen=True)
class Structure:
    """Structure of the areas.

    Attributes
    ----------
    types, hierarchy
        Architectural type and hierarchical level of each area.
    surface
        Surface (mm^2) of each whole area.
    densities, thickness
        Neuron densities and laminar thickness.
    excitatory
        Excitatory fraction of the neurons of each layer.
    neurons
        Neurons of whole areas; areas x populations.
    """

    types: pd.Series[int]
    hierarchy: Numbers
    surface: Numbers
    densities: Densities
    thickness: Thickness
    excitatory: Numbers
    neurons: Frame


@dataclass(frozen=True)
class AreaConnections:
    """Connections between areas.

    Attributes
    ----------
    existence
        [target, source]: 0 no connection, 1 CoCoMac, 2 tracing only.
    patterns
        Laminar patterns of CoCoMac.
    labelled
        Fractions of labelled neurons.
    supragranular, supragranular_fit
        Fractions of supragranular neurons, and the coefficients that predict them.
    """

    existence: Frame
    patterns: LaminarPatterns
    labelled: LabelledFractions
    supragranular: SupragranularFractions
    supragranular_fit: SupragranularFit


@dataclass(frozen=True)
class Synapses:
    """Synapses of the modelled patches, before stabilisation.

    Attributes
    ----------
    density
        Synapses per mm^2 and µm of thickness, the same everywhere.
    total
        All synapses of each patch.
    microcircuit, intrinsic
        In-degrees of the microcircuit, and their scaling to the areas.
    cell_bodies
        Populations that receive the synapses of each layer.
    sources, targets
        Fraction of a connection's synapses by population of origin, and by layer of termination.
    corticocortical
        (target_area, target_population, source_area, source_population).
    external
        External synapses of each area, without the factors on single populations.
    """

    density: float
    total: Numbers
    microcircuit: Microcircuit
    intrinsic: Intrinsic
    cell_bodies: CellBodies
    sources: xr.DataArray
    targets: xr.DataArray
    corticocortical: xr.DataArray
    external: Numbers


@dataclass(frozen=True)
class Anatomy:
    """Neuron numbers, in-degrees and distances of the model, with every table on the way to them.

    Attributes
    ----------
    parameters
        What it was built with.
    neurons, neurons_full
        Neurons below the modelled surface and in whole areas, real numbers; (population) over the 254 labels.
    indegree
        Recurrent in-degrees (target, source), stabilised if the parameters say so.
    indegree_raw
        The same before stabilisation.
    external_indegree
        External in-degrees (target).
    distance
        Median distance (mm); (target_area, source_area).
    structure, connections, synapses
        Tables on the way.
    """

    parameters: AnatomyParameters
    neurons: xr.DataArray
    neurons_full: xr.DataArray
    indegree: xr.DataArray
    indegree_raw: xr.DataArray
    external_indegree: xr.DataArray
    distance: xr.DataArray
    structure: Structure
    connections: AreaConnections
    synapses: Synapses


def build_anatomy(raw: RawSources, parameters: AnatomyParameters | None = None) -> Anatomy:
    """Build the anatomy from the raw files.

    Parameters
    ----------
    raw
        What `sources.fetch.raw_folder` gives.
    parameters
        Parameters of the anatomy (the published ones if None).
    """
    parameters = parameters or AnatomyParameters()
    distances = read.read_distances(raw)
    structure = build_structure(raw)
    connections = build_connections(raw, structure, distances, parameters)
    neurons = structure.neurons.mul(parameters.surface / structure.surface, axis=0)
    synapses = build_synapses(raw, structure, connections, neurons, parameters)

    indegree = by_population_pair(_indegrees(synapses, neurons))
    external = by_population(external_indegrees(synapses.external, neurons, parameters))
    stabilised = indegree
    if parameters.stabilisation == "published":
        stabilised = stabilised_indegrees(read.read_stabilised_indegrees(raw), indegree)
    return Anatomy(
        parameters=parameters,
        neurons=by_population(neurons),
        neurons_full=by_population(structure.neurons),
        indegree=stabilised,
        indegree_raw=indegree,
        external_indegree=external.rename(population="target"),
        distance=over_area_pairs(distances),
        structure=structure,
        connections=connections,
        synapses=synapses,
    )


def build_structure(raw: RawSources) -> Structure:
    """Build densities, thickness and neuron numbers of whole areas."""
    types, surface = read.read_architectural_types(raw), read.read_surfaces(raw)
    densities = neuron_densities(read.read_neun_densities(raw), read.read_nissl_densities(raw), read.read_area_names(raw), types)
    thickness = cortical_thickness(read.read_total_thickness(raw), read.read_laminar_thickness(raw), densities.per_mm3["overall"])
    excitatory = excitatory_fractions(read.read_microcircuit_numbers(raw))
    neurons = neuron_numbers(surface, thickness.laminar, densities.per_mm3, excitatory)
    return Structure(types, read.read_hierarchy(raw), surface, densities, thickness, excitatory, neurons)


def build_connections(raw: RawSources, structure: Structure, distances: Frame, parameters: AnatomyParameters) -> AreaConnections:
    """Build the connections between areas: which exist, how strong they are, and where they start and end."""
    injections, overlap = read.read_injections(raw), read.read_overlap(raw)
    cocomac = cocomac_connections(read.read_cocomac(raw))
    by_injection, measured = traced_fractions(read.read_labelled_fractions(raw), injections, overlap)
    exists = existence(cocomac, measured)
    labelled = labelled_fractions(by_injection, measured, exists > 0, cocomac, distances, read.read_intrinsic_fraction(raw))

    fit = PUBLISHED_FIT
    if parameters.sln_fit == "refit":
        counts = read.read_laminar_counts(raw)
        fit = fit_supragranular(*(counts[column].to_numpy() for column in ("log_density_ratio", "supra", "infra")))
    supra_by_injection, supra_measured = traced_supragranular(read.read_supragranular_fractions(raw), injections, overlap, by_injection)
    predicted = predicted_supragranular(structure.densities.per_mm3["overall"], fit.intercept, fit.slope)
    supragranular = supragranular_fractions(supra_by_injection, supra_measured, predicted, exists > 0)
    return AreaConnections(exists, laminar_patterns(cocomac), labelled, supragranular, fit)


def build_synapses(
    raw: RawSources, structure: Structure, connections: AreaConnections, neurons: Frame, parameters: AnatomyParameters
) -> Synapses:
    """Build all synapses of patches with the given neurons (areas x populations)."""
    thickness = structure.thickness.total
    # V1's synapses per neuron set the number of synapses in a volume, which is the same in all areas.
    density = parameters.av_indegree_V1 * structure.neurons.sum(axis=1)["V1"] / (structure.surface["V1"] * thickness["V1"])
    total, total_full = density * thickness * parameters.surface, density * thickness * structure.surface

    intrinsic_fraction = read.read_intrinsic_fraction(raw)
    numbers, probabilities = read.read_microcircuit_numbers(raw), read.read_microcircuit_probabilities(raw)
    circuit = microcircuit(parameters.surface, structure.surface, probabilities, numbers)
    intrinsic = intrinsic_synapses(circuit, neurons, structure.neurons, total, total_full, intrinsic_fraction)

    laminar = structure.thickness.laminar
    bodies = cell_bodies(read.read_cell_types(raw), neurons.T["V1"], laminar)
    classes = over_area_pairs(connections.supragranular.classes)
    sources = source_fractions(connections.patterns, over_area_pairs(connections.supragranular.completed), structure.neurons)
    targets = target_fractions(connections.patterns, classes, laminar)
    labelled = connections.labelled.normalised[AREA_LIST]
    between = corticocortical_synapses(total, labelled, sources, targets, bodies.probability)
    if parameters.E_specificity:
        between = with_feedback_specificity(between, classes)
    from_areas = between.sum(["target_population", "source_area", "source_population"]).to_series().loc[AREA_LIST]
    external = external_synapses(total, intrinsic.fraction, from_areas)
    return Synapses(density, total, circuit, intrinsic, bodies, sources, targets, between, external)


def _indegrees(synapses: Synapses, neurons: Frame) -> xr.DataArray:
    """Divide the synapses within and between areas by the neurons of the target population; 0 where there are none."""
    axes = {"target_area": AREA_LIST, "target_population": POPULATIONS, "source_area": AREA_LIST, "source_population": POPULATIONS}
    blocks = synapses.corticocortical.reindex(axes, fill_value=0.0).copy()
    for area in AREA_LIST:
        blocks.loc[{"target_area": area, "source_area": area}] = synapses.intrinsic.synapses.sel(area=area, drop=True)
    targets = xr.DataArray(
        neurons.loc[AREA_LIST, POPULATIONS].to_numpy(), coords={dim: axes[dim] for dim in ("target_area", "target_population")}
    )
    return (blocks / targets).where(targets > 0, 0.0)
