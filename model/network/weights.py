"""Synaptic weights: from postsynaptic potentials to currents, for every pair of populations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.configuration.groups import ConnectionParams, NeuronParams
from model.network.circuit import Mask, Matrix
from procortex.formats.populations import is_inhibitory, label_areas, label_layers


def psc_per_psp(C_m: float, tau_m: float, tau_syn: float) -> float:
    """Amplitude of an exponential postsynaptic current that causes a potential of 1 mV.

    The inverse of the maximum over time of the potential that a current ``exp(-t / tau_syn)`` causes.

    Parameters
    ----------
    C_m
        Membrane capacitance (pF).
    tau_m, tau_syn
        Time constants of membrane and current (ms), not equal.

    Returns
    -------
    float
        Current per potential (pA/mV).
    """
    ratio, difference = tau_m / tau_syn, tau_m - tau_syn
    peak = ratio ** (-tau_m / difference) - ratio ** (-tau_syn / difference)
    return float(1 / (tau_m * tau_syn / (-difference * C_m) * peak))


def weight_matrices(labels: Sequence[str], connections: ConnectionParams, neuron: NeuronParams) -> tuple[Matrix, Matrix]:
    """Mean and standard deviation of the weights of every pair of populations.

    Parameters
    ----------
    labels
        The n population labels.
    connections, neuron
        Parameters.

    Returns
    -------
    tuple
        Mean and standard deviation (pA), each of shape (n, n), [target, source].
    """
    areas, layers, inhibitory = label_areas(labels), label_layers(labels), is_inhibitory(labels)
    local = areas[:, None] == areas[None, :]
    psp = np.where(inhibitory, connections.g * connections.PSP_e, connections.PSP_e)[None, :].repeat(len(labels), axis=0)
    psp[local & (layers == "23E")[:, None] & (layers == "4E")[None, :]] = connections.PSP_e_23_4
    onto = np.where(inhibitory, connections.cc_weights_factor * connections.cc_weights_I_factor, connections.cc_weights_factor)
    mean = psp * psc_per_psp(neuron.C_m, neuron.tau_m, neuron.tau_syn_ex) * np.where(local, 1.0, onto[:, None])
    relative = np.where(lognormal_pairs(labels, connections), connections.PSC_rel_sd_lognormal, connections.PSC_rel_sd_normal)
    return mean, relative * np.abs(mean)


def lognormal_pairs(labels: Sequence[str], connections: ConnectionParams) -> Mask:
    """Say which pairs of populations have lognormal weights, shape (n, n), [target, source].

    With `lognormal_weights` those between excitatory populations, or all unless `lognormal_EE_only`. The original leaves 4E to 23E of an
    area at the spread of normal weights, only because it sets the weight of this pair after the others; here it is a pair like the rest.
    """
    if not connections.lognormal_weights:
        return np.zeros((len(labels), len(labels)), dtype=bool)
    excitatory = ~is_inhibitory(labels)
    return excitatory[:, None] & excitatory[None, :] | (not connections.lognormal_EE_only)


def external_weight(connections: ConnectionParams, neuron: NeuronParams) -> float:
    """Weight of the external synapses (pA); it has no spread."""
    return connections.PSP_ext * psc_per_psp(neuron.C_m, neuron.tau_m, neuron.tau_syn_ex)
