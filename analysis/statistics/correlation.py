"""Pairwise correlations of spike counts, by Elephant, on a subsample."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from analysis.exchange.neo_objects import neo_trains
from analysis.statistics.definitions import CANDIDATES, MAX_CORRELATED
from analysis.statistics.trains import Trains
from procortex.constants import BIN_MS
from procortex.utilities.errors import InputError


def subsample(trains: Trains, first_ever: int) -> NDArray[np.int64]:
    """Neurons whose correlations are taken: spec of both published codes.

    Parameters
    ----------
    trains
        Spike trains.
    first_ever
        Lowest neuron that spikes at any time, before the window included.

    Returns
    -------
    numpy.ndarray
        At most 2000 neurons that spike in the window, ascending, out of the 3001 from `first_ever` on.
    """
    active = np.flatnonzero(trains.counts[: first_ever + CANDIDATES])
    return active[active >= first_ever][:MAX_CORRELATED]


def correlations(trains: Trains, neurons: NDArray[np.int64]) -> NDArray[np.float64]:
    """Pearson correlation of the binned spike counts of every pair of neurons.

    Parameters
    ----------
    trains
        Spike trains.
    neurons
        Neurons to correlate.

    Returns
    -------
    numpy.ndarray
        Lower triangle of the matrix, row by row: ``n (n - 1) / 2`` values, NaN where a train is constant.

    Raises
    ------
    InputError
        If a bin is no whole number of steps, or the window holds no two bins.

    Notes
    -----
    Bins are half-open and exact: spikes enter at the middle of their step, half a step from any edge.
    """
    window = trains.window
    steps_per_bin = round(BIN_MS / window.dt)
    bins = (window.end_step - window.first_step) // max(steps_per_bin, 1)
    if abs(steps_per_bin * window.dt - BIN_MS) > 1e-9 * BIN_MS or bins < 2:
        raise InputError(
            f"they need at least 2 bins of {BIN_MS:g} ms in whole steps; dt is {window.dt:g} ms and {window.duration_ms:g} ms remain"
        )
    if len(neurons) < 2:
        return np.empty(0)

    import quantities as pq
    from elephant.conversion import BinnedSpikeTrain
    from elephant.spike_train_correlation import correlation_coefficient

    whole = type(window)(window.first_step, window.first_step + bins * steps_per_bin, window.dt)
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore")  # constant trains: their correlation is NaN, which the caller expects
        binned = BinnedSpikeTrain(neo_trains(trains, neurons, whole, shift=0.5), bin_size=BIN_MS * pq.ms, n_bins=bins)
        matrix: NDArray[np.float64] = correlation_coefficient(binned)
    return matrix[np.tril_indices(len(neurons), -1)]
