"""The whole anatomy: from the tables to neuron numbers, in-degrees and distances."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from model.anatomy.cell_body import cell_bodies
from model.anatomy.corticocortical import (
    corticocortical_synapses,
    over_area_pairs,
    source_fractions,
    target_fractions,
    with_feedback_specificity,
)
from model.anatomy.external import external_indegrees, external_synapses
from model.anatomy.intrinsic import Intrinsic, Microcircuit, intrinsic_synapses, microcircuit
from model.anatomy.labels import by_population, by_population_pair
from model.anatomy.parameters import AnatomyParameters
from model.anatomy.patterns import LaminarPatterns, laminar_patterns
from model.anatomy.supragranular import completed_supragranular, connection_classes
from model.tables.axes import AREA_LIST, LAYERS, POPULATIONS, Frame, Numbers
from model.tables.derived import with_derived
from model.tables.tables import Tables
from procortex.formats.populations import AREAS_WITHOUT_LAYER_4

UM_PER_MM = 1e3


@dataclass(frozen=True)
class AreaConnections:
    """Connections between areas, as the in-degrees use them; all tables [target, source].

    Attributes
    ----------
    patterns
        Laminar patterns of CoCoMac.
    labelled
        Normalised fractions of labelled neurons; NaN without connection.
    supragranular
        Fractions of supragranular neurons, measured or predicted; NaN without connection.
    classes
        M (feedback), F (feedforward), C (lateral), or '' without connection.
    """

    patterns: LaminarPatterns
    labelled: Frame
    supragranular: Frame
    classes: Frame


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
        P(population | layer of the synapse); (target_area, layer, target_population).
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
    cell_bodies: xr.DataArray
    sources: xr.DataArray
    targets: xr.DataArray
    corticocortical: xr.DataArray
    external: Numbers


@dataclass(frozen=True)
class Anatomy:
    """Neuron numbers, in-degrees and distances of the model, with what lies on the way to them.

    Attributes
    ----------
    tables, parameters
        What it was built from and with.
    neurons, neurons_full
        Neurons below the modelled surface and in whole areas, real numbers; (population) over the 254 labels.
    indegree
        Recurrent in-degrees (target, source) that the network has; stabilised if `model.anatomy.stabilised` put them there.
    indegree_raw
        The same as the tables give them.
    external_indegree
        External in-degrees (target).
    distance
        Median distance (mm); (target_area, source_area).
    connections, synapses
        On the way.
    """

    tables: Tables
    parameters: AnatomyParameters
    neurons: xr.DataArray
    neurons_full: xr.DataArray
    indegree: xr.DataArray
    indegree_raw: xr.DataArray
    external_indegree: xr.DataArray
    distance: xr.DataArray
    connections: AreaConnections
    synapses: Synapses


def build_anatomy(tables: Tables, parameters: AnatomyParameters | None = None) -> Anatomy:
    """Build the anatomy from the tables; its in-degrees are not stabilised.

    Parameters
    ----------
    tables
        What `model.tables.read_tables` or `model.curation.curate` gives.
    parameters
        Parameters of the anatomy (the published ones if None).
    """
    parameters = parameters or AnatomyParameters()
    if "absent_layer_thickness" in parameters.corrections:
        tables = without_absent_layers(tables)
    connections = build_connections(tables)
    neurons = tables.neurons.mul(parameters.surface / tables.areas["surface_mm2"], axis=0)
    synapses = build_synapses(tables, connections, neurons, parameters)
    indegree = by_population_pair(_indegrees(synapses, neurons))
    external = by_population(external_indegrees(synapses.external, neurons, parameters))
    return Anatomy(
        tables=tables,
        parameters=parameters,
        neurons=by_population(neurons),
        neurons_full=by_population(tables.neurons),
        indegree=indegree,
        indegree_raw=indegree,
        external_indegree=external.rename(population="target"),
        distance=over_area_pairs(tables.matrix("distance_mm").mask(np.eye(len(AREA_LIST), dtype=bool), 0.0)),
        connections=connections,
        synapses=synapses,
    )


def build_connections(tables: Tables) -> AreaConnections:
    """Build what the in-degrees use of the connections between areas."""
    supragranular = completed_supragranular(tables.matrix("sln_measured"), tables.matrix("sln_predicted"), tables.exists)
    return AreaConnections(
        patterns=laminar_patterns(tables.matrix("source_pattern"), tables.matrix("target_pattern")),
        labelled=tables.matrix("fln_normalised"),
        supragranular=supragranular,
        classes=connection_classes(supragranular),
    )


def all_connection_classes(tables: Tables) -> Frame:
    """Classify all pairs of areas [target, source] by their SLN, those without connection too: a stabilisation may connect them."""
    everywhere = pd.DataFrame(True, index=AREA_LIST, columns=AREA_LIST)
    return connection_classes(completed_supragranular(tables.matrix("sln_measured"), tables.matrix("sln_predicted"), everywhere))


def build_synapses(tables: Tables, connections: AreaConnections, neurons: Frame, parameters: AnatomyParameters) -> Synapses:
    """Build all synapses of patches with the given neurons (areas x populations)."""
    surface, neurons_full, thickness = tables.areas["surface_mm2"], tables.neurons, UM_PER_MM * tables.areas["thickness_mm"]
    # V1's synapses per neuron set the number of synapses in a volume, which is the same in all areas.
    density = parameters.av_indegree_V1 * neurons_full.sum(axis=1)["V1"] / (surface["V1"] * thickness["V1"])
    total, total_full = density * thickness * parameters.surface, density * thickness * surface

    corrections = parameters.corrections
    circuit = microcircuit(parameters.surface, surface, tables.probabilities, tables.microcircuit["neurons_per_mm2"], corrections)
    intrinsic = intrinsic_synapses(circuit, neurons, neurons_full, total, total_full, tables.constant("fln_intrinsic"), corrections)

    bodies = cell_bodies(tables.synapse_to_cell_body, tables.thickness)
    classes = over_area_pairs(connections.classes)
    sources = source_fractions(connections.patterns, over_area_pairs(connections.supragranular), neurons_full)
    targets = target_fractions(connections.patterns, classes, tables.thickness)
    between = corticocortical_synapses(total, connections.labelled, sources, targets, bodies)
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


def without_absent_layers(tables: Tables) -> Tables:
    """Give layer 4 no thickness where there is none; the area's other layers share its total thickness in proportion to their own."""
    areas = tables.areas.copy()
    columns = [f"thickness_{layer}" for layer in LAYERS]
    for area in sorted(AREAS_WITHOUT_LAYER_4):
        left = tables.thickness.loc[area].to_numpy() * [layer != "4" for layer in LAYERS]
        areas.loc[area, columns] = left * (areas["thickness_mm"][area] / left.sum())
    return with_derived(replace(tables, areas=areas))
