"""Parameters to a network: read the tables or the raw sources, compute the anatomy, assemble."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from contracts.populations import population_labels, split_label
from model.anatomy import Anatomy, AnatomyParameters, build_anatomy
from model.anatomy.stabilised import read_published_indegrees, with_indegrees
from model.configuration import Parameters
from model.curation import curate
from model.network.assemble import assemble_network
from model.network.circuit import Vector
from model.network.rates import rate_vector, read_rates
from model.network.subset import replaced_pairs
from model.tables import Tables, read_tables, tables_digest
from sources.fetch import raw_folder
from sources.registry import ANATOMY, STABILISATION


def build_network(parameters: Parameters) -> xr.Dataset:
    """Build the network of one state.

    Raises
    ------
    InputError
        If a table or source is missing or damaged, or the parameters make no network.
    """
    scaling_rates, source_rates = _rates(parameters)  # before the anatomy, which takes longer
    anatomy = anatomy_of(parameters)
    network = assemble_network(anatomy, parameters, scaling_rates, source_rates)
    return network.assign_attrs(tables_sha256=tables_digest(anatomy.tables))


def anatomy_of(parameters: Parameters) -> Anatomy:
    """Build the anatomy of one state, with the in-degrees that its network has.

    Raises
    ------
    InputError
        If a table or source is missing or damaged.
    """
    connections = parameters.connection_params
    anatomy = build_anatomy(
        tables_of(parameters),
        AnatomyParameters(
            surface=parameters.network_params.surface,
            av_indegree_V1=connections.av_indegree_V1,
            fac_nu_ext_5E=connections.fac_nu_ext_5E,
            fac_nu_ext_6E=connections.fac_nu_ext_6E,
            fac_nu_ext_TH=connections.fac_nu_ext_TH,
            E_specificity=connections.E_specificity,
        ),
    )
    if parameters.needs_published_indegrees:
        raw = raw_folder(_folder(parameters.connectivity.raw_dir), uses=(STABILISATION,))
        anatomy = with_indegrees(anatomy, read_published_indegrees(raw))
    return anatomy


def tables_of(parameters: Parameters) -> Tables:
    """Read the tables, or compute them from the raw sources, as the parameters say."""
    connectivity = parameters.connectivity
    if parameters.needs_raw_sources:
        return curate(raw_folder(_folder(connectivity.raw_dir), uses=(ANATOMY,))).tables
    return read_tables(_folder(connectivity.tables_dir))


def _folder(name: str | None) -> Path | None:
    return Path(name) if name else None


def _rates(parameters: Parameters) -> tuple[Vector | None, Vector | None]:
    """Read the rates that down-scaling preserves and those of replaced sources, where they are needed."""
    labels, published_dir = population_labels(), parameters.reference.published_dir
    scaling_rates = source_rates = None
    if parameters.is_scaled and parameters.network_params.fullscale_rates is not None:
        rates, where = read_rates(parameters.network_params.fullscale_rates, published_dir)
        scaling_rates = rate_vector(rates, labels, lambda _: True, where)
    if parameters.uses_source_rates and parameters.source_rates is not None:
        rates, where = read_rates(parameters.source_rates, published_dir)
        outside, between = replaced_pairs(labels, parameters)
        areas = {split_label(labels[source])[0] for source in np.flatnonzero((outside | between).any(axis=0))}
        source_rates = rate_vector(rates, labels, lambda label: split_label(label)[0] in areas, where)
    return scaling_rates, source_rates
