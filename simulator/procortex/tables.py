"""The network file as the flat integer tables that the procedural backends share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.constants import EVENT_WEIGHT_LIMIT
from procortex.drive import Drive
from procortex.formats.netcdf import first_place
from procortex.formats.network import ALWAYS, NEVER_ENDS, labels_of, shared_parameters, stream_matrix
from procortex.utilities.errors import InputError

NO_EVENT = 2**31 - 1
"""Threshold that no random number of 31 bits exceeds."""


@dataclass(frozen=True)
class NetworkTables:
    """Populations, projections and distributions, ready for a kernel.

    Projections are those that hold synapses, sorted by source population, then target population.

    Attributes
    ----------
    first_neuron
        (n_populations + 1,) index of each population's first neuron in the whole network.
    first_outgoing
        (n_populations + 1,) first projection of each source population.
    target, synapses, projection_id, delay_class, weight_class
        (n_projections,) of each projection; the id is its ``rng_key``.
    delays
        (n_classes, 4096) steps.
    weights
        (n_classes, 4096) weight units.
    ring_slots
        (n_populations,) longest incoming delay + 1.
    thresholds
        (n_populations, n_inputs, n_thresholds) of the Poisson drive.
    drive
        What changes in the course of time: weights of the Poisson drive and currents.
    v0
        (65536,) quantiles of the initial potential (mV above E_L).
    P11, P21, P22
        Propagators of the neuron (spec of iaf_psc_exp; Rotter & Diesmann 1999).
    V_th, V_reset, E_L
        mV; the first two above E_L.
    """

    labels: tuple[str, ...]
    first_neuron: NDArray[np.int64]
    first_outgoing: NDArray[np.int64]
    target: NDArray[np.int32]
    synapses: NDArray[np.int64]
    projection_id: NDArray[np.uint32]
    delay_class: NDArray[np.int32]
    weight_class: NDArray[np.int32]
    delays: NDArray[np.int32]
    weights: NDArray[np.int32]
    ring_slots: NDArray[np.int32]
    thresholds: NDArray[np.int32]
    drive: Drive
    v0: NDArray[np.float64]
    dt: float
    unit: float
    P11: float
    P21: float
    P22: float
    V_th: float
    V_reset: float
    E_L: float
    refractory_steps: int

    @property
    def n_neurons(self) -> int:
        """Number of neurons of the network."""
        return int(self.first_neuron[-1])

    @property
    def populations(self) -> dict[str, int]:
        """Number of neurons of each population."""
        return {label: int(n) for label, n in zip(self.labels, np.diff(self.first_neuron), strict=True)}


@dataclass(frozen=True)
class Propagators:
    """Exact one-step propagators of the neuron with exponential synaptic currents.

    Attributes
    ----------
    P11, P22
        Decay of the synaptic current and of the membrane potential.
    P21, P20
        Membrane potential per synaptic and per constant current (mV/pA).
    """

    P11: float
    P22: float
    P21: float
    P20: float


def propagators(dt: float, tau_m: float, tau_syn: float, C_m: float) -> Propagators:
    """Propagators over one step.

    Parameters
    ----------
    dt, tau_m, tau_syn
        Time step and time constants (ms), ``tau_m != tau_syn``.
    C_m
        Membrane capacitance (pF).
    """
    P11, P22 = float(np.exp(-dt / tau_syn)), float(np.exp(-dt / tau_m))
    P21 = tau_m * tau_syn / (C_m * (tau_m - tau_syn)) * (P22 - P11)
    P20 = tau_m / C_m * -float(np.expm1(-dt / tau_m))
    return Propagators(P11, P22, P21, P20)


def network_tables(network: xr.Dataset) -> NetworkTables:
    """Turn a checked network into tables.

    Parameters
    ----------
    network
        As `procortex.formats.network.read_network` gives it.

    Raises
    ------
    InputError
        If the network asks for what the procedural backends cannot do, or breaks their number formats.
    """
    neuron = shared_parameters(network)
    if neuron["tau_syn_ex"] != neuron["tau_syn_in"]:
        where = network.encoding.get("source", "network")
        raise InputError(
            f"{where}: tau_syn_ex and tau_syn_in differ; the cpu backend has one synaptic current: make them equal, or use --backend nest"
        )
    dt, unit = float(network.attrs["dt"]), float(network.attrs["weight_unit_pA"])
    _check_formats(network, unit)
    n = network.sizes["population"]
    rows = _projections(network)
    source, target = rows["source"], rows["target"].astype(np.int32)
    delays = network["delay_quantiles"].to_numpy().astype(np.int32)
    longest = np.zeros(n, dtype=np.int32)
    np.maximum.at(longest, target, delays.max(axis=1, initial=0)[rows["delay_table"]])
    step = propagators(dt, neuron["tau_m"], neuron["tau_syn_ex"], neuron["C_m"])
    return NetworkTables(
        labels=tuple(labels_of(network)),
        first_neuron=np.concatenate([[0], np.cumsum(network["neurons"].to_numpy())]).astype(np.int64),
        first_outgoing=np.searchsorted(source, np.arange(n + 1)).astype(np.int64),
        target=target,
        synapses=rows["synapses"].astype(np.int64),
        projection_id=rows["rng_key"].astype(np.uint32),
        delay_class=rows["delay_table"].astype(np.int32),
        weight_class=rows["weight_table"].astype(np.int32),
        delays=np.ascontiguousarray(delays),
        weights=np.ascontiguousarray(network["weight_quantiles"].to_numpy().astype(np.int32)),
        ring_slots=longest + 1,
        thresholds=np.ascontiguousarray(stream_matrix(network, "stream_threshold", NO_EVENT).astype(np.int32)),
        drive=_drive(network, unit, step.P20),
        v0=_initial_potentials(network) - neuron["E_L"],
        dt=dt,
        unit=unit,
        P11=step.P11,
        P21=step.P21,
        P22=step.P22,
        V_th=neuron["V_th"] - neuron["E_L"],
        V_reset=neuron["V_reset"] - neuron["E_L"],
        E_L=neuron["E_L"],
        refractory_steps=round(neuron["t_ref"] / dt),
    )


def _projections(network: xr.Dataset) -> dict[str, NDArray[Any]]:
    """Give the projections that hold synapses, sorted by source, then target, then row."""
    names = ("source", "target", "synapses", "weight_table", "delay_table", "rng_key")
    rows = {name: network[name].to_numpy() for name in names}
    used = np.flatnonzero(rows["synapses"] > 0)
    order = used[np.lexsort((used, rows["target"][used], rows["source"][used]))]
    return {name: values[order] for name, values in rows.items()}


def _drive(network: xr.Dataset, unit: float, P20: float) -> Drive:
    return Drive(
        poisson_weight=np.ascontiguousarray(np.rint(stream_matrix(network, "stream_weight") / unit).astype(np.int32)),
        poisson_start=stream_matrix(network, "stream_start", ALWAYS).astype(np.int64),
        poisson_stop=stream_matrix(network, "stream_stop", NEVER_ENDS).astype(np.int64),
        dc=network["dc"].to_numpy().astype(np.float64),
        current_start=network["current_start"].to_numpy().astype(np.int64),
        current=network["current"].to_numpy().astype(np.float64),
        P20=P20,
    )


def _initial_potentials(network: xr.Dataset) -> NDArray[np.float64]:
    used = np.unique(network["v0_table"].to_numpy())
    if len(used) > 1:
        where = network.encoding.get("source", "network")
        raise InputError(
            f"{where}: v0_table names several tables; the cpu and cuda backends have one for all populations: use --backend nest"
        )
    potentials: NDArray[np.float64] = network["v0_quantiles"].to_numpy()[used[0]].astype(np.float64)
    return potentials


def _check_formats(network: xr.Dataset, unit: float) -> None:
    """Refuse, before anything is converted, what the number formats of the backends cannot hold."""
    where = network.encoding.get("source", "network")
    largest = 0.0
    in_units = {
        "weight_quantiles": network["weight_quantiles"].to_numpy(),
        "stream_weight": np.rint(network["stream_weight"].to_numpy() / unit),
    }
    for name, units in in_units.items():
        sizes = np.abs(units)
        if (bad := sizes >= EVENT_WEIGHT_LIMIT).any():
            raise InputError(
                f"{where}: {name}{first_place(network[name], bad)} is a weight of {sizes[bad][0]:g} units, which does not fit the event "
                f"format (below {EVENT_WEIGHT_LIMIT}); build the network again with a larger weight_unit_pA"
            )
        largest = max(largest, float(sizes.max(initial=0)))
    # a synapse adds at most one event to a step: what arrives at a neuron is bounded by its in-degree (mean and 10 standard deviations)
    incoming = np.zeros(network.sizes["population"])
    np.add.at(incoming, network["target"].to_numpy().astype(np.int64), network["synapses"].to_numpy().astype(np.float64))
    indegree = incoming / np.maximum(network["neurons"].to_numpy(), 1)
    if (bad := (indegree + 10 * np.sqrt(indegree) + 1000) * largest >= 2**31).any():
        raise InputError(
            f"{where}: synapses: so many for each neuron of {first_place(network['neurons'], bad)} ({indegree[bad][0]:.4g}) that their sum "
            "may overflow 32 bits; build the network again with a larger weight_unit_pA"
        )
