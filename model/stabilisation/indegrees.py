"""Stabilised in-degrees of an anatomy: those of the table where it was made for this anatomy, else computed."""

from __future__ import annotations

import sys
from pathlib import Path

from contracts.tables import stabilised_file
from model.anatomy import Anatomy, AnatomyParameters
from model.anatomy.external import external_indegrees
from model.anatomy.labels import by_population
from model.stabilisation.drive import DrivenNetwork
from model.stabilisation.iterate import Stabilisation, stabilise
from model.stabilisation.parameters import StabilisationParameters
from model.stabilisation.table import read_stabilised, same_indegrees
from model.theory.siegert import Array
from procortex.utilities.errors import InputError


def driven_network(anatomy: Anatomy, parameters: StabilisationParameters | None = None) -> DrivenNetwork:
    """Describe an anatomy as the stabilisation takes it: in-degrees of the tables, drive at kappa = 1."""
    parameters = parameters or StabilisationParameters()
    factors = AnatomyParameters(fac_nu_ext_5E=1.0, fac_nu_ext_6E=1.0, fac_nu_ext_TH=parameters.fac_nu_ext_TH)
    surfaces = anatomy.parameters.surface / anatomy.tables.areas["surface_mm2"]
    external = external_indegrees(anatomy.synapses.external, anatomy.tables.neurons.mul(surfaces, axis=0), factors)
    return DrivenNetwork(
        labels=tuple(str(label) for label in anatomy.neurons["population"].values),
        indegree=anatomy.indegree_raw.to_numpy(),
        external_indegree=by_population(external).to_numpy(),
        parameters=parameters,
    )


def computed_indegrees(anatomy: Anatomy, tables_dir: Path) -> Array:
    """Stabilise the in-degrees of an anatomy [target, source], shape (n, n).

    Parameters
    ----------
    anatomy
        The anatomy.
    tables_dir
        Folder of the tables. Its table of stabilised in-degrees saves the computation if it starts from the same anatomy; tables that
        somebody edited, and other parameters of the anatomy, make another one.
    """
    network, path = driven_network(anatomy), stabilised_file(tables_dir)
    if path.is_file():
        before, after = read_stabilised(network.labels, path)
        if same_indegrees(before, network.indegree):
            return after
        print(f"{path} was made for another anatomy: stabilising this one, which takes a minute or two", file=sys.stderr)
    return stabilised(network, anatomy.parameters).indegree


def stabilised(network: DrivenNetwork, parameters: AnatomyParameters) -> Stabilisation:
    """Stabilise the network of an anatomy that has these parameters.

    Raises
    ------
    InputError
        If that fails; the message names the parameters that make the anatomy another one than the published.
    """
    try:
        return stabilise(network)
    except InputError as error:
        if not (changed := _changed(parameters)):
            raise
        raise InputError(
            f"{error}; this anatomy has {' and '.join(changed)}: expected values nearer to the published ones, or "
            "connectivity.stabilisation: none"
        ) from None


def _changed(parameters: AnatomyParameters) -> list[str]:
    """Name the parameters of an anatomy on which its stabilisation depends, and that are not the published ones."""
    published = AnatomyParameters()
    changed = [
        f"{section}.{name} {getattr(parameters, name):g} (published: {getattr(published, name):g})"
        for section, name in (("network_params", "surface"), ("connection_params", "av_indegree_V1"))
        if getattr(parameters, name) != getattr(published, name)
    ]
    changed += ["connection_params.E_specificity false"] * (not parameters.E_specificity)
    return changed + [f"connectivity.corrections {', '.join(sorted(parameters.corrections))}"] * bool(parameters.corrections)
