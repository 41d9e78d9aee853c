"""The spikes of one population as flat arrays, sorted by neuron and time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array

from analysis.statistics.definitions import Window

SPIKES_AT_ONCE = 1 << 18
"""Spikes of a piece: its intermediate arrays fit in a processor's cache."""


@dataclass(frozen=True)
class Trains:
    """Spike trains of the neurons 0 to ``n_neurons - 1`` within a window.

    Attributes
    ----------
    step
        Time step of each spike, sorted by (neuron, step); four bytes a spike, since a long simulation has thousands of millions.
    starts
        Position of each neuron's first spike; one more entry than neurons.
    """

    step: NDArray[np.int32]
    starts: NDArray[np.int64]
    window: Window

    @classmethod
    def from_columns(cls, neuron: ArrayLike, step: ArrayLike, n_neurons: int, window: Window) -> Trains:
        """Cut spikes in any order to the window and sort them; those of files, in the order of time, take least time and memory."""
        neurons, steps = np.asarray(neuron), np.asarray(step).astype(np.int32, copy=False)
        # the same bits as signed numbers, which sparse matrices want: no copy of files' columns
        neurons = neurons.view(np.int32) if neurons.dtype == np.uint32 else neurons.astype(np.int32, copy=False)
        if np.any(steps[1:] < steps[:-1]):
            order = np.argsort(steps, kind="stable")
            neurons, steps = neurons[order], steps[order]
        inside = slice(*np.searchsorted(steps, np.array([window.first_step, window.end_step], steps.dtype)))
        neurons, steps = neurons[inside], steps[inside]
        # the columns of a sparse matrix count the spikes: its rows then hold each neuron's in the order of time, without a comparison
        matrix = coo_array((steps, (neurons, np.arange(len(steps), dtype=np.int32))), shape=(n_neurons, max(len(steps), 1))).tocsr()
        return cls(matrix.data, matrix.indptr.astype(np.int64), window)

    @property
    def n_neurons(self) -> int:
        """Number of neurons, silent ones included."""
        return len(self.starts) - 1

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of spikes of each neuron."""
        return np.diff(self.starts)

    @property
    def neuron(self) -> NDArray[np.int64]:
        """Neuron of each spike."""
        return np.repeat(np.arange(self.n_neurons), self.counts)

    def pieces(self) -> Iterator[Trains]:
        """Trains of neurons one after the other, about `SPIKES_AT_ONCE` spikes at a time; neurons of a piece count from 0."""
        first = 0
        while first < self.n_neurons:
            end = int(np.searchsorted(self.starts, self.starts[first] + SPIKES_AT_ONCE, side="right")) - 1
            end = min(max(end, first + 1), self.n_neurons)
            starts = self.starts[first : end + 1]
            yield Trains(self.step[starts[0] : starts[-1]], starts - starts[0], self.window)
            first = end
