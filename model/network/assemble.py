"""Anatomy, parameters and rates to the contents of the network file."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Protocol

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.configuration import Parameters
from model.configuration.groups import MOST_NEURONS
from model.network.circuit import Circuit, Mask, Matrix, Vector
from model.network.currents import replacing_current, segments, stationary_current
from model.network.delays import delay_matrices, delay_quantiles
from model.network.initial_state import initial_state
from model.network.overrides import PairFactors
from model.network.quantiles import distinct_classes
from model.network.replacement import replaced_in, replaced_pairs
from model.network.scaling import scale_circuit
from model.network.stimuli import pulses
from model.network.streams import Streams, poisson_streams, streams_on_grid
from model.network.weight_tables import COARSEST, RESOLUTION, smallest_weight, weight_levels, weight_table, weight_unit
from model.network.weights import external_weight, lognormal_pairs, weight_matrices
from procortex.constants import BIN_MS, LEVELS
from procortex.formats.network import LONGEST_T_SIM, PARAMETERS, new_network
from procortex.formats.populations import label_areas, population_labels
from procortex.poisson import poisson_thresholds
from procortex.utilities.errors import InputError

VERSIONS_OF = ("numpy", "scipy", "xarray", "pydantic")


class AnatomyData(Protocol):
    """What the network needs of the anatomy, with populations in model order and matrices [target, source]."""

    @property
    def neurons(self) -> xr.DataArray:
        """Real-valued neuron numbers (population)."""

    @property
    def indegree(self) -> xr.DataArray:
        """Synapses per target neuron (target, source)."""

    @property
    def external_indegree(self) -> xr.DataArray:
        """External synapses per neuron (target)."""

    @property
    def distance(self) -> xr.DataArray:
        """Distance between areas in mm (target_area, source_area)."""


def assemble_network(
    anatomy: AnatomyData,
    parameters: Parameters,
    scaling_rates: Vector | None = None,
    source_rates: Vector | None = None,
    factors: PairFactors | None = None,
    source_output: Matrix | None = None,
) -> xr.Dataset:
    """Assemble a network as `procortex.formats.network` describes it.

    Parameters
    ----------
    anatomy
        All areas at full density.
    parameters
        Parameters of one state.
    scaling_rates, source_rates
        Rates of all populations (spikes/s): the ones down-scaling preserves, and those of replaced sources. Needed where
        `Parameters.is_scaled` and `Parameters.uses_source_rates` say so.
    factors
        Factors on in-degrees and weights of pairs of populations; None changes nothing.
    source_output
        Synaptic output (ms spikes/s) of the populations of ``Parameters.replaced_areas("het_current_nonstat")`` in bins of 1 ms, shape
        (populations, bins), if there are any.

    Raises
    ------
    InputError
        If a population is left without neurons, or the weights do not fit fixed-point numbers.
    """
    full = full_scale_circuit(anatomy, parameters, factors)
    circuit = full
    lognormal = lognormal_pairs(full.labels, parameters.connection_params)
    if parameters.is_scaled:
        if scaling_rates is None:
            raise ValueError("down-scaling needs scaling_rates")
        network_params, rate_ext = parameters.network_params, parameters.input_params.rate_ext
        # the standard deviation of lognormal weights is a relative one: nothing published stands against it
        spread = lognormal | ("weight_spread" in parameters.connectivity.corrections)
        N_scaling, K_scaling = network_params.N_scaling, network_params.K_scaling
        circuit = scale_circuit(full, N_scaling, K_scaling, scaling_rates, rate_ext, parameters.neuron_params, spread)

    kept = np.isin(label_areas(full.labels), parameters.sim_params.areas_simulated)
    inner = np.ix_(kept, kept)
    neurons = _whole_neurons(circuit, kept, parameters)
    outside, between = replaced_pairs(full.labels, parameters)
    indegree = np.where(outside | between, 0.0, circuit.indegree)[inner]
    synapses = _whole_synapses(indegree, circuit.neurons[kept], parameters)
    weight_mean, weight_sd = circuit.weight_mean[inner], circuit.weight_sd[inner]
    streams = poisson_streams(circuit, parameters, source_rates).of(kept)
    delays = _delays(anatomy, full.labels, parameters)
    delay_mean, delay_sd = (matrix[inner] for matrix in delays)
    stimuli = [pulse.of(kept) for pulse in pulses(full.labels, parameters, parameters.network_params.K_scaling)]
    replacing = _replacing_current(circuit, parameters, delays[0], source_output)[kept]
    steps_per_bin = round(BIN_MS / parameters.sim_params.dt)
    starts, current = segments(replacing, steps_per_bin, [pulse for pulse in stimuli if not pulse.window.is_stationary])
    labels = [label for label, keep in zip(full.labels, kept, strict=True) if keep]
    dt = parameters.sim_params.dt
    tables, classes, unit, coarse = _tables(synapses, weight_mean, weight_sd, lognormal[inner], delay_mean, delay_sd, streams.weight, dt)
    rate, weight = streams_on_grid(streams.rate, streams.weight, unit) if coarse else (streams.rate, streams.weight)

    n = len(labels)
    projections = _projections(
        {
            "synapses": synapses,
            "indegree": indegree,
            "weight_mean": weight_mean,
            "weight_sd": weight_sd,
            "delay_mean": delay_mean,
            "delay_sd": delay_sd,
            **classes,
        }
    )
    neuron = parameters.neuron_params
    variables: dict[str, Any] = {
        "neurons": ("population", neurons),
        "model": ("population", np.full(n, "iaf_psc_exp")),
        **{name: ("population", np.full(n, float(getattr(neuron, name)))) for name in PARAMETERS},
        "dc": ("population", circuit.dc[kept] + _background_current(circuit, parameters)[kept] + stationary_current(stimuli, n)),
        "neurons_real": ("population", circuit.neurons[kept]),
        "external_indegree": ("population", circuit.external_indegree[kept]),
        **projections,
        **_streams(Streams(rate, weight, streams.start, streams.stop), dt),
        "current_start": ("segment", starts),
        "current": (("population", "segment"), current),
        **initial_state(neuron, n),
        **tables,
    }
    attributes = _attributes(parameters, circuit, unit) | (factors.record() if factors else {})
    if replacing.shape[1]:
        attributes[LONGEST_T_SIM] = replacing.shape[1] * BIN_MS
    return new_network(variables, labels, **attributes)


def _projections(matrices: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Rows of the pairs of populations that are connected; random numbers are those of the pair."""
    n = len(matrices["synapses"])
    target, source = np.nonzero((matrices["synapses"] > 0) | (matrices["indegree"] > 0))
    rows: dict[str, Any] = {name: ("projection", matrix[target, source]) for name, matrix in matrices.items()}
    return rows | {
        "target": ("projection", target.astype(np.int32)),
        "source": ("projection", source.astype(np.int32)),
        "rule": ("projection", np.full(len(target), "fixed_total_number")),
        "rng_key": ("projection", target * n + source),
    }


def _streams(streams: Streams, dt: float) -> dict[str, Any]:
    """Rows of the Poisson streams in use; every population's come in the order of its inputs."""
    used = (streams.weight != 0) | (streams.rate != 0)
    used |= np.cumsum(used[:, ::-1], axis=1)[:, ::-1] > 0  # an input's random numbers go by its place
    target = np.nonzero(used)[0]
    rate = streams.rate[used]
    return {
        "stream_target": ("stream", target.astype(np.int32)),
        "stream_rate": ("stream", rate),
        "stream_weight": ("stream", streams.weight[used]),
        "stream_start": ("stream", streams.start[used]),
        "stream_stop": ("stream", streams.stop[used]),
        "stream_threshold": (("stream", "k"), poisson_thresholds(rate * 1e-3 * dt)),
    }


def full_scale_circuit(anatomy: AnatomyData, parameters: Parameters, factors: PairFactors | None = None) -> Circuit:
    """Give neuron numbers, in-degrees and weights of all areas at full density, changed by factors on pairs of populations if given."""
    labels = tuple(str(label) for label in anatomy.neurons["population"].values)
    mean, sd = weight_matrices(labels, parameters.connection_params, parameters.neuron_params)
    circuit = Circuit(
        labels=labels,
        neurons=anatomy.neurons.values,
        indegree=anatomy.indegree.sel(target=list(labels), source=list(labels)).values,
        external_indegree=anatomy.external_indegree.sel(target=list(labels)).values,
        weight_mean=mean,
        weight_sd=sd,
        external_weight=external_weight(parameters.connection_params, parameters.neuron_params),
        dc=np.zeros(len(labels)),
    )
    return factors.applied(circuit) if factors else circuit


def _whole_neurons(circuit: Circuit, kept: NDArray[np.bool_], parameters: Parameters) -> NDArray[np.int64]:
    neurons = circuit.neurons[kept].astype(np.int64)
    if (neurons < 1).any():
        scaling = parameters.network_params.N_scaling
        smallest = int(np.flatnonzero(kept)[np.argmin(circuit.neurons[kept])])
        size, label = circuit.neurons[smallest] / scaling, circuit.labels[smallest]
        raise InputError(
            f"network_params.N_scaling: is {scaling:g}, which leaves {label} ({size:.1f} neurons) without neurons; "
            f"expected at least {math.ceil(1e6 / size) / 1e6:g}"
        )
    if neurons.sum() >= MOST_NEURONS:
        raise InputError(f"network_params.surface: makes {neurons.sum():,} neurons, expected less than {MOST_NEURONS:,}")
    return neurons


def _whole_synapses(indegree: Matrix, neurons: Vector, parameters: Parameters) -> NDArray[np.int64]:
    """Truncate the numbers of synapses, as the numbers of neurons are, from the numbers before truncation."""
    real = indegree * neurons[:, None]
    if real.any() and (most := float(real.max())) < 1:
        scaling, density = parameters.network_params.K_scaling, parameters.connection_params.av_indegree_V1
        key, value = ("network_params.K_scaling", scaling) if scaling < most else ("connection_params.av_indegree_V1", density)
        raise InputError(f"{key}: is {value:g}, which leaves no synapses; expected at least {1.01 * value / most:.3g}")
    return np.trunc(real).astype(np.int64)


def _delays(anatomy: AnatomyData, labels: tuple[str, ...], parameters: Parameters) -> tuple[Matrix, Matrix]:
    areas = label_areas(labels)
    distance = anatomy.distance.sel(target_area=areas, source_area=areas).values
    return delay_matrices(labels, distance, parameters.delay_params)


def _replacing_current(circuit: Circuit, parameters: Parameters, delay: Matrix, output: Matrix | None) -> Matrix:
    """Compute the current (pA) in place of populations with known rates over time, shape (n, bins); no bins without such."""
    sending = np.isin(circuit.labels, population_labels(parameters.replaced_areas("het_current_nonstat")))
    if not sending.any():
        return np.zeros((len(circuit.labels), 0))
    if output is None:
        raise ValueError("het_current_nonstat needs source_output")
    charge = np.where(replaced_in(circuit.labels, parameters, "het_current_nonstat"), circuit.indegree * circuit.weight_mean, 0.0)
    return replacing_current(charge[:, sending], delay[:, sending], output)


def _background_current(circuit: Circuit, parameters: Parameters) -> Vector:
    """Mean current of the background (pA) where it is no Poisson input."""
    if parameters.input_params.poisson_input:
        return np.zeros(len(circuit.labels))
    charge = circuit.external_weight * 1e-3 * parameters.neuron_params.tau_syn_ex
    return circuit.external_indegree * charge * parameters.input_params.rate_ext


def _tables(
    synapses: NDArray[np.int64],
    weight_mean: Matrix,
    weight_sd: Matrix,
    lognormal: Mask,
    delay_mean: Matrix,
    delay_sd: Matrix,
    poisson_weight: Matrix,
    dt: float,
) -> tuple[dict[str, Any], dict[str, NDArray[np.int32]], float, bool]:
    """Integer tables of weights and delays of the connected pairs, each pair's tables, the weights' unit (pA), and whether it is coarse."""
    connected = synapses > 0
    weights, weight_class = distinct_classes(weight_mean, weight_sd, connected, lognormal)
    delays, delay_class = distinct_classes(delay_mean, delay_sd, connected)
    largest = max(
        [float(np.abs(poisson_weight).max(initial=0.0)), *(float(weight_levels(mean, sd, bool(law))[-1]) for mean, sd, law in weights)]
    )
    means = np.concatenate([weights[:, 0], poisson_weight.ravel()])
    unit = weight_unit(means, largest, COARSEST)
    coarse = unit > RESOLUTION * smallest_weight(means)
    of_class = [weight_table(mean, sd, bool(law), unit, coarse=coarse) for mean, sd, law in weights]
    tables: dict[str, Any] = {
        "weight_quantiles": (("weights", "level"), np.array(of_class, dtype=np.int32).reshape(-1, LEVELS)),
        "delay_quantiles": (
            ("delays", "level"),
            np.array([delay_quantiles(mean, sd, dt) for mean, sd in delays], dtype=np.int32).reshape(-1, LEVELS),
        ),
    }
    if lognormal.any():
        tables["weight_lognormal"] = ("weights", weights[:, 2].astype(np.int8))
    classes = {"weight_table": np.maximum(weight_class, 0), "delay_table": np.maximum(delay_class, 0)}
    return tables, classes, unit, coarse


def _attributes(parameters: Parameters, circuit: Circuit, unit: float) -> dict[str, Any]:
    configuration = parameters.network_configuration()
    del configuration["reference"]
    for key in ("raw_dir", "tables_dir", "overrides"):  # where data lie changes no network
        configuration["connectivity"].pop(key, None)
    versions = {name: version(name) for name in VERSIONS_OF} | {"python": platform.python_version()}
    return {
        "title": "multi-area model of macaque visual cortex",
        "weight_unit_pA": unit,
        "dt": parameters.sim_params.dt,
        "external_weight": circuit.external_weight,
        "rate_ext": parameters.input_params.rate_ext,
        "configuration": json.dumps(configuration),
        "versions": json.dumps(versions),
    }
