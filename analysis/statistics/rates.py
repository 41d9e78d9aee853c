"""Firing rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.trains import Trains


def firing_rates(trains: Trains) -> NDArray[np.float64]:
    """Mean firing rate of every neuron (spikes/s), silent ones included; shape (n_neurons,).

    Equals ``elephant.statistics.mean_firing_rate`` of each train (spikes over the window's length).
    """
    return trains.counts / (trains.window.duration_ms / 1000.0)
