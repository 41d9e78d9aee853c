"""A network on one GPU: set-up, the three kernels of a step, and the spikes back to the host."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.backends.base import NeuronState, Options, Watch
from procortex.backends.cuda import layout
from procortex.backends.cuda.compile import compile_module
from procortex.backends.cuda.device import Device
from procortex.backends.cuda.partition import KINDS, LARGE_SHARED_BYTES, Limits, Shape, partition
from procortex.constants import LEVELS
from procortex.energy import EnergyCounter
from procortex.memory import GROUPS_PER_BLOCK, device_memory, number_formats, page_stacks, pool_for
from procortex.tables import NetworkTables, network_tables
from procortex.utilities.errors import InputError

C_NAMES: Mapping[type, str] = {
    np.float32: "float",
    np.float64: "double",
    np.uint16: "uint16_t",
    np.uint32: "uint32_t",
    np.int16: "int16_t",
    np.int32: "int32_t",
}
STAGED_BYTES = 40 << 10
"""Shared memory that quantile tables may take beside two resident blocks."""
UPDATE_THREADS, PLAN_THREADS = 1024, 512
RESERVED_BYTES = 256 << 20
"""Left to the driver and to other programs."""


class CudaSimulation:
    """A network on a GPU; the same spikes as the cpu backend, byte for byte.

    Parameters
    ----------
    network
        As `procortex.formats.network.read_network` gives it.
    options
        Seed, precision, memory.
    limits
        Capacities of what can run full.
    shape
        What to lay the network out for (default: the device); neither it nor the limits can change a spike.

    Raises
    ------
    InputError
        If there is no GPU, nvcc or PyCUDA, the network does not fit, or its formats are not for this backend.
    """

    chunk_ms = 20.0

    def __init__(self, network: xr.Dataset, options: Options, limits: Limits | None = None, shape: Shape | None = None) -> None:
        tables = network_tables(network)
        self._device = Device()
        self._shape = shape or self._device.shape
        try:
            self._set_up(tables, options, limits or Limits())
        except BaseException:
            self._device.close()
            raise

    def _set_up(self, tables: NetworkTables, options: Options, limits: Limits) -> None:
        if tables.refractory_steps >= 1 << 16:
            raise InputError(f"t_ref is {tables.refractory_steps} steps; the cuda backend counts up to 65535: use --backend cpu")
        start = time.perf_counter()
        device, shape = self._device, self._shape
        self._threads = 512 if shape.shared_bytes >= LARGE_SHARED_BYTES else 256
        self._pairs = shape.pairs_per_chunk
        self._partition = partition(tables, shape.owners, shape.max_local, limits)
        self._formats = formats = number_formats(tables, self._partition, options.precision)
        macros: dict[str, str | int] = {
            "PROCORTEX_REAL": C_NAMES[formats.real],
            "PROCORTEX_ROW": C_NAMES[formats.row],
            "PROCORTEX_WEIGHT": C_NAMES[formats.weight],
            "GENERATE_THREADS": self._threads,
            "PAIRS_PER_CHUNK": self._pairs,
            "UPDATE_THREADS": UPDATE_THREADS,
        }
        device.load(compile_module(device.architecture, macros))
        self._compile_s = time.perf_counter() - start
        start = time.perf_counter()
        self._tables = tables
        self._next_step = 1
        self._simulate_s = 0.0
        self._chunk_steps = max(1, round(self.chunk_ms / tables.dt))
        self.device = device.name
        self.versions: Mapping[str, str] = device.versions
        self._E_L = tables.E_L
        self.longest_delay = int(tables.ring_slots.max(initial=1)) - 1
        self._fill_device(options.seed, self._with_pool(limits, options.memory_bytes))
        self._watch = options.watch
        if options.watch:
            self._prepare_watch(options.watch)
        self.device_memory_bytes = device.held_bytes
        self._start_state()
        self._energy = EnergyCounter(device.pci_bus_id)
        self._energy_before = self._energy.joules()
        self._set_up_s = time.perf_counter() - start

    def _with_pool(self, limits: Limits, memory_bytes: int | None) -> Limits:
        """Give the pool of events what the budget leaves: the user's, or what is free."""
        budget = memory_bytes or self._device.free_bytes() - RESERVED_BYTES
        parts = device_memory(self._tables, self._partition, self._formats, replace(limits, events=0), self._pairs, self.chunk_ms)
        return replace(limits, events=min(limits.events, pool_for(budget, parts)))

    def advance(self, n_steps: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Simulate the next steps; give time steps and network-wide neuron indices of the spikes, sorted by both."""
        self._notes: list[NDArray[Any]] = []
        pieces = [
            min(self._chunk_steps, n_steps - done) for done in range(0, n_steps, self._chunk_steps)
        ]  # what the device keeps spikes for
        parts = [self._advance(piece) for piece in pieces]
        return np.concatenate([steps for steps, _ in parts]), np.concatenate([neurons for _, neurons in parts])

    def _advance(self, n_steps: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        start = time.perf_counter()
        device, first = self._device, self._next_step
        device.fill(self._memory["cursor"], 0)
        changed = {begin for begin, _, changes in self._tables.drive.pieces(first, n_steps) if changes}
        for k in range(n_steps):
            if first + k in changed:
                self._change_drive(first + k)
            device.launch("update_neurons", self._update_grid, UPDATE_THREADS, self._update_shared, first + k)
            if self._watch and (first + k) % self._watch.every == 0:
                self._note(len(self._watch.neurons), (first + k) // self._watch.every - (first - 1) // self._watch.every - 1)
            self._deliver(first + k, k)
        counts = device.download(self._memory["recorded_count"], n_steps, np.uint32)
        total = int(counts.sum())
        neurons = device.download(self._memory["recorded"], total, np.uint32)
        if self._watch:
            self._notes.append(self._read_notes(self._watch, first, n_steps))
        steps = np.repeat(np.arange(first, first + n_steps, dtype=np.int32), counts)
        self._next_step += n_steps
        self._simulate_s += time.perf_counter() - start
        return steps, neurons

    def _deliver(self, step: int, step_of_piece: int) -> None:
        """Regenerate the synapses of the neurons that spiked."""
        self._device.launch("plan_delivery", self._plan_grid, PLAN_THREADS, self._plan_shared, step, step_of_piece)
        self._device.launch("generate_events", self._generate_grid, self._threads, self._generate_shared, step)

    def state(self) -> NeuronState:
        """Copy the state of all neurons."""
        n, real = self._tables.n_neurons, self._formats.real
        v, i = (self._device.download(self._memory[name], n, real) for name in ("v", "i"))
        return NeuronState(v, i, self._device.download(self._memory["refractory"], n, np.uint16).astype(np.int32))

    def restore(self, state: NeuronState, step: int, steps: NDArray[np.int32], neurons: NDArray[np.uint32]) -> None:
        """Set the state as it was after a step; `steps` and `neurons` are the spikes of the last `longest_delay` steps, sorted."""
        device = self._device
        for name, values, kind in (
            ("v", state.v, self._formats.real),
            ("i", state.i, self._formats.real),
            ("refractory", state.refractory, np.uint16),
        ):
            device.overwrite(self._memory[name], values.astype(kind))
        bounds = np.append(self._partition.owner_first, self._tables.n_neurons)
        first = max(1, step - self.longest_delay + 1)
        places = np.searchsorted(steps, np.arange(first, step + 2))
        given = device.allocate(4 * int(np.diff(places).max(initial=1)))
        firsts = device.allocate(4 * len(bounds))
        for now, begin, end in zip(range(first, step + 1), places[:-1], places[1:], strict=True):
            device.overwrite(given, neurons[begin:end])
            device.overwrite(firsts, np.searchsorted(neurons[begin:end], bounds).astype(np.uint32))
            device.fill(self._memory["cursor"], 0)
            device.launch("replay_spikes", self._update_grid, UPDATE_THREADS, 0, now, given, firsts)
            self._deliver(now, 0)
        device.fill(self._memory["statistics"], 0)
        self._next_step = step + 1
        self._change_drive(step + 1)

    def watched(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give what was noted in the last call of `advance`: potentials (mV) and synaptic currents (pA), each (notes, watched neurons)."""
        notes = np.concatenate(self._notes, axis=1).astype(np.float64)
        return notes[0] + self._E_L, notes[1]

    def _prepare_watch(self, watch: Watch) -> None:
        self._note_rows = self._chunk_steps // watch.every + 1
        self._watched = self._device.upload(np.array(watch.neurons, dtype=np.uint32))
        self._note_memory = self._device.allocate(2 * self._note_rows * len(watch.neurons) * np.dtype(self._formats.real).itemsize)

    def _note(self, n: int, row: int) -> None:
        self._device.launch("watch_neurons", -(-n // 512), 512, 0, row, self._note_rows, n, self._watched, self._note_memory)

    def _read_notes(self, watch: Watch, first: int, n_steps: int) -> NDArray[Any]:
        """(2, notes, watched neurons) potentials above E_L and currents of some steps."""
        n, rows = len(watch.neurons), (first + n_steps - 1) // watch.every - (first - 1) // watch.every
        notes = self._device.download(self._note_memory, 2 * self._note_rows * n, self._formats.real)
        return notes.reshape(2, self._note_rows, n)[:, :rows]

    def _change_drive(self, step: int) -> None:
        """Hand the device the drive from a step on; copies wait for the kernels before them."""
        drive = self._tables.drive
        self._populations["drift"] = drive.drift(step)
        self._device.overwrite(self._memory["populations"], self._populations)
        self._device.overwrite(self._memory["poisson_weight"], drive.weights(step))

    def wall_times(self) -> dict[str, float]:
        """Wall-clock seconds by phase."""
        return {"compile": self._compile_s, "set_up": self._set_up_s, "simulate": self._simulate_s}

    def events(self) -> int:
        """Count the synaptic events so far."""
        return self.statistics()["events"]

    def energy_J(self) -> float | None:
        """Energy (J) that the whole card has taken since the set-up, by the driver's counter."""
        now = self._energy.joules()
        return None if now is None or self._energy_before is None else now - self._energy_before

    def statistics(self) -> dict[str, int]:
        """Events regenerated, events and rows that found no place and went through the ring."""
        events, spilled, _, rows = self._device.download(self._memory["statistics"], 4, np.uint64)
        return {"events": int(events), "spilled_events": int(spilled), "spilled_rows": int(rows)}

    def close(self) -> None:
        """Release the device."""
        self._device.close()

    def _fill_device(self, seed: int, limits: Limits) -> None:
        """Allocate every part, copy the tables and tell the kernels where things are."""
        device, p, tables, formats = self._device, self._partition, self._tables, self._formats
        stacks = page_stacks(limits)
        owners, *_ = layout.owners(tables, p)
        lists, *_ = layout.lists(p, self._pairs)
        source = np.repeat(np.arange(len(tables.labels)), np.diff(tables.first_outgoing)).astype(np.uint32)
        self._populations = layout.populations(tables, formats.real)
        given: dict[str, NDArray[Any]] = {
            "populations": self._populations,
            "projections": layout.projections(tables, p),
            "list_of": p.list_of.astype(np.uint16),
            "synapses": tables.synapses.astype(np.uint64),
            "source_of": source,
            "areas": layout.areas(p),
            "owners": owners,
            "lists": lists,
            **{f"delays{k}": p.kinds[k].delays.astype(np.uint16) for k in range(KINDS)},
            **{f"weights{k}": p.kinds[k].weights.astype(formats.weight) for k in range(KINDS)},
            "thresholds": tables.thresholds,
            "guides": layout.guides(tables.thresholds),
            "poisson_weight": tables.drive.weights(1),
            "v0": tables.v0,
            "first_free": np.concatenate([[0], np.cumsum(stacks)[:-1]]).astype(np.uint64),
            "row_length_work": self._row_length_work(),
        }
        sizes = device_memory(tables, p, formats, limits, self._pairs, self.chunk_ms)
        self._memory = {name: device.upload(given[name]) if name in given else device.allocate(size) for name, size in sizes.items()}
        for name in ("row_lengths", "i", "refractory", "fill", "pages", "free_count", "pool_used", "ring", "dirty", "statistics"):
            device.fill(self._memory[name], 0)
        constant = np.zeros((), layout.network_type(formats.real))
        constant["seed"], constant["n_neurons"], constant["n_populations"] = seed, tables.n_neurons, len(tables.labels)
        constant["n_projections"], constant["n_areas"], constant["n_owners"] = len(tables.target), p.n_areas, len(owners)
        constant["n_inputs"], constant["n_thresholds"] = tables.thresholds.shape[1:]
        constant["pages_per_bucket"], constant["pool_pages"] = limits.pages_per_bucket, stacks[0] - 1
        constant["plan_parts"] = max(1, -(-int(np.diff(tables.first_outgoing).max()) // 32))
        for name in ("P11", "P21", "P22", "V_th", "V_reset", "unit", "refractory_steps"):
            constant["neuron"][name] = getattr(tables, name)
        for name in (*layout.ARRAYS, *layout.AFTER_TABLES):
            constant[name] = self._memory[name].address
        self._choose_launches(constant, len(owners))
        device.set_constant("net", constant)

    def _choose_launches(self, constant: NDArray[Any], n_owners: int) -> None:
        device, p = self._device, self._partition
        sizes = device.download_constant("layout_bytes", 8, np.uint32)
        expected = [constant.dtype.itemsize, layout.population_type(self._formats.real).itemsize] + [
            kind.itemsize for kind in (layout.PROJECTION, layout.AREA, layout.OWNER, layout.LIST, layout.ROW)
        ]
        if sizes[:-1].tolist() != expected:
            raise RuntimeError(f"layouts of host and device differ: {expected}, {sizes[:-1].tolist()}")
        rest = 0
        for k in range(KINDS):
            tables = p.kinds[k].delays.shape[0] * 2 * LEVELS, p.kinds[k].weights.shape[0] * np.dtype(self._formats.weight).itemsize * LEVELS
            staged = 0 < sum(tables) <= STAGED_BYTES and self._shape.shared_bytes >= LARGE_SHARED_BYTES
            if staged:
                constant["staged_delays"][k], constant["staged_weights"][k] = p.kinds[k].delays.shape[0], p.kinds[k].weights.shape[0]
            rest = max(rest, staged * sum(tables) + 2 * int(p.bins[k].max()) * 4)
        self._update_grid, self._update_shared = (
            n_owners,
            (int(p.owner_neurons.max()) + 3) // 4 * 16 + (int(p.owner_neurons.max()) // 32 + 1) * 4,
        )
        self._plan_grid, self._plan_shared = self._shape.multiprocessors * 2, (n_owners + len(self._tables.labels)) * 4
        self._generate_shared = (int(sizes[-1]) + 15) // 16 * 16 + rest
        if max(self._update_shared, self._generate_shared) > self._shape.shared_bytes:
            raise InputError("the network's delays and areas need more shared memory than this GPU has; use --backend cpu")
        resident = min(1024 // self._threads, device.shared_bytes_total // (self._generate_shared + 1024))
        self._generate_grid = self._shape.multiprocessors * max(1, resident)

    def _row_length_work(self) -> NDArray[np.uint32]:
        """Projection and number of each block that counts row lengths."""
        blocks = -(-self._tables.synapses // (4 * GROUPS_PER_BLOCK))
        projection = np.repeat(np.arange(len(blocks)), blocks)
        return np.column_stack([projection, np.arange(len(projection)) - (np.cumsum(blocks) - blocks)[projection]]).astype(np.uint32)

    def _start_state(self) -> None:
        device = self._device
        n_blocks = self._memory["row_length_work"].size // 8
        if n_blocks:
            device.launch("count_row_lengths", n_blocks, 512, 0, self._memory["row_length_work"])
        device.launch("draw_initial_potentials", self._shape.multiprocessors * 4, 512, 0)
        device.synchronize()
