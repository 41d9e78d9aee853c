"""What corrections change: neurons, synapses, in-degrees, and the rates of the mean-field theory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.anatomy import Anatomy
from model.configuration import Parameters
from model.network.assemble import full_scale_circuit
from model.theory.full_scale import circuit_field
from model.theory.relaxation import low_activity_state

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Corrected:
    """An anatomy, its network, and where that goes.

    Attributes
    ----------
    anatomy
        Before stabilisation.
    network
        In-degrees [target, source] of the network, shape (n, n); NaN where the stabilisation fails.
    rates
        Rates (spikes/s) of the state of low activity at full density, shape (n,); NaN where there is none.
    """

    anatomy: Anatomy
    network: Array
    rates: Array


def corrected(anatomy: Anatomy, parameters: Parameters) -> Corrected:
    """Solve the mean-field theory of an anatomy, stabilised or not, with the weights and the drive of a state."""
    theory = parameters.theory_params
    rest = low_activity_state(circuit_field(full_scale_circuit(anatomy, parameters), parameters), theory.dt, theory.T)
    return Corrected(anatomy, anatomy.indegree.to_numpy(), rest.rates if rest.settled else np.full(len(rest.rates), math.nan))


def without_network(anatomy: Anatomy) -> Corrected:
    """Stand for an anatomy that the stabilisation makes no network of."""
    size = anatomy.neurons.sizes["population"]
    return Corrected(anatomy, np.full((size, size), math.nan), np.full(size, math.nan))


def comparison(name: str, changed: Corrected, published: Corrected) -> dict[str, str | float]:
    """Compare a corrected model with the published one.

    Returns
    -------
    dict
        One row of a table. Of the anatomy: ``neurons``, ``synapses`` (recurrent), ``external_synapses``. Of the network:
        ``network_synapses``; ``mean_rate`` and ``largest_rate`` over the populations, mean and largest magnitude of their changes
        (``rate_change``, ``largest_rate_change``), spikes/s. Relative changes of the in-degrees, sums of magnitudes over the published
        sum: ``indegree_change`` and ``external_change`` of the anatomy, ``network_change`` of the network.
    """
    now, before = changed.anatomy, published.anatomy
    neurons = now.neurons.to_numpy()
    moved = np.abs(changed.rates - published.rates)
    return {
        "correction": name,
        "neurons": float(neurons.sum()),
        "synapses": float(neurons @ now.indegree_raw.to_numpy().sum(axis=1)),
        "external_synapses": float(neurons @ now.external_indegree.to_numpy()),
        "indegree_change": relative_change(now.indegree_raw.to_numpy(), before.indegree_raw.to_numpy()),
        "external_change": relative_change(now.external_indegree.to_numpy(), before.external_indegree.to_numpy()),
        "network_synapses": float(neurons @ changed.network.sum(axis=1)),
        "network_change": relative_change(changed.network, published.network),
        "mean_rate": float(changed.rates.mean()),
        "largest_rate": float(changed.rates.max()),
        "rate_change": float(moved.mean()),
        "largest_rate_change": float(moved.max()),
    }


def relative_change(now: Array, before: Array) -> float:
    """Sum the magnitudes of the differences, relative to the sum before."""
    return float(np.abs(now - before).sum() / before.sum())
