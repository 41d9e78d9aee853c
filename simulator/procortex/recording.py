"""Which neurons are recorded, and writing their spikes while the simulation goes on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import TracebackType

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.counts import CountRecorder
from procortex.formats.network import labels_of
from procortex.formats.spike_writer import SpikeWriter
from procortex.utilities.errors import InputError

BYTES_WAITING = 512 << 20
"""Spikes and checkpoints that may wait to be written: more than comes while a checkpoint is put on the disk, half a second."""


@dataclass(frozen=True)
class Recording:
    """Which neurons' spikes are written: the first so many of each population.

    Attributes
    ----------
    first, count
        (n_populations,) network-wide index of the first neuron, and number of recorded neurons.
    everything
        Whether all neurons are recorded.
    """

    first: NDArray[np.int64]
    count: NDArray[np.int64]
    everything: bool

    @classmethod
    def of(cls, sizes: Mapping[str, int], record_first: int | None, populations: tuple[str, ...] | None) -> Recording:
        """Record the first neurons of some populations.

        Parameters
        ----------
        sizes
            Number of neurons of every population, by label.
        record_first
            Neurons of each recorded population, all of them if None.
        populations
            Labels of the recorded populations, all of them if None.

        Raises
        ------
        InputError
            If a label names no population of the network.
        """
        unknown = [label for label in populations or () if label not in sizes]
        if unknown:
            raise InputError(f"--record: no population {', '.join(unknown)} in this network; expected labels such as {next(iter(sizes))}")
        total = np.array(list(sizes.values()), dtype=np.int64)
        chosen = np.array([populations is None or label in populations for label in sizes])
        count = np.where(chosen, total if record_first is None else np.minimum(total, min(record_first, int(total.max(initial=0)))), 0)
        return cls(np.concatenate([[0], np.cumsum(total)[:-1]]), count, bool((count == total).all()))

    @classmethod
    def of_network(cls, network: xr.Dataset, record_first: int | None, populations: tuple[str, ...] | None) -> Recording:
        """Record what is asked for (`of`); where nothing is, what the network's file says, or everything.

        Raises
        ------
        InputError
            If a label names no population of the network.
        """
        sizes = dict(zip(labels_of(network), network["neurons"].to_numpy().tolist(), strict=True))
        everything = cls.of(sizes, record_first, populations)
        if record_first is not None or populations is not None or "recorded_population" not in network:
            return everything
        count = np.zeros(len(sizes), dtype=np.int64)
        np.maximum.at(count, network["recorded_population"].to_numpy().astype(np.int64), network["recorded_neurons"].to_numpy())
        total = np.array(list(sizes.values()), dtype=np.int64)
        count = np.minimum(count, total)
        return cls(everything.first, count, bool((count == total).all()))

    def select(self, steps: NDArray[np.int32], neurons: NDArray[np.uint32]) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Keep the spikes of recorded neurons (network-wide indices)."""
        if self.everything:
            return steps, neurons
        population = np.searchsorted(self.first, neurons, side="right") - 1
        chosen = neurons - self.first[population] < self.count[population]
        return steps[chosen], neurons[chosen]


class BackgroundWriter:
    """Hand spikes to a writer in a thread of its own; what goes wrong there is raised here, at the next piece or at the end.

    Nothing is done after something went wrong, so that a checkpoint never stands behind spikes that are missing. All that was handed over
    is done at the end, also when the simulation was stopped.
    """

    def __init__(self, writer: SpikeWriter, recording: Recording, counts: CountRecorder | None = None) -> None:
        self._writer = writer
        self._counts = counts
        self._recording = recording
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="record")
        self._waiting: deque[tuple[Future[None], int]] = deque()
        self._bytes = 0
        self._failed = False

    def __enter__(self) -> BackgroundWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.shutdown(wait=True)
        while kind is None and self._waiting:
            self._finish_first()

    def append(self, steps: NDArray[np.int32], neurons: NDArray[np.uint32]) -> None:
        """Add the spikes of one piece; waits only where the disk is slower than the simulation."""
        self.submit(partial(self._write, steps, neurons), steps.nbytes + neurons.nbytes)

    def submit(self, task: Callable[[], None], n_bytes: int) -> None:
        """Have something done when all that was handed over before is written; `n_bytes` are held in memory until then."""
        while self._waiting and (self._waiting[0][0].done() or self._bytes + n_bytes > BYTES_WAITING):
            self._finish_first()
        self._bytes += n_bytes
        self._waiting.append((self._thread.submit(self._do, task), n_bytes))

    def _finish_first(self) -> None:
        future, n_bytes = self._waiting.popleft()
        self._bytes -= n_bytes
        future.result()

    def _do(self, task: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            task()
        except BaseException:
            self._failed = True
            raise

    def _write(self, steps: NDArray[np.int32], neurons: NDArray[np.uint32]) -> None:
        self._writer.append(*self._recording.select(steps, neurons))
        if self._counts:
            self._counts.append(steps, neurons)
