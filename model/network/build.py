"""Parameters to a network: read the tables or the raw sources, compute the anatomy, assemble."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from contracts.rates import RUN
from contracts.tables import DATA
from model.anatomy import Anatomy, AnatomyParameters, build_anatomy
from model.anatomy.build import all_connection_classes
from model.anatomy.stabilised import read_published_indegrees, with_indegrees
from model.configuration import Parameters
from model.configuration.dependencies import source_state
from model.corrections.registry import at_stage
from model.curation import curate
from model.network.assemble import assemble_network, full_scale_circuit
from model.network.circuit import Matrix, Vector
from model.network.overrides import Override, PairFactors, pair_factors, read_overrides, without_effect
from model.network.rates import rate_vector, read_rates
from model.network.surface import check_external
from model.network.synaptic_output import synaptic_output
from model.stabilisation.indegrees import computed_indegrees
from model.tables import Tables, read_tables, tables_digest
from model.theory.full_scale import theory_rates
from procortex.constants import BIN_MS
from procortex.formats.populations import AREAS, label_areas, population_labels, split_label
from procortex.utilities.errors import InputError
from sources.fetch import raw_folder
from sources.registry import ANATOMY, STABILISATION

THEORY = "theory"


def build_network(parameters: Parameters, runs: Mapping[str, Path] | None = None) -> xr.Dataset:
    """Build the network of one state.

    Parameters
    ----------
    parameters
        Parameters of the state.
    runs
        Folders of results of runs of other states, by name, for ``state:NAME``.

    Raises
    ------
    InputError
        If a table or source is missing or damaged, or the parameters make no network.
    """
    given = _Sources(parameters, runs or {})
    rates, output = given.rates(), given.output()  # before the anatomy, which takes longer
    overrides = _given_overrides(parameters)
    anatomy = anatomy_of(parameters, AREAS if parameters.needs_theory else parameters.sim_params.areas_simulated)
    factors = factors_of(anatomy, parameters, overrides)
    circuit = full_scale_circuit(anatomy, parameters, factors)
    if parameters.needs_theory:
        rates[THEORY] = theory_rates(circuit, parameters)
    scaling, replacing = parameters.network_params.fullscale_rates, parameters.source_rates
    network = assemble_network(
        anatomy,
        parameters,
        scaling_rates=rates[scaling] if parameters.is_scaled and scaling else None,
        source_rates=rates[replacing] if parameters.uses_source_rates and replacing else None,
        factors=factors,
        source_output=output,
    )
    return network.assign_attrs(tables_sha256=tables_digest(anatomy.tables))


def anatomy_of(parameters: Parameters, areas: Sequence[str] = AREAS) -> Anatomy:
    """Build the anatomy of one state, with the in-degrees that its network has.

    Parameters
    ----------
    parameters
        Parameters of the state.
    areas
        Areas that need external input; all areas need it for the stabilisation.

    Raises
    ------
    InputError
        If a table or source is missing or damaged, or there are no synapses for the external input of an area.
    """
    anatomy = unstabilised_anatomy(parameters, AREAS if parameters.connectivity.stabilisation == "computed" else areas)
    if parameters.needs_published_indegrees:
        raw = raw_folder(_folder(parameters.connectivity.raw_dir), uses=(STABILISATION,))
        return with_indegrees(anatomy, read_published_indegrees(raw))
    if parameters.connectivity.stabilisation == "computed":
        return with_indegrees(anatomy, computed_indegrees(anatomy, _folder(parameters.connectivity.tables_dir) or DATA))
    return anatomy


def unstabilised_anatomy(parameters: Parameters, areas: Sequence[str] = AREAS) -> Anatomy:
    """Build the anatomy of one state, with in-degrees as the tables give them; see `anatomy_of`."""
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
            corrections=at_stage(parameters.connectivity.corrections, "anatomy"),
        ),
    )
    check_external(anatomy, areas)
    return anatomy


def tables_of(parameters: Parameters) -> Tables:
    """Read the tables, or compute them from the raw sources, as the parameters say."""
    connectivity = parameters.connectivity
    if parameters.needs_raw_sources:
        corrections = at_stage(connectivity.corrections, "curation")
        return curate(raw_folder(_folder(connectivity.raw_dir), uses=(ANATOMY,)), corrections=corrections).tables
    return read_tables(_folder(connectivity.tables_dir))


def factors_of(anatomy: Anatomy, parameters: Parameters, overrides: tuple[Override, ...] | None = None) -> PairFactors | None:
    """Find the factors of a state on the pairs of its populations; None if it overrides nothing.

    Parameters
    ----------
    anatomy
        With the in-degrees that the factors apply to; they say where a factor has no effect, which is printed.
    parameters
        Parameters of the state.
    overrides
        Lines of its table, if they were read already.

    Raises
    ------
    InputError
        With one line for each thing that is wrong with the table.
    """
    where = parameters.connectivity.overrides
    if where is None:
        return None
    labels = population_labels()
    areas = list(label_areas(labels))
    classes = all_connection_classes(anatomy.tables).loc[areas, areas].to_numpy(dtype=str)
    factors = pair_factors(overrides or read_overrides(Path(where)), labels, classes, where)
    for override in without_effect(factors, labels, classes, anatomy.indegree.to_numpy()):
        print(f"{where}: line {override.line}: no synapses from {override.source} to {override.target}, no effect", file=sys.stderr)
    return factors


def _given_overrides(parameters: Parameters) -> tuple[Override, ...] | None:
    path = parameters.connectivity.overrides
    return None if path is None else read_overrides(Path(path))


def _folder(name: str | None) -> Path | None:
    return Path(name) if name else None


@dataclass(frozen=True)
class _Sources:
    """What the network needs of earlier runs and files, found and read."""

    parameters: Parameters
    runs: Mapping[str, Path]

    def rates(self) -> dict[str, Vector]:
        """Rates (spikes/s) of all populations from every source that the network needs, but for those of the theory."""
        parameters = self.parameters
        rates: dict[str, Vector] = {}
        if parameters.uses_source_rates and (source := parameters.source_rates) not in (None, THEORY):
            areas = parameters.replaced_areas("het_poisson_stat")
            rates[source] = self._read(source, lambda label: split_label(label)[0] in areas)
        if parameters.is_scaled and (source := parameters.network_params.fullscale_rates) not in (None, THEORY):
            rates[source] = self._read(source, lambda _: True)
        return rates

    def output(self) -> Matrix | None:
        """Synaptic output of the populations that currents replace, None if there are none."""
        parameters = self.parameters
        areas = parameters.replaced_areas("het_current_nonstat")
        if not areas or parameters.source_rates is None:
            return None
        path = Path(self._place(parameters.source_rates))
        output = synaptic_output(path, population_labels(areas), parameters.neuron_params.tau_syn_ex)
        longest, t_sim = output.shape[1] * BIN_MS, parameters.sim_params.t_sim
        if "t_sim" in parameters.sim_params.model_fields_set and t_sim > longest:  # a configuration of the network alone has none
            raise InputError(
                f"{path}: the series lasts {longest:g} ms, but t_sim is {t_sim:g} ms; expected a series as long, or a shorter t_sim"
            )
        return output

    def _read(self, source: str, needed: Callable[[str], bool]) -> Vector:
        values, where = read_rates(self._place(source), self.parameters.reference.published_dir)
        return rate_vector(values, population_labels(), needed, where)

    def _place(self, source: str) -> str:
        """Where a source lies: for ``state:NAME`` the folder of its run."""
        name = source_state(source)
        if name is None:
            return source
        if name not in self.runs:
            known = f" ({', '.join(self.runs)} given)" if self.runs else ""
            raise InputError(f"{source}: there is no run of that state{known}; name the folder of its results with --run {name}={RUN}")
        return str(self.runs[name])
