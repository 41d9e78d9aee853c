"""Interspike intervals and their local variation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.definitions import Definition
from analysis.statistics.trains import Trains


def interspike_intervals(trains: Trains) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Interspike intervals (steps) and the neuron of each, in the order of neurons and time.

    Equals ``elephant.statistics.isi`` of each train.
    """
    neuron = trains.neuron
    same = neuron[1:] == neuron[:-1]
    return np.diff(trains.step)[same], neuron[1:][same]


def lvr(trains: Trains, refractory_ms: float) -> NDArray[np.float64]:
    """Local variation with refractoriness correction, LvR, of every neuron.

    Parameters
    ----------
    trains
        Spike trains.
    refractory_ms
        R (ms).

    Returns
    -------
    numpy.ndarray
        Shape (n_neurons,); NaN for neurons with less than 3 spikes.

    Notes
    -----
    Shinomoto et al. 2009: ``3 / (n - 1) sum_k [1 - 4 I_k I_{k+1} / (I_k + I_{k+1})^2] [1 + 4 R / (I_k + I_{k+1})]`` over the n
    intervals. Equals ``elephant.statistics.lvr`` with the same R.
    """
    return np.concatenate([_lvr(piece, refractory_ms) for piece in trains.pieces()] or [np.empty(0)])


def _lvr(trains: Trains, refractory_ms: float) -> NDArray[np.float64]:
    intervals, neuron = interspike_intervals(trains)
    neighbours = neuron[1:] == neuron[:-1]
    first, second, owner = intervals[:-1][neighbours], intervals[1:][neighbours], neuron[1:][neighbours]
    both = (first + second).astype(np.float64)
    terms = (1.0 - 4.0 * first.astype(np.float64) * second / both**2) * (1.0 + 4.0 * refractory_ms / trains.window.dt / both)
    total = np.bincount(owner, weights=terms, minlength=trains.n_neurons)
    pairs = np.bincount(owner, minlength=trains.n_neurons)
    return np.asarray(np.divide(3.0 * total, pairs, out=np.full(trains.n_neurons, np.nan), where=pairs > 0))


def counted_lvr(trains: Trains, definition: Definition) -> NDArray[np.float64]:
    """LvR of the neurons that a definition counts, with zeros where it puts them; their mean is the population's LvR."""
    values = lvr(trains, definition.refractory_ms)
    short = (trains.counts > 0) & np.isnan(values)
    silent = trains.counts == 0
    values[short & definition.short_as_zero] = 0.0
    values[silent & definition.silent_as_zero] = 0.0
    return values[~np.isnan(values)]
