"""The pieces of the compiled kernels, with arrays for arguments."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray


class Kernels:
    """The pieces of the compiled kernels, with arrays for arguments."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library

    def philox(self, counter: tuple[int, ...], key: tuple[int, ...]) -> list[int]:
        words = np.zeros(4, np.uint32)
        self._library.procortex_philox(_pointer(np.array(counter, np.uint32)), _pointer(np.array(key, np.uint32)), _pointer(words))
        return [int(word) for word in words]

    def row_lengths(self, seed: int, projection: int, n_synapses: int, n_source: int) -> NDArray[np.uint32]:
        lengths = np.zeros(n_source, np.uint32)
        self._library.procortex_row_lengths(
            ctypes.c_uint32(seed), ctypes.c_uint32(projection), ctypes.c_int64(n_synapses), ctypes.c_uint32(n_source), _pointer(lengths)
        )
        return lengths

    def synapses(self, seed: int, projection: int, source: int, length: int, n_target: int) -> tuple[NDArray[np.uint32], ...]:
        arrays = tuple(np.zeros(length, np.uint32) for _ in range(3))
        unsigned = [ctypes.c_uint32(value) for value in (seed, projection, source, length, n_target)]
        self._library.procortex_synapses(*unsigned, *(_pointer(array) for array in arrays))
        return arrays

    def poisson(self, seed: int, first: int, count: int, step: int, stream: int, thresholds: NDArray[np.int32]) -> NDArray[np.int32]:
        events = np.zeros(count, np.int32)
        self._library.procortex_poisson(
            ctypes.c_uint32(seed),
            ctypes.c_int64(first),
            ctypes.c_int32(count),
            ctypes.c_uint32(step),
            ctypes.c_uint32(stream),
            _pointer(thresholds),
            ctypes.c_int32(len(thresholds)),
            _pointer(events),
        )
        return events

    def trace(
        self, constants: NDArray[np.float64], refractory_steps: int, drift: float, v0: float, inputs: NDArray[np.int32], real: int = 8
    ) -> tuple[NDArray[np.float64], ...]:
        v, i, spiked = np.zeros(len(inputs)), np.zeros(len(inputs)), np.zeros(len(inputs), np.int32)
        self._library.procortex_trace(
            ctypes.c_int32(real),
            _pointer(constants),
            ctypes.c_int32(refractory_steps),
            ctypes.c_double(drift),
            ctypes.c_double(v0),
            ctypes.c_int32(len(inputs)),
            _pointer(inputs),
            _pointer(v),
            _pointer(i),
            _pointer(spiked),
        )
        return v, i, spiked


def _pointer(array: NDArray) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)
