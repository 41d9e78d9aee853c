"""The network in the diffusion approximation: mean and variance of every population's input as functions of all rates.

Schuecker, Schmidt et al. (2017), eqs. 3 and 4; Schmidt et al. (2018b). The spread of the weights is left out, as there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from model.theory.siegert import Array, RateNeuron, firing_rate, rate_derivatives
from procortex.formats.network import ALWAYS, NEVER_ENDS, labels_of, pair_matrix, shared_parameters, stream_matrix


@dataclass(frozen=True)
class MeanField:
    """Input of n populations in the diffusion approximation; matrices are [target, source].

    Attributes
    ----------
    labels
        Population labels.
    mean_gain
        Mean input for each spike/s of a source (mV s), shape (n, n): ``tau_m K J``.
    variance_gain
        Variance of the input for each spike/s of a source (mV^2 s), shape (n, n): ``tau_m K J^2``.
    external_mean, external_variance
        Input from outside (mV, mV^2), shape (n,), or (..., n) for several networks at once that differ in it.
    neuron
        Neuron parameters.
    """

    labels: tuple[str, ...]
    mean_gain: Array
    variance_gain: Array
    external_mean: Array
    external_variance: Array
    neuron: RateNeuron

    def mean(self, rates: Array) -> Array:
        """Compute the mean input (mV) at rates (spikes/s), both of shape (..., n)."""
        result: Array = rates @ self.mean_gain.T + self.external_mean
        return result

    def deviation(self, rates: Array) -> Array:
        """Compute the standard deviation of the input (mV) at rates (spikes/s), both of shape (..., n)."""
        result: Array = np.sqrt(rates @ self.variance_gain.T + self.external_variance)
        return result

    def respond(self, rates: Array) -> Array:
        """Rates that the populations answer with to given rates (spikes/s); a fixed point answers with itself."""
        return firing_rate(self.mean(rates), self.deviation(rates), self.neuron)

    def effective_connectivity(self, rates: Array) -> Array:
        """Compute the derivative of `respond` [target, source] at rates of shape (n,).

        Schuecker, Schmidt et al. (2017), eq. 7. The original differentiates numerically, with the threshold shift of coloured noise
        held fixed in mV; this is the exact derivative of the map whose fixed points are searched.
        """
        by_mean, by_variance = rate_derivatives(self.mean(rates), self.deviation(rates), self.neuron)
        result: Array = by_mean[:, None] * self.mean_gain + by_variance[:, None] * self.variance_gain
        return result

    def without_rate(self, finite: NDArray[np.bool_], rates: Array) -> str:
        """Say that the theory has no rate of a population; which have one, and the rates that make the input have shape (..., n)."""
        place = tuple(np.argwhere(~finite)[0])
        mean, deviation = (np.broadcast_to(values, finite.shape)[place] for values in (self.mean(rates), self.deviation(rates)))
        return (
            f"theory: {self.labels[place[-1]]} has no rate at an input with mean {mean:.4g} mV and standard deviation {deviation:.4g} mV; "
            "expected in-degrees, weights and rates that make an input of moderate size"
        )

    def with_external(self, mean: Array, variance: Array) -> MeanField:
        """Give the same network other input from outside."""
        return replace(self, external_mean=mean, external_variance=variance)


def mean_field(
    labels: tuple[str, ...],
    indegree: Array,
    weight: Array,
    external: Mapping[str, Array],
    neuron: RateNeuron,
    C_m: float,
) -> MeanField:
    """Describe a network by its in-degrees and weights.

    Parameters
    ----------
    labels
        The n population labels.
    indegree
        Synapses per target neuron, shape (n, n), [target, source].
    weight
        Mean weights (pA), shape (n, n).
    external
        ``rate`` (spikes/s, summed over synapses) and ``weight`` (pA) of Poisson streams, each of shape (n, inputs), and ``dc`` (pA),
        shape (n,).
    neuron
        Neuron parameters.
    C_m
        Membrane capacitance (pF).
    """
    tau_m = 1e-3 * neuron.tau_m
    jump = weight * neuron.tau_syn / C_m
    stream_jump = external["weight"] * neuron.tau_syn / C_m
    return MeanField(
        labels=labels,
        mean_gain=tau_m * indegree * jump,
        variance_gain=tau_m * indegree * jump**2,
        external_mean=tau_m * (external["rate"] * stream_jump).sum(axis=1) + neuron.tau_m / C_m * external["dc"],
        external_variance=tau_m * (external["rate"] * stream_jump**2).sum(axis=1),
        neuron=neuron,
    )


def rate_neuron(values: Mapping[str, float]) -> RateNeuron:
    """Neuron parameters of the theory from those of a network (`tau_m`, `tau_syn_ex`, `t_ref`, `V_th`, `V_reset`, `E_L`)."""
    return RateNeuron(
        tau_m=float(values["tau_m"]),
        tau_syn=float(values["tau_syn_ex"]),
        t_ref=float(values["t_ref"]),
        theta=float(values["V_th"]) - float(values["E_L"]),
        V_r=float(values["V_reset"]) - float(values["E_L"]),
    )


def mean_field_of(network: xr.Dataset) -> MeanField:
    """Describe a network file: whatever scaling, replaced areas and stationary drive it has; what changes in time is left out."""
    stationary = (network["stream_start"].to_numpy() <= ALWAYS) & (network["stream_stop"].to_numpy() == NEVER_ENDS)
    constant = network.assign(stream_rate=("stream", np.where(stationary, network["stream_rate"].to_numpy(), 0.0)))
    neuron = shared_parameters(network)
    field = mean_field(
        labels=tuple(labels_of(network)),
        indegree=pair_matrix(network, "indegree").to_numpy(),
        weight=pair_matrix(network, "weight_mean").to_numpy(),
        external={
            "rate": stream_matrix(constant, "stream_rate"),
            "weight": stream_matrix(network, "stream_weight"),
            "dc": network["dc"].to_numpy(),
        },
        neuron=rate_neuron(neuron),
        C_m=neuron["C_m"],
    )
    return replace(field, variance_gain=_variance_gain(network, field.neuron, neuron["C_m"]))


def _variance_gain(network: xr.Dataset, neuron: RateNeuron, C_m: float) -> Array:
    """Sum the variance gains of all projections: those that join the same populations may differ in their weights."""
    n = network.sizes["population"]
    jump = network["weight_mean"].to_numpy() * neuron.tau_syn / C_m
    gain = np.zeros((n, n))
    pair = network["target"].to_numpy().astype(np.int64), network["source"].to_numpy().astype(np.int64)
    np.add.at(gain, pair, 1e-3 * neuron.tau_m * network["indegree"].to_numpy() * jump**2)
    return gain
