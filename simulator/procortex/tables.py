"""The network file as the flat integer tables that the procedural backends share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.constants import EVENT_WEIGHT_LIMIT, LEVELS, V0_LEVELS
from procortex.drive import Drive
from procortex.formats.netcdf import first_place
from procortex.utilities.errors import InputError


@dataclass(frozen=True)
class NetworkTables:
    """Populations, projections and distributions, ready for a kernel.

    Projections are the population pairs that hold synapses, sorted by source population, then target population.

    Attributes
    ----------
    first_neuron
        (n_populations + 1,) index of each population's first neuron in the whole network.
    first_outgoing
        (n_populations + 1,) first projection of each source population.
    target, synapses, projection_id, delay_class, weight_class
        (n_projections,) of each projection; the id is ``target * n_populations + source``.
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
    a = network.attrs
    if a["tau_syn_ex"] != a["tau_syn_in"]:
        raise InputError(
            "tau_syn_ex and tau_syn_in differ; the cpu backend has one synaptic current: make them equal, or use --backend nest"
        )
    n = network.sizes["target"]
    neurons = network["neurons"].values
    source, target = np.nonzero(network["synapses"].values.T > 0)
    pick = (target, source)
    unit = float(a["weight_unit_pA"])
    _check_formats(network, unit)
    delays = network["delay_quantiles"].values.astype(np.int32)
    weights = network["weight_quantiles"].values.astype(np.int32)
    delay_class = network["delay_class"].values[pick].astype(np.int32)
    weight_class = network["weight_class"].values[pick].astype(np.int32)
    longest = np.zeros(n, dtype=np.int32)
    np.maximum.at(longest, target, delays.max(axis=1, initial=0)[delay_class])
    step = propagators(a["dt"], a["tau_m"], a["tau_syn_ex"], a["C_m"])
    return NetworkTables(
        labels=tuple(str(label) for label in network["target"].values),
        first_neuron=np.concatenate([[0], np.cumsum(neurons)]).astype(np.int64),
        first_outgoing=np.searchsorted(source, np.arange(n + 1)).astype(np.int64),
        target=target.astype(np.int32),
        synapses=network["synapses"].values[pick].astype(np.int64),
        projection_id=(target * n + source).astype(np.uint32),
        delay_class=delay_class,
        weight_class=weight_class,
        delays=np.ascontiguousarray(delays),
        weights=np.ascontiguousarray(weights),
        ring_slots=longest + 1,
        thresholds=np.ascontiguousarray(network["poisson_threshold"].values.astype(np.int32)),
        drive=Drive(
            poisson_weight=np.ascontiguousarray(np.rint(network["poisson_weight"].values / unit).astype(np.int32)),
            poisson_start=network["poisson_start"].values.astype(np.int64),
            poisson_stop=network["poisson_stop"].values.astype(np.int64),
            dc=network["dc"].values.astype(np.float64),
            current_start=network["current_start"].values.astype(np.int64),
            current=network["current"].values.astype(np.float64),
            P20=step.P20,
        ),
        v0=network["v0_quantiles"].values - a["E_L"],
        dt=float(a["dt"]),
        unit=unit,
        P11=step.P11,
        P21=step.P21,
        P22=step.P22,
        V_th=float(a["V_th"] - a["E_L"]),
        V_reset=float(a["V_reset"] - a["E_L"]),
        refractory_steps=round(float(a["t_ref"]) / float(a["dt"])),
    )


def _check_formats(network: xr.Dataset, unit: float) -> None:
    """Refuse, before anything is converted, what the number formats of the backends cannot hold."""
    where = network.encoding.get("source", "network")
    for name, dim, levels in (
        ("delay_quantiles", "level", LEVELS),
        ("weight_quantiles", "level", LEVELS),
        ("v0_quantiles", "v0_level", V0_LEVELS),
    ):
        if network.sizes[dim] != levels:
            raise InputError(f"{where}: {name} has {network.sizes[dim]} levels, expected {levels}; build the network again")
    largest = 0.0
    in_units = {"weight_quantiles": network["weight_quantiles"].values, "poisson_weight": np.rint(network["poisson_weight"].values / unit)}
    for name, units in in_units.items():
        sizes = np.abs(units)
        if (bad := sizes >= EVENT_WEIGHT_LIMIT).any():
            raise InputError(
                f"{where}: {name}{first_place(network[name], bad)} is a weight of {sizes[bad][0]:g} units, which does not fit the event "
                f"format (below {EVENT_WEIGHT_LIMIT}); build the network again with a larger weight_unit_pA"
            )
        largest = max(largest, float(sizes.max(initial=0)))
    # a synapse adds at most one event to a step: what arrives at a neuron is bounded by its in-degree (mean and 10 standard deviations)
    indegree = network["synapses"].values.sum(axis=1) / np.maximum(network["neurons"].values, 1)
    if (bad := (indegree + 10 * np.sqrt(indegree) + 1000) * largest >= 2**31).any():
        raise InputError(
            f"{where}: synapses: so many for each neuron of {first_place(network['neurons'], bad)} ({indegree[bad][0]:.4g}) that their sum "
            "may overflow 32 bits; build the network again with a larger weight_unit_pA"
        )
