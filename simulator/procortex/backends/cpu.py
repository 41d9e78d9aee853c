"""The cpu backend: the compiled kernels behind a Python face."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.backends.base import NeuronState, Options
from procortex.backends.compile import compiler_command, cpu_library, processor_name
from procortex.memory import check_memory, cpu_memory
from procortex.tables import NetworkTables, network_tables
from procortex.utilities.errors import InputError

_ARRAYS: Mapping[str, type] = {
    "first_neuron": np.int64,
    "first_outgoing": np.int64,
    "target": np.int32,
    "synapses": np.int64,
    "projection_id": np.uint32,
    "delay_class": np.int32,
    "weight_class": np.int32,
    "delays": np.int32,
    "weights": np.int32,
    "ring_slots": np.int32,
    "thresholds": np.int32,
    "poisson_weight": np.int32,
    "drift": np.float64,
    "v0": np.float64,
}
_SCALARS = ("P11", "P21", "P22", "V_th", "V_reset", "unit")


class _Tables(ctypes.Structure):
    """Mirror of ``struct Tables`` in kernels/cpu/tables.h."""

    _fields_ = (
        ("seed", ctypes.c_uint32),
        ("n_populations", ctypes.c_int32),
        ("n_projections", ctypes.c_int32),
        ("n_inputs", ctypes.c_int32),
        ("n_thresholds", ctypes.c_int32),
        *((name, ctypes.c_void_p) for name in _ARRAYS),
        *((name, ctypes.c_double) for name in _SCALARS),
        ("refractory_steps", ctypes.c_int32),
    )


def load_library() -> ctypes.CDLL:
    """Load the compiled kernels, compiling them first where that is needed."""
    library = _load(cpu_library())
    library.procortex_create.restype = ctypes.c_void_p
    library.procortex_error.restype = ctypes.c_char_p
    library.procortex_run.restype = ctypes.c_int64
    library.procortex_events.restype = ctypes.c_int64
    library.procortex_spike_steps.restype = ctypes.POINTER(ctypes.c_int32)
    library.procortex_spike_neurons.restype = ctypes.POINTER(ctypes.c_uint32)
    for name in ("destroy", "error", "events", "spike_steps", "spike_neurons"):
        getattr(library, f"procortex_{name}").argtypes = [ctypes.c_void_p]
    library.procortex_set_up.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Tables), ctypes.c_int32, ctypes.c_int32]
    library.procortex_run.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32]
    library.procortex_watch.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64]
    doubles = ctypes.POINTER(ctypes.POINTER(ctypes.c_double))
    library.procortex_watched.argtypes, library.procortex_watched.restype = [ctypes.c_void_p, doubles, doubles], ctypes.c_int64
    library.procortex_read_state.argtypes = [ctypes.c_void_p] * 4
    place, whole = ctypes.c_void_p, ctypes.c_int64
    library.procortex_restore.argtypes = [place, place, place, place, whole, ctypes.c_int32, place, place, whole]
    library.procortex_seconds.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_double)]
    return library


def _load(path: Path) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(str(path))
    except OSError:  # kept, but not for this system: make it again, which says what is wrong if that does not help
        path.unlink()
        return ctypes.CDLL(str(cpu_library()))


def _mirror(tables: NetworkTables, seed: int) -> tuple[_Tables, dict[str, NDArray[Any]]]:
    given = vars(tables) | {"poisson_weight": tables.drive.weights(1), "drift": tables.drive.drift(1)}
    arrays: dict[str, NDArray[Any]] = {name: np.ascontiguousarray(given[name], dtype=kind) for name, kind in _ARRAYS.items()}
    mirror = _Tables(
        seed=seed,
        n_populations=len(tables.labels),
        n_projections=len(tables.target),
        n_inputs=tables.thresholds.shape[1],
        n_thresholds=tables.thresholds.shape[2],
        refractory_steps=tables.refractory_steps,
        **{name: array.ctypes.data for name, array in arrays.items()},
        **{name: getattr(tables, name) for name in _SCALARS},
    )
    return mirror, arrays


class CpuSimulation:
    """A network on the processor's cores; the same spikes for any number of threads.

    Parameters
    ----------
    network
        As `procortex.formats.network.read_network` gives it.
    options
        Seed, threads, precision.

    Raises
    ------
    InputError
        If no compiler works, the network is not for this backend, or memory runs out.
    """

    chunk_ms = 20.0
    device_memory_bytes = 0

    def __init__(self, network: xr.Dataset, options: Options) -> None:
        start = time.perf_counter()
        self._library = load_library()
        compiled = time.perf_counter()
        tables = network_tables(network)
        check_memory(cpu_memory(tables, options.precision), network.encoding.get("source", "network"))
        mirror, self._arrays = _mirror(tables, options.seed)  # the kernels read the arrays in place: keep them
        self._drive = tables.drive
        self._n_neurons, self._E_L = tables.n_neurons, tables.E_L
        self._real = np.float64 if options.precision == "float64" else np.float32
        self.longest_delay = int(tables.ring_slots.max(initial=1)) - 1
        self._watch = options.watch
        self._notes: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        self._handle = ctypes.c_void_p(self._library.procortex_create())
        self._next_step = 1
        self._simulate_s = 0.0
        self.device = f"{processor_name()}, {options.threads} threads"
        self.versions: Mapping[str, str] = {"compiler": " ".join(compiler_command())}
        bytes_per_real = 8 if options.precision == "float64" else 4
        if self._library.procortex_set_up(self._handle, ctypes.byref(mirror), options.threads, bytes_per_real) < 0:
            failure = self._failure()
            self.close()
            raise InputError(f"the cpu backend cannot set up the network: {failure}")
        if self._watch:
            watched = np.array(self._watch.neurons, dtype=np.uint32)
            self._library.procortex_watch(self._handle, watched.ctypes.data, len(watched), self._watch.every)
        self._compile_s = compiled - start
        self._set_up_s = time.perf_counter() - compiled

    def advance(self, n_steps: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Simulate the next steps; give time steps and network-wide neuron indices of the spikes, sorted by both."""
        self._notes.clear()
        parts = [self._advance(*piece) for piece in self._drive.pieces(self._next_step, n_steps)]
        return np.concatenate([steps for steps, _ in parts]), np.concatenate([neurons for _, neurons in parts])

    def _advance(self, first_step: int, n_steps: int, changed: bool) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        start = time.perf_counter()
        if changed:
            self._arrays["drift"][:] = self._drive.drift(first_step)
            self._arrays["poisson_weight"][:] = self._drive.weights(first_step)
        count = self._library.procortex_run(self._handle, first_step, n_steps)
        self._simulate_s += time.perf_counter() - start
        if count < 0:
            raise InputError(f"the cpu backend stopped: {self._failure()}")
        self._next_step = first_step + n_steps
        if self._watch:
            self._notes.append(self._read_notes(len(self._watch.neurons)))
        if count == 0:
            return np.empty(0, np.int32), np.empty(0, np.uint32)
        steps = np.ctypeslib.as_array(self._library.procortex_spike_steps(self._handle), (count,)).copy()
        neurons = np.ctypeslib.as_array(self._library.procortex_spike_neurons(self._handle), (count,)).copy()
        return steps, neurons

    def watched(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give what was noted in the last call of `advance`: potentials (mV) and synaptic currents (pA), each (notes, watched neurons)."""
        potentials, currents = zip(*self._notes, strict=True)
        return np.concatenate(potentials), np.concatenate(currents)

    def _read_notes(self, n_watched: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        v, i = ctypes.POINTER(ctypes.c_double)(), ctypes.POINTER(ctypes.c_double)()
        count = self._library.procortex_watched(self._handle, ctypes.byref(v), ctypes.byref(i))
        if count == 0:
            return np.empty((0, n_watched)), np.empty((0, n_watched))
        shape = (count // n_watched, n_watched)
        return np.ctypeslib.as_array(v, shape) + self._E_L, np.ctypeslib.as_array(i, shape).copy()

    def state(self) -> NeuronState:
        """Copy the state of all neurons."""
        v, i = np.empty(self._n_neurons, self._real), np.empty(self._n_neurons, self._real)
        refractory = np.empty(self._n_neurons, np.int32)
        self._library.procortex_read_state(self._handle, v.ctypes.data, i.ctypes.data, refractory.ctypes.data)
        return NeuronState(v, i, refractory)

    def restore(self, state: NeuronState, step: int, steps: NDArray[np.int32], neurons: NDArray[np.uint32]) -> None:
        """Set the state as it was after a step; `steps` and `neurons` are the spikes of the last `longest_delay` steps, sorted."""
        v, i = (np.ascontiguousarray(values, dtype=self._real) for values in (state.v, state.i))
        refractory = np.ascontiguousarray(state.refractory, dtype=np.int32)
        steps, neurons = np.ascontiguousarray(steps, dtype=np.int32), np.ascontiguousarray(neurons, dtype=np.uint32)
        first = max(1, step - self.longest_delay + 1)
        places = (v.ctypes.data, i.ctypes.data, refractory.ctypes.data, first, step - first + 1)
        if self._library.procortex_restore(self._handle, *places, steps.ctypes.data, neurons.ctypes.data, len(steps)) < 0:
            raise InputError(f"the cpu backend cannot take up the simulation: {self._failure()}")
        self._next_step = step + 1
        self._arrays["drift"][:] = self._drive.drift(step + 1)
        self._arrays["poisson_weight"][:] = self._drive.weights(step + 1)

    def wall_times(self) -> dict[str, float]:
        """Wall-clock seconds by phase; update and deliver are parts of simulate."""
        update, deliver = ctypes.c_double(), ctypes.c_double()
        self._library.procortex_seconds(self._handle, ctypes.byref(update), ctypes.byref(deliver))
        return {
            "compile": self._compile_s,
            "set_up": self._set_up_s,
            "simulate": self._simulate_s,
            "update": update.value,
            "deliver": deliver.value,
        }

    def events(self) -> int:
        """Count the synaptic events so far."""
        return int(self._library.procortex_events(self._handle))

    def energy_J(self) -> None:
        """Nobody counts a process's share of the processor's energy."""
        return

    def close(self) -> None:
        """Release the memory of the simulation."""
        if self._handle:
            self._library.procortex_destroy(self._handle)
            self._handle = ctypes.c_void_p()

    def _failure(self) -> str:
        message: bytes = self._library.procortex_error(self._handle)
        return message.decode()
