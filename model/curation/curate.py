"""The whole curation: from the raw files to the tables, with everything on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from model.curation import raw as read
from model.curation.cell_body import CellBodies, cell_bodies
from model.curation.connections import cocomac_connections, evidence
from model.curation.densities import Densities, neuron_densities
from model.curation.fln import SUBCORTICAL_FRACTION, LabelledFractions, labelled_fractions, traced_fractions, with_traced_external
from model.curation.sln import SupragranularFractions, predicted_supragranular, traced_supragranular
from model.curation.sln_fit import PUBLISHED_FIT, SupragranularFit, fit_supragranular
from model.curation.thickness import MM_PER_UM, Thickness, cortical_thickness
from model.tables.axes import AREA_LIST, LAYERS, NEURON_LAYERS, POPULATIONS, Frame, Numbers
from model.tables.derived import excitatory_fractions, neuron_numbers, with_derived
from model.tables.rows import CONSTANTS
from model.tables.tables import AREA_LAYOUT, CELL_BODY_LAYOUT, CONNECTION_LAYOUT, CONSTANT_LAYOUT, MICROCIRCUIT_LAYOUT, Tables
from sources.checksums import RawSources

SlnFit = Literal["published", "refit"]


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
class Connections:
    """Connections between areas.

    Attributes
    ----------
    evidence
        [target, source]: cocomac, tracing or none.
    cocomac
        Connections of CoCoMac that end in model areas; see `model.curation.raw.read_cocomac`.
    distances
        Distances (mm) of model areas and others.
    labelled
        Fractions of labelled neurons.
    supragranular, supragranular_fit
        Fractions of supragranular neurons, and the coefficients that predict them.
    """

    evidence: Frame
    cocomac: Frame
    distances: Frame
    labelled: LabelledFractions
    supragranular: SupragranularFractions
    supragranular_fit: SupragranularFit


@dataclass(frozen=True)
class Curated:
    """The tables, and every step on the way to them.

    Attributes
    ----------
    structure, connections
        Areas, and what connects them.
    cell_bodies
        Populations that receive the synapses of each layer.
    tables
        What the model is built from.
    """

    structure: Structure
    connections: Connections
    cell_bodies: CellBodies
    tables: Tables


def curate(raw: RawSources, sln_fit: SlnFit = "published", corrections: frozenset[str] = frozenset()) -> Curated:
    """Compute the tables from the raw files.

    Parameters
    ----------
    raw
        What `sources.fetch.raw_folder` gives.
    sln_fit
        Coefficients of the laminar origin of connections: ``published``, or ``refit`` from the raw counts.
    corrections
        Names of the corrections to apply (`model.corrections.registry`); ``sln_fit`` is the refit.
    """
    structure = curate_structure(raw)
    connections = curate_connections(raw, structure, "refit" if "sln_fit" in corrections else sln_fit, corrections)
    bodies = cell_bodies(read.read_cell_types(raw), structure.neurons.T["V1"], corrections)
    tables = Tables(
        areas=_areas(structure, connections),
        connections=_pairs(connections),
        microcircuit=_microcircuit(read.read_microcircuit_numbers(raw), read.read_microcircuit_probabilities(raw)),
        synapse_to_cell_body=CELL_BODY_LAYOUT.frame(_records(bodies.probability, "layer")),
        constants=_constants(read.read_intrinsic_fraction(raw), connections),
    )
    return Curated(structure, connections, bodies, with_derived(tables))


def curate_structure(raw: RawSources) -> Structure:
    """Compute densities, thickness and neuron numbers of whole areas."""
    types, surface = read.read_architectural_types(raw), read.read_surfaces(raw)
    densities = neuron_densities(read.read_neun_densities(raw), read.read_nissl_densities(raw), read.read_area_names(raw), types)
    thickness = cortical_thickness(read.read_total_thickness(raw), read.read_laminar_thickness(raw), densities.per_mm3["overall"])
    excitatory = excitatory_fractions(read.read_microcircuit_numbers(raw))
    neurons = neuron_numbers(surface, thickness.laminar, densities.per_mm3, excitatory)
    return Structure(types, read.read_hierarchy(raw), surface, densities, thickness, excitatory, neurons)


def curate_connections(raw: RawSources, structure: Structure, sln_fit: SlnFit, corrections: frozenset[str] = frozenset()) -> Connections:
    """Find out which areas are connected, how strongly, and where connections start and end."""
    injections, overlap, distances = read.read_injections(raw), read.read_overlap(raw), read.read_distances(raw)
    cocomac = cocomac_connections(read.read_cocomac(raw))
    by_injection, measured = traced_fractions(read.read_labelled_fractions(raw), injections, overlap)
    labelled = labelled_fractions(by_injection, measured, cocomac, distances)
    if "traced_external" in corrections:
        labelled = with_traced_external(labelled, overlap)

    fit = PUBLISHED_FIT
    if sln_fit == "refit":
        counts = read.read_laminar_counts(raw)
        fit = fit_supragranular(*(counts[column].to_numpy() for column in ("log_density_ratio", "supra", "infra")))
    supragranular_data = read.read_supragranular_fractions(raw)
    supra_by_injection, supra_measured = traced_supragranular(supragranular_data, injections, overlap, by_injection, corrections)
    predicted = predicted_supragranular(structure.densities.per_mm3["overall"], fit.intercept, fit.slope)
    supragranular = SupragranularFractions(supra_by_injection, supra_measured, predicted)
    return Connections(evidence(cocomac, measured), cocomac, distances, labelled, supragranular, fit)


def _records(table: Frame, key: str) -> list[dict[str, Any]]:
    return [
        {key: row, **dict(zip(table.columns, values, strict=True))} for row, values in zip(table.index, table.to_numpy(object), strict=True)
    ]


def _areas(structure: Structure, connections: Connections) -> Frame:
    densities, thickness = structure.densities, structure.thickness
    columns = {
        "architectural_type": structure.types,
        "hierarchy": structure.hierarchy,
        "surface_mm2": structure.surface,
        "density_overall": densities.per_mm3["overall"],
        **{f"density_{layer}": densities.per_mm3[layer] for layer in NEURON_LAYERS},
        "density_source": densities.source,
        "thickness_mm": MM_PER_UM * thickness.total,
        "thickness_source": thickness.measured.map({True: "measured", False: "regression"}),
        **{f"thickness_{layer}": thickness.laminar[layer] for layer in LAYERS},
        "external_fln": connections.labelled.external,
    }
    return AREA_LAYOUT.frame(_records(pd.DataFrame(columns), "area"))


def _pairs(connections: Connections) -> Frame:
    labelled, supragranular = connections.labelled, connections.supragranular
    columns = ["source_pattern", "target_pattern"]
    patterns = {
        (target, source): dict(zip(columns, texts, strict=True))
        for target, source, *texts in connections.cocomac[["target", "source", *columns]].itertuples(index=False)
    }
    matrices = {
        "evidence": connections.evidence,
        "distance_mm": connections.distances.loc[AREA_LIST, AREA_LIST],
        "fln_measured": labelled.measured,
        "fln_predicted": labelled.predicted,
        "sln_measured": supragranular.measured,
        "sln_predicted": supragranular.predicted,
    }
    return CONNECTION_LAYOUT.frame(
        {
            "target": target,
            "source": source,
            **{name: matrix.to_numpy()[AREA_LIST.index(target), AREA_LIST.index(source)] for name, matrix in matrices.items()},
            **patterns.get((target, source), {}),
        }
        for target, source in CONNECTION_LAYOUT.expected
    )


def _microcircuit(numbers: Numbers, probabilities: Frame) -> Frame:
    table = probabilities.add_prefix("probability_").assign(neurons_per_mm2=numbers)
    return MICROCIRCUIT_LAYOUT.frame(_records(table.loc[POPULATIONS], "population"))


def _constants(intrinsic_fraction: float, connections: Connections) -> Frame:
    rule, fit = connections.labelled.distance_rule, connections.supragranular_fit
    values: dict[str, Any] = {
        "fln_intrinsic": intrinsic_fraction,
        "fln_subcortical": SUBCORTICAL_FRACTION,
        "fln_intercept": rule.intercept,
        "fln_slope": rule.slope,
        "sln_intercept": fit.intercept,
        "sln_slope": fit.slope,
        "sln_overdispersion": fit.phi,
    }
    return CONSTANT_LAYOUT.frame(
        {"name": name, "value": values[name], "unit": unit, "source": source} for name, (unit, source) in CONSTANTS.items()
    )
