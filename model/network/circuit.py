"""The network in real numbers, before anything is counted or tabulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Circuit:
    """Populations and the mean connectivity between them; matrices are [target, source].

    Attributes
    ----------
    labels
        Population labels, in model order.
    neurons
        Real-valued number of neurons, shape (n,).
    indegree
        Synapses per target neuron, shape (n, n).
    external_indegree
        External synapses per neuron, shape (n,).
    weight_mean, weight_sd
        Weight of a synapse (pA), shape (n, n).
    external_weight
        Weight of an external synapse (pA).
    dc
        Direct current into each neuron (pA), shape (n,).
    """

    labels: tuple[str, ...]
    neurons: Vector
    indegree: Matrix
    external_indegree: Vector
    weight_mean: Matrix
    weight_sd: Matrix
    external_weight: float
    dc: Vector
