"""Spikes in any order to the order of the spike files, with bounded memory: spread over files by time, then sorted one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from procortex.utilities.atomic import temporary_folder

SPIKES_PER_BUCKET = 1 << 24
MAX_BUCKETS = 500
"""Files that are open at once."""


class Ordering:
    """Take spikes in any order, give them back sorted by (step, neuron).

    Parameters
    ----------
    beside
        Path beside which the temporary folder is made: the disk that will hold the outcome.
    n_steps
        Last step of the simulation; later spikes are left out.
    expected
        Rough number of spikes, from which the number of temporary files follows.
    """

    def __init__(self, beside: Path, n_steps: int, expected: int) -> None:
        self._beside = beside
        self._n_steps = n_steps
        self._count = int(np.clip(expected // SPIKES_PER_BUCKET + 1, 1, min(MAX_BUCKETS, n_steps)))
        self.taken = 0
        self.too_late = 0
        self.last_step = 0

    def __enter__(self) -> Ordering:
        with ExitStack() as stack:  # with too few open files the folder must not stay
            folder = stack.enter_context(temporary_folder(self._beside.with_name(f"{self._beside.name}.sort"), self._beside))
            self._files: list[BinaryIO] = [stack.enter_context((folder / str(k)).open("w+b")) for k in range(self._count)]
            self._open = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.__exit__(kind, error, trace)

    def add(self, step: NDArray[np.int64], index: NDArray[np.uint32]) -> None:
        """Take spikes: time steps from 1 on, and indices of neurons."""
        inside = step <= self._n_steps
        self.too_late += len(step) - int(inside.sum())
        step, index = step[inside], index[inside]
        if not len(step):
            return
        self.taken += len(step)
        self.last_step = max(self.last_step, int(step.max()))
        key = (step.astype(np.uint64) << np.uint64(32)) | index.astype(np.uint64)
        bucket = (step - 1) * self._count // self._n_steps
        for k in np.unique(bucket):
            self._files[k].write(key[bucket == k].data)  # unlike NumPy's own writing, this says what went wrong

    def sorted_pieces(self) -> Iterator[tuple[NDArray[np.int32], NDArray[np.uint32]]]:
        """Give all spikes in order: steps and indices. A piece ends with a step."""
        for file in self._files:
            file.flush()
            file.seek(0)
            key = np.fromfile(file, dtype=np.uint64)
            key.sort()
            if len(key):
                yield (key >> np.uint64(32)).astype(np.int32), (key & np.uint64(0xFFFFFFFF)).astype(np.uint32)
