"""Down-scaling that keeps mean and variance of the input at given rates (van Albada, Helias and Diesmann 2015)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model.configuration.groups import NeuronParams
from model.network.circuit import Circuit, Mask, Vector


def scale_circuit(
    circuit: Circuit,
    N_scaling: float,
    K_scaling: float,
    rates: Vector,
    rate_ext: float,
    neuron: NeuronParams,
    relative_spread: Mask | bool = False,
) -> Circuit:
    """Shrink neuron numbers and in-degrees.

    Weights grow by ``1 / sqrt(K_scaling)``, which keeps the variance of the input; a direct current makes up for the mean that is
    lost. The standard deviations of the weights stay as they are, as in the published model, so the relative spread shrinks, but where
    `relative_spread` says otherwise.

    Parameters
    ----------
    circuit
        The network at full scale.
    N_scaling, K_scaling
        Fractions of neurons and of synapses per neuron to keep, in (0, 1].
    rates
        Rates of all populations at full scale (spikes/s), shape (n,), whether they will be simulated or not.
    rate_ext
        Rate of an external synapse (spikes/s).
    neuron
        Neuron parameters.
    relative_spread
        Pairs whose standard deviation grows with the weight, shape (n, n), or all or none.
    """
    root = np.sqrt(K_scaling)
    charge = 1e-3 * neuron.tau_syn_ex  # of a synapse of 1 pA, times the rate in spikes/s: mean current in pA
    recurrent = charge * (circuit.weight_mean * circuit.indegree) @ rates
    external = charge * circuit.external_weight * circuit.external_indegree * rate_ext
    return replace(
        circuit,
        neurons=circuit.neurons * N_scaling,
        indegree=circuit.indegree * K_scaling,
        external_indegree=circuit.external_indegree * K_scaling,
        weight_mean=circuit.weight_mean / root,
        weight_sd=np.where(relative_spread, circuit.weight_sd / root, circuit.weight_sd),
        external_weight=float(circuit.external_weight / root),
        dc=circuit.dc + (1 - root) * (recurrent + external),
    )
