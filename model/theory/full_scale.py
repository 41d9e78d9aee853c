"""Rates of the full-scale network by the mean-field theory, at the same parameters as the simulation."""

from __future__ import annotations

import math

import numpy as np

from model.configuration import Parameters
from model.network.circuit import Circuit, Vector
from model.network.stimuli import pulses, streams
from model.theory.meanfield import MeanField, mean_field, rate_neuron
from model.theory.relaxation import HIGH, low_activity_state
from procortex.utilities.errors import InputError

MOST_OF_SATURATION = 0.5
"""Largest rate of a population in the state of low activity, relative to 1 / t_ref.

A neuron that fires faster spends more time refractory than integrating its input: its rate follows from t_ref rather than from mean and
variance of the input, which are all that the diffusion approximation knows and that down-scaling preserves.
"""


def circuit_field(circuit: Circuit, parameters: Parameters) -> MeanField:
    """Describe a circuit with all its areas in the diffusion approximation."""
    drive = parameters.input_params
    poisson = circuit.external_indegree[:, None] * drive.rate_ext * float(drive.poisson_input)
    charge = circuit.external_weight * 1e-3 * parameters.neuron_params.tau_syn_ex
    constant = 0.0 if drive.poisson_input else circuit.external_indegree * charge * drive.rate_ext
    return mean_field(
        circuit.labels,
        circuit.indegree,
        circuit.weight_mean,
        {"rate": poisson, "weight": np.full_like(poisson, circuit.external_weight), "dc": circuit.dc + constant},
        rate_neuron(parameters.neuron_params.model_dump()),
        parameters.neuron_params.C_m,
    )


def with_stimuli(field: MeanField, parameters: Parameters) -> MeanField:
    """Give the same network the stimuli that are always there; those that come and go are no part of a stationary state."""
    neuron = parameters.neuron_params
    mean, variance = field.external_mean, field.external_variance
    for pulse in pulses(field.labels, parameters):
        if pulse.window.is_stationary:
            mean = mean + neuron.tau_m / neuron.C_m * pulse.current
    for stream in streams(field.labels, parameters):
        if stream.window.is_stationary:
            jump = stream.weight * neuron.tau_syn_ex / neuron.C_m
            mean = mean + 1e-3 * neuron.tau_m * stream.rate * jump
            variance = variance + 1e-3 * neuron.tau_m * stream.rate * jump**2
    return field.with_external(mean, variance)


def theory_rates(circuit: Circuit, parameters: Parameters) -> Vector:
    """Compute the rates (spikes/s) of a full-scale circuit in its state of low activity, shape (n,).

    Stationary stimuli take part.

    Raises
    ------
    InputError
        If there is no such state at these parameters, or the rates that are found are no low ones.
    """
    theory, connections = parameters.theory_params, parameters.connection_params
    rest = low_activity_state(with_stimuli(circuit_field(circuit, parameters), parameters), theory.dt, theory.T)
    scales = parameters.is_scaled and parameters.network_params.fullscale_rates == "theory"
    key = "fullscale_rates" if scales or connections.replace_cc_input_source == "fullscale_rates" else "replace_cc_input_source"
    if not rest.settled:
        raise InputError(
            f"{key}: theory finds no state of low activity at cc_weights_factor = {connections.cc_weights_factor:g}, g = "
            f"{connections.g:g} (the rates end at {rest.rates.mean():.3g} spikes/s on average and do not rest); expected a smaller "
            "cc_weights_factor, or rates from a file"
        )
    t_ref, mean, largest = parameters.neuron_params.t_ref, rest.rates.mean(), rest.rates.max()
    most = MOST_OF_SATURATION * 1e3 / t_ref if t_ref else math.inf
    if mean > HIGH or largest > most:
        label = circuit.labels[int(rest.rates.argmax())]
        saturation = f", and in each population at most {most:.4g} (half of 1 / t_ref)" if t_ref else ""
        raise InputError(
            f"{key}: theory finds no state of low activity: the largest rate is {largest:.4g} spikes/s ({label}), the mean {mean:.4g}; "
            f"expected a mean of at most {HIGH:g} spikes/s{saturation}: a weaker drive (rate_ext, PSP_ext, E_L), or rates from a file"
        )
    return rest.rates
