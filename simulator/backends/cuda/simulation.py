"""A network on one GPU: set-up, the three kernels of a step, and the spikes back to the host."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from contracts.errors import InputError
from simulator.backends.base import Options
from simulator.backends.cuda import layout
from simulator.backends.cuda.compile import compile_module
from simulator.backends.cuda.device import Device
from simulator.backends.cuda.partition import KINDS, Limits, partition
from simulator.tables import NetworkTables, network_tables

GROUPS_PER_BLOCK = 1 << 16
FIRST_PAGE = 256
"""Events of the smallest page of a bucket."""
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
        As `contracts.network.read_network` gives it.
    options
        Seed, precision, memory.
    limits
        Capacities of what can run full.

    Raises
    ------
    InputError
        If there is no GPU, nvcc or PyCUDA, the network does not fit, or its formats are not for this backend.
    """

    chunk_ms = 20.0

    def __init__(self, network: xr.Dataset, options: Options, limits: Limits | None = None) -> None:
        tables = network_tables(network)
        self._device = Device()
        try:
            self._set_up(tables, options, limits or Limits())
        except BaseException:
            self._device.close()
            raise

    def _set_up(self, tables: NetworkTables, options: Options, limits: Limits) -> None:
        start = time.perf_counter()
        device = self._device
        self._real: type = np.float64 if options.precision == "float64" else np.float32
        small = device.shared_bytes < 160 << 10
        self._threads, self._pairs = (256, 1024) if small else (512, 4096)
        max_local = min(1 << 15, (device.shared_bytes - 4096) // 2 // 4 * 8 // 9 // 32 * 32)
        self._partition = partition(tables, 2 * device.n_multiprocessors, max_local, limits)
        wide = max(int(np.abs(kind.weights).max(initial=0)) for kind in self._partition.kinds) >= 1 << 15
        longest_row = _longest_row(tables)
        macros = {
            "PROCORTEX_REAL": "double" if self._real is np.float64 else "float",
            "PROCORTEX_ROW": "uint32_t" if longest_row >= 1 << 16 else "uint16_t",
            "PROCORTEX_WEIGHT": "int32_t" if wide else "int16_t",
            "GENERATE_THREADS": self._threads,
            "PAIRS_PER_CHUNK": self._pairs,
        }
        self._weight_type: type = np.int32 if wide else np.int16
        self._row_type: type = np.uint32 if longest_row >= 1 << 16 else np.uint16
        device.load(compile_module(device.architecture, macros))
        self._compile_s = time.perf_counter() - start
        start = time.perf_counter()
        self._tables = tables
        self._next_step = 1
        self._simulate_s = 0.0
        self._chunk_steps = max(1, round(self.chunk_ms / tables.dt))
        self.device = device.name
        self.versions: Mapping[str, str] = device.versions
        self._fill_device(tables, options.seed, limits)
        self._start_state(tables)
        device.synchronize()
        self._set_up_s = time.perf_counter() - start

    def advance(self, n_steps: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Simulate the next steps; give time steps and network-wide neuron indices of the spikes, sorted by both."""
        start = time.perf_counter()
        device, first = self._device, self._next_step
        device.fill(self._memory["cursor"], 0)
        for k in range(n_steps):
            device.launch("update_neurons", self._update_grid, UPDATE_THREADS, self._update_shared, first + k)
            device.launch("plan_delivery", self._plan_grid, PLAN_THREADS, self._plan_shared, first + k, k)
            device.launch("generate_events", self._generate_grid, self._threads, self._generate_shared, first + k)
        counts = device.download(self._memory["recorded_count"], n_steps, np.uint32)
        total = int(counts.sum())
        neurons = device.download(self._memory["recorded"], total, np.uint32)
        steps = np.repeat(np.arange(first, first + n_steps, dtype=np.int32), counts)
        self._next_step += n_steps
        self._simulate_s += time.perf_counter() - start
        return steps, neurons

    def wall_times(self) -> dict[str, float]:
        """Wall-clock seconds by phase."""
        return {"compile": self._compile_s, "set_up": self._set_up_s, "simulate": self._simulate_s}

    def statistics(self) -> dict[str, int]:
        """Events regenerated, events and rows that found no place and went through the ring."""
        events, spilled, _, rows = self._device.download(self._memory["statistics"], 4, np.uint64)
        return {"events": int(events), "spilled_events": int(spilled), "spilled_rows": int(rows)}

    def close(self) -> None:
        """Release the device."""
        self._device.close()

    def _fill_device(self, tables: NetworkTables, seed: int, limits: Limits) -> None:
        device, p = self._device, self._partition
        pool_pages = max(1, min(limits.events, 2**32 - FIRST_PAGE, (device.free_bytes() * 3 // 4) // 4) // FIRST_PAGE)
        stacks = pool_pages // (1 << np.arange(limits.pages_per_bucket)) + 1
        owners, n_buckets, n_ring, n_dirty = layout.owners(tables, p)
        lists, n_rows, n_chunks = layout.lists(p, self._pairs)
        populations = layout.populations(tables, self._real)
        n = tables.n_neurons
        n_row_lengths = int((np.diff(tables.first_neuron) * np.diff(tables.first_outgoing)).sum())
        per_neuron = -(-self._chunk_steps // (tables.refractory_steps + 1))
        source = np.repeat(np.arange(len(tables.labels)), np.diff(tables.first_outgoing)).astype(np.uint32)
        given: dict[str, NDArray[Any]] = {
            "populations": populations,
            "projections": layout.projections(tables, p),
            "list_of": p.list_of.astype(np.uint16),
            "synapses": tables.synapses.astype(np.uint64),
            "source_of": source,
            "areas": layout.areas(p),
            "owners": owners,
            "lists": lists,
            **{f"delays{k}": p.kinds[k].delays.astype(np.uint16) for k in range(KINDS)},
            **{f"weights{k}": p.kinds[k].weights.astype(self._weight_type) for k in range(KINDS)},
            "thresholds": tables.thresholds,
            "guides": layout.guides(tables.thresholds),
            "poisson_weight": tables.poisson_weight,
            "v0": tables.v0,
            "first_free": np.concatenate([[0], np.cumsum(stacks)[:-1]]).astype(np.uint64),
        }
        empty = {
            "row_lengths": (n_row_lengths + 1) * np.dtype(self._row_type).itemsize,
            "v": n * np.dtype(self._real).itemsize,
            "i": n * np.dtype(self._real).itemsize,
            "refractory": n * 2,
            "calendar": pool_pages * FIRST_PAGE * 4,
            "fill": n_buckets * 4,
            "pages": n_buckets * limits.pages_per_bucket * 4,
            "free_pages": int(stacks.sum()) * 4,
            "free_count": limits.pages_per_bucket * 4,
            "pool_used": 8,
            "ring": n_ring * 4,
            "dirty": n_dirty,
            "spikes": n * 4,
            "spike_count": len(owners) * 4,
            "recorded": n * per_neuron * 4,
            "recorded_count": self._chunk_steps * 4,
            "cursor": 8,
            "rows": n_rows * layout.ROW.itemsize,
            "list_size": len(lists) * 8,
            "list_limit": len(lists) * 4,
            "chunk_row": n_chunks * 4,
            "next_chunk": 8,
            "statistics": 32,
        }
        self._memory = {name: device.upload(array) for name, array in given.items()}
        self._memory |= {name: device.allocate(size) for name, size in empty.items()}
        for name in ("row_lengths", "i", "refractory", "fill", "ring", "dirty", "statistics", "pages", "free_count", "pool_used"):
            device.fill(self._memory[name], 0)
        constant = np.zeros((), layout.network_type(self._real))
        constant["seed"], constant["n_neurons"], constant["n_populations"] = seed, n, len(tables.labels)
        constant["n_projections"], constant["n_areas"], constant["n_owners"] = len(tables.target), p.n_areas, len(owners)
        constant["n_inputs"], constant["n_thresholds"] = tables.thresholds.shape[1:]
        constant["pages_per_bucket"], constant["pool_pages"] = limits.pages_per_bucket, pool_pages
        constant["plan_parts"] = -(-int(np.diff(tables.first_outgoing).max()) // 32)
        for name in ("P11", "P21", "P22", "V_th", "V_reset", "unit", "refractory_steps"):
            constant["neuron"][name] = getattr(tables, name)
        for name in (*layout.ARRAYS, *layout.AFTER_TABLES):
            constant[name] = self._memory[name].address
        self._choose_launches(constant, len(owners))
        device.set_constant("net", constant)

    def _choose_launches(self, constant: NDArray[Any], n_owners: int) -> None:
        device, p = self._device, self._partition
        sizes = device.download_constant("layout_bytes", 8, np.uint32)
        expected = [constant.dtype.itemsize, layout.population_type(self._real).itemsize] + [
            kind.itemsize for kind in (layout.PROJECTION, layout.AREA, layout.OWNER, layout.LIST, layout.ROW)
        ]
        if sizes[:-1].tolist() != expected:
            raise RuntimeError(f"layouts of host and device differ: {expected}, {sizes[:-1].tolist()}")
        rest = 0
        for k in range(KINDS):
            tables = p.kinds[k].delays.shape[0] * 2 * 4096, p.kinds[k].weights.shape[0] * np.dtype(self._weight_type).itemsize * 4096
            staged = 0 < sum(tables) <= STAGED_BYTES and device.shared_bytes >= 160 << 10
            if staged:
                constant["staged_delays"][k], constant["staged_weights"][k] = p.kinds[k].delays.shape[0], p.kinds[k].weights.shape[0]
            rest = max(rest, staged * sum(tables) + 2 * int(p.bins[k].max()) * 4)
        self._update_grid, self._update_shared = (
            n_owners,
            (int(p.owner_neurons.max()) + 3) // 4 * 16 + (int(p.owner_neurons.max()) // 32 + 1) * 4,
        )
        self._plan_grid, self._plan_shared = device.n_multiprocessors * 2, (n_owners + len(self._tables.labels)) * 4
        self._generate_shared = (int(sizes[-1]) + 15) // 16 * 16 + rest
        if max(self._update_shared, self._generate_shared) > device.shared_bytes:
            raise InputError("the network's delays and areas need more shared memory than this GPU has; use --backend cpu")
        self._generate_grid = device.n_multiprocessors * (2 if 2 * self._generate_shared + 2048 <= device.shared_bytes_total else 1)

    def _start_state(self, tables: NetworkTables) -> None:
        device = self._device
        groups = -(-tables.synapses // 4)
        blocks = -(-groups // GROUPS_PER_BLOCK)
        work = np.zeros((int(blocks.sum()), 2), np.uint32)
        work[:, 0] = np.repeat(np.arange(len(groups)), blocks)
        work[:, 1] = np.arange(len(work)) - np.repeat(np.cumsum(blocks) - blocks, blocks)
        if len(work):
            work_on_device = device.upload(work)
            device.launch("count_row_lengths", len(work), 512, 0, work_on_device)
        device.launch("draw_initial_potentials", device.n_multiprocessors * 4, 512, 0)
        device.synchronize()


def _longest_row(tables: NetworkTables) -> float:
    """Bound that no row length exceeds: mean and ten standard deviations of the binomial law, and some."""
    sizes = np.diff(tables.first_neuron)
    source = np.repeat(np.arange(len(sizes)), np.diff(tables.first_outgoing))
    mean = tables.synapses / sizes[source]
    return float((mean + 10 * np.sqrt(mean) + 30).max(initial=0))
