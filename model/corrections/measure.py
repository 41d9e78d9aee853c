"""What a correction changes: neurons, synapses, in-degrees, and the rates of the mean-field theory."""

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
    """An anatomy, and where its network goes.

    Attributes
    ----------
    anatomy
        With the in-degrees of its network.
    rates
        Rates (spikes/s) of the state of low activity at full density, shape (n,); NaN where there is none.
    """

    anatomy: Anatomy
    rates: Array


def corrected(anatomy: Anatomy, parameters: Parameters) -> Corrected:
    """Solve the mean-field theory of an anatomy with the weights and the drive of a state."""
    theory = parameters.theory_params
    rest = low_activity_state(circuit_field(full_scale_circuit(anatomy, parameters), parameters), theory.dt, theory.T)
    return Corrected(anatomy, rest.rates if rest.settled else np.full(len(rest.rates), math.nan))


def comparison(name: str, changed: Corrected, published: Corrected) -> dict[str, str | float]:
    """Compare a corrected network with the published one.

    Returns
    -------
    dict
        One row of a table: ``neurons``; ``synapses`` (recurrent) and ``external_synapses``; relative changes, sums of magnitudes over the
        sum of the published values, of the anatomy's in-degrees (``indegree_change``), of the network's after stabilisation
        (``network_change``), of the external ones (``external_change``); ``mean_rate`` and ``largest_rate`` (spikes/s) over the
        populations, ``rate_change`` (mean magnitude, spikes/s) and ``largest_rate_change``.
    """
    now, before = changed.anatomy, published.anatomy
    neurons = now.neurons.to_numpy()
    moved = np.abs(changed.rates - published.rates)
    return {
        "correction": name,
        "neurons": float(neurons.sum()),
        "synapses": float(neurons @ now.indegree.to_numpy().sum(axis=1)),
        "external_synapses": float(neurons @ now.external_indegree.to_numpy()),
        "indegree_change": relative_change(now.indegree_raw.to_numpy(), before.indegree_raw.to_numpy()),
        "network_change": relative_change(now.indegree.to_numpy(), before.indegree.to_numpy()),
        "external_change": relative_change(now.external_indegree.to_numpy(), before.external_indegree.to_numpy()),
        "mean_rate": float(changed.rates.mean()),
        "largest_rate": float(changed.rates.max()),
        "rate_change": float(moved.mean()),
        "largest_rate_change": float(moved.max()),
    }


def relative_change(now: Array, before: Array) -> float:
    """Sum the magnitudes of the differences, relative to the sum before."""
    return float(np.abs(now - before).sum() / before.sum())
