"""Parameters to a network: read the sources, compute the anatomy, assemble."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from contracts.populations import population_labels, split_label
from model.anatomy import AnatomyParameters, build_anatomy
from model.configuration import Parameters
from model.network.assemble import assemble_network
from model.network.circuit import Vector
from model.network.rates import rate_vector, read_rates
from model.network.subset import replaced_pairs
from sources.fetch import raw_folder


def build_network(parameters: Parameters) -> xr.Dataset:
    """Build the network of one state.

    Raises
    ------
    InputError
        If a source is missing or damaged, or the parameters make no network.
    """
    scaling_rates, source_rates = _rates(parameters)  # before the anatomy, which takes longer
    connectivity, connections = parameters.connectivity, parameters.connection_params
    anatomy = build_anatomy(
        raw_folder(Path(connectivity.raw_dir) if connectivity.raw_dir else None),
        AnatomyParameters(
            surface=parameters.network_params.surface,
            av_indegree_V1=connections.av_indegree_V1,
            fac_nu_ext_5E=connections.fac_nu_ext_5E,
            fac_nu_ext_6E=connections.fac_nu_ext_6E,
            fac_nu_ext_TH=connections.fac_nu_ext_TH,
            E_specificity=connections.E_specificity,
            stabilisation=connectivity.stabilisation,
        ),
    )
    return assemble_network(anatomy, parameters, scaling_rates, source_rates)


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
