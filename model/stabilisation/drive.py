"""The family of networks that the stabilisation looks at: one connectivity, and an external drive that grows with kappa.

Schuecker, Schmidt et al. (2017). kappa is the factor on the external in-degree of 5E, and sets that of 6E.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.configuration.groups import ConnectionParams, NeuronParams
from model.network.weights import external_weight, weight_matrices
from model.stabilisation.parameters import StabilisationParameters
from model.theory.meanfield import MeanField, mean_field, rate_neuron
from model.theory.siegert import Array
from procortex.formats.populations import label_layers


@dataclass(frozen=True)
class DrivenNetwork:
    """One connectivity under a drive of variable strength.

    Attributes
    ----------
    labels
        The n population labels.
    indegree
        Recurrent in-degrees [target, source], shape (n, n).
    external_indegree
        External in-degrees at kappa = 1, shape (n,).
    parameters
        Parameters of the stabilisation.
    """

    labels: tuple[str, ...]
    indegree: Array
    external_indegree: Array
    parameters: StabilisationParameters

    def at(self, kappa: float | Array) -> MeanField:
        """Give the network at one value of kappa, or the same network at several ones: shape (...)."""
        neuron, connections = NeuronParams(), self.connections
        layers, drive = label_layers(self.labels), np.asarray(kappa, float)[..., None]
        factor = np.where(layers == "5E", drive, np.where(layers == "6E", factor_6E(drive), 1.0))
        jump = external_weight(connections, neuron) * neuron.tau_syn_ex / neuron.C_m
        rate = 1e-3 * neuron.tau_m * self.external_indegree * factor * self.parameters.rate_ext
        silent = np.zeros((len(self.labels), 0))
        field = mean_field(
            self.labels,
            self.indegree,
            weight_matrices(self.labels, connections, neuron)[0],
            {"rate": silent, "weight": silent, "dc": np.zeros(len(self.labels))},
            rate_neuron(neuron.model_dump()),
            neuron.C_m,
        )
        return field.with_external(rate * jump, rate * jump**2)

    @property
    def connections(self) -> ConnectionParams:
        """Weights of the stabilisation; connections between areas are as strong as those within."""
        return ConnectionParams(g=self.parameters.g, cc_weights_factor=1.0, cc_weights_I_factor=1.0)

    @property
    def jumps(self) -> Array:
        """Jump of the potential by a spike (mV), [target, source]."""
        neuron = NeuronParams()
        result: Array = weight_matrices(self.labels, self.connections, neuron)[0] * neuron.tau_syn_ex / neuron.C_m
        return result


def factor_6E(kappa: Array) -> Array:
    """Factor on the external in-degree of 6E that belongs to that of 5E."""
    result: Array = 10 / 3 * kappa - 7 / 3
    return result
