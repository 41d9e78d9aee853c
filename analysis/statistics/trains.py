"""The spikes of one population as flat arrays, sorted by neuron and time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.definitions import Window


@dataclass(frozen=True)
class Trains:
    """Spike trains of the neurons 0 to ``n_neurons - 1`` within a window.

    Attributes
    ----------
    neuron, step
        Neuron and time step of each spike, sorted by (neuron, step).
    """

    neuron: NDArray[np.int64]
    step: NDArray[np.int64]
    n_neurons: int
    window: Window

    @classmethod
    def from_columns(cls, neuron: ArrayLike, step: ArrayLike, n_neurons: int, window: Window) -> Trains:
        """Cut spikes in any order to the window and sort them (one integer key per spike: fast at hundreds of millions)."""
        steps = np.asarray(step, dtype=np.int64)
        key = np.asarray(neuron, dtype=np.int64) << 32
        key |= steps
        key = key[(steps >= window.first_step) & (steps < window.end_step)]
        key.sort()
        return cls(key >> 32, key & 0xFFFFFFFF, n_neurons, window)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of spikes of each neuron."""
        return np.bincount(self.neuron, minlength=self.n_neurons)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Position of each neuron's first spike; one more entry than neurons."""
        return np.concatenate([[0], np.cumsum(self.counts)])
