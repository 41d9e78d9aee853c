"""What a simulation needs in memory, part by part, before anything is allocated."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.backends.base import Precision
from procortex.backends.cuda import layout
from procortex.backends.cuda.partition import KINDS, Limits, Partition
from procortex.constants import LEVELS
from procortex.tables import NetworkTables
from procortex.utilities.errors import InputError

FIRST_PAGE = 256
"""Events of the smallest page of a bucket (kernels/cuda/pages.cuh)."""
MOST_EVENTS = 2**32 - FIRST_PAGE
"""Events that the 32-bit places of the pool can number."""
GROUPS_PER_BLOCK = 1 << 16
"""Groups of four synapses that one block counts into row lengths (kernels/cuda/rows.cuh)."""
CHUNK_MS = 20.0
"""Biological time between two looks at the recorded spikes."""
NEST_NEURON_BYTES, NEST_SYNAPSE_BYTES = 500, 16
"""What NEST needs at the least for a neuron and for a synapse."""
POOL = ("calendar", "free_pages")
"""The parts that grow with the events in flight."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "neuron state": ("v", "i", "refractory"),
    "row lengths": ("row_lengths", "row_length_work"),
    "spill ring": ("ring", "dirty"),
    "buckets of events": ("fill", "pages", "first_free", "free_count", "pool_used"),
    "lists of rows": ("rows", "list_size", "list_limit", "chunk_row", "next_chunk", "statistics"),
    "spikes of a piece": ("spikes", "spike_count", "recorded", "recorded_count", "cursor"),
}
"""Parts by purpose; the tables of the network are those that stand in none."""


@dataclass(frozen=True)
class Formats:
    """Number formats that a network gets on a device: of the neuron state, the row lengths, the weights."""

    real: type
    row: type
    weight: type


@dataclass(frozen=True)
class Traffic:
    """Events of a network at given rates.

    Attributes
    ----------
    per_second
        Events per second of biological time.
    in_flight
        Events that wait for their step, on average over steps.
    pool
        Events that the pool must hold for them: pages are seldom full.
    """

    per_second: float
    in_flight: float
    pool: int


def number_formats(tables: NetworkTables, p: Partition, precision: Precision) -> Formats:
    """Choose the smallest number formats that hold a network."""
    mean = tables.synapses / np.diff(tables.first_neuron)[_source(tables)]
    longest_row = (mean + 10 * np.sqrt(mean) + 30).max(initial=0)  # never exceeded: ten standard deviations of the binomial law, and some
    largest_weight = max(int(np.abs(kind.weights).max(initial=0)) for kind in p.kinds)
    return Formats(
        real=np.float64 if precision == "float64" else np.float32,
        row=np.uint32 if longest_row >= 1 << 16 else np.uint16,
        weight=np.int32 if largest_weight >= 1 << 15 else np.int16,
    )


def page_stacks(limits: Limits) -> NDArray[np.int64]:
    """(pages_per_bucket,) places of the stack of free pages of each size; pages of the smallest size: one less than the first."""
    pages = max(1, min(limits.events, MOST_EVENTS) // FIRST_PAGE)
    return np.asarray(pages // (1 << np.arange(limits.pages_per_bucket)) + 1)


def device_memory(
    tables: NetworkTables, p: Partition, formats: Formats, limits: Limits, pairs_per_chunk: int, chunk_ms: float = CHUNK_MS
) -> dict[str, int]:
    """Bytes of every part that the cuda backend allocates.

    Parameters
    ----------
    tables, p, formats
        The network, how it is laid out, its number formats.
    limits
        Capacities; the pool holds `limits.events`.
    pairs_per_chunk
        Pairs of synapses that a block regenerates at a time.
    chunk_ms
        Biological time (ms) of the spikes kept on the device.
    """
    stacks = page_stacks(limits)
    owners, n_buckets, n_ring, n_dirty = layout.owners(tables, p)
    lists, n_rows, n_chunks = layout.lists(p, pairs_per_chunk)
    real, row, weight = (np.dtype(kind).itemsize for kind in (formats.real, formats.row, formats.weight))
    n, n_populations, n_projections = tables.n_neurons, len(tables.labels), len(tables.target)
    n_row_lengths = int((np.diff(tables.first_neuron) * np.diff(tables.first_outgoing)).sum())
    n_streams = tables.thresholds.shape[0] * tables.thresholds.shape[1]
    steps = max(1, round(chunk_ms / tables.dt))
    return {
        "populations": n_populations * layout.population_type(formats.real).itemsize,
        "projections": n_projections * layout.PROJECTION.itemsize,
        "list_of": n_projections * 2,
        "synapses": n_projections * 8,
        "source_of": n_projections * 4,
        "areas": p.n_areas * layout.AREA.itemsize,
        "owners": owners.nbytes,
        "lists": lists.nbytes,
        **{f"delays{k}": p.kinds[k].delays.size * 2 for k in range(KINDS)},
        **{f"weights{k}": p.kinds[k].weights.size * weight for k in range(KINDS)},
        "thresholds": tables.thresholds.size * 4,
        "guides": (n_streams << layout.GUIDE_BITS) * 2,
        "poisson_weight": tables.drive.poisson_weight.size * 4,
        "v0": tables.v0.size * 8,
        "first_free": len(stacks) * 8,
        "row_lengths": (n_row_lengths + 1) * row,
        "row_length_work": int((-(-tables.synapses // (4 * GROUPS_PER_BLOCK))).sum()) * 8,
        "v": n * real,
        "i": n * real,
        "refractory": n * 2,
        "calendar": (int(stacks[0]) - 1) * FIRST_PAGE * 4,
        "fill": n_buckets * 4,
        "pages": n_buckets * limits.pages_per_bucket * 4,
        "free_pages": int(stacks.sum()) * 4,
        "free_count": limits.pages_per_bucket * 4,
        "pool_used": 8,
        "ring": n_ring * 4,
        "dirty": n_dirty,
        "spikes": n * 4,
        "spike_count": len(owners) * 4,
        "recorded": n * -(-steps // (tables.refractory_steps + 1)) * 4,
        "recorded_count": steps * 4,
        "cursor": 8,
        "rows": n_rows * layout.ROW.itemsize,
        "list_size": len(lists) * 8,
        "list_limit": len(lists) * 4,
        "chunk_row": n_chunks * 4,
        "next_chunk": 8,
        "statistics": 32,
    }


def pool_bytes(events: int) -> int:
    """Memory that `device_memory` asks for, at most, when the pool holds so many events more: four bytes each, eight per page."""
    return -(-events // FIRST_PAGE) * (4 * FIRST_PAGE + 8)


def pool_for(budget_bytes: int, parts: Mapping[str, int]) -> int:
    """Events that the pool may hold within a budget.

    Parameters
    ----------
    budget_bytes
        Of everything that is allocated.
    parts
        `device_memory` with `limits.events` = 0.

    Raises
    ------
    InputError
        If the other parts alone do not fit.
    """
    fixed = sum(parts.values())
    if fixed > budget_bytes:
        largest = sorted(((size, name) for name, size in by_purpose(parts).items()), reverse=True)[:2]
        needs = ", ".join(f"{name} {in_words(size)}" for size, name in largest)
        raise InputError(
            f"--memory {budget_bytes / 1e9:g} GB is too little: the network needs {in_words(fixed)} ({needs}) before the first event; "
            "give more memory, or simulate fewer areas"
        )
    pages = 1 + (budget_bytes - fixed) // pool_bytes(FIRST_PAGE)
    return min(MOST_EVENTS, pages * FIRST_PAGE)


def expected_events(tables: NetworkTables, p: Partition, rates: float | NDArray[np.float64]) -> Traffic:
    """Events at given firing rates, if they come evenly: volleys need more, which the spill ring takes.

    Parameters
    ----------
    tables, p
        The network and how it is laid out.
    rates
        Spikes/s of every neuron, or (n_populations,) of each population.
    """
    rate = np.broadcast_to(np.asarray(rates, dtype=np.float64), len(tables.labels))
    per_step = tables.synapses * rate[_source(tables)] * tables.dt * 1e-3
    n_lists, n_classes, longest = KINDS * p.n_areas, len(tables.delays), int(tables.delays.max(initial=1))
    counts = np.array([np.bincount(delays, minlength=longest + 1) for delays in tables.delays]).reshape(n_classes, longest + 1)
    later = 1 - np.cumsum(counts, axis=1)[:, :-1] / LEVELS  # of each class: the share with a delay of more than 0, 1, ... steps
    by_class = np.bincount(p.list_of * n_classes + tables.delay_class, weights=per_step, minlength=n_lists * n_classes)
    waiting = by_class.reshape(n_lists, n_classes) @ later  # of each list: events that arrive in 1, 2, ... steps
    owners = np.tile(p.n_owners, KINDS)[:, None]
    bucket = waiting / owners.clip(min=1)
    pages = 2 ** np.ceil(np.log2(bucket / FIRST_PAGE + 1)) - 1
    pool = (owners * FIRST_PAGE * pages * -np.expm1(-bucket)).sum()
    return Traffic(float(per_step.sum() / (tables.dt * 1e-3)), float(waiting.sum()), int(np.ceil(pool)))


def cpu_memory(tables: NetworkTables, precision: Precision) -> dict[str, int]:
    """Bytes of the large parts of the cpu backend; spikes and events under way come on top."""
    sizes = np.diff(tables.first_neuron)
    return {
        "ring": int((sizes * tables.ring_slots).sum()) * 4,
        "row lengths": int((sizes * np.diff(tables.first_outgoing)).sum()) * 4,
        "neuron state": tables.n_neurons * (2 * (8 if precision == "float64" else 4) + 4),
    }


def check_memory(parts: Mapping[str, int], where: str) -> None:
    """Refuse what this machine can never hold, before any of it is allocated.

    Parameters
    ----------
    parts
        Bytes of each part.
    where
        What needs them, for the message.

    Raises
    ------
    InputError
        If all parts together are larger than the machine's memory.
    """
    needed, present = sum(parts.values()), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > present:
        largest = max(parts, key=lambda name: parts[name])
        raise InputError(
            f"{where}: needs {in_words(needed)} of memory ({largest} {in_words(parts[largest])}), this machine has {in_words(present)}; "
            "simulate fewer areas, or scale the network down"
        )


def nest_memory(network: xr.Dataset) -> dict[str, int]:
    """Bytes that NEST takes at least."""
    neurons = int(network["neurons"].sum())
    return {"neurons": neurons * NEST_NEURON_BYTES, "synapses": int(network["synapses"].sum()) * NEST_SYNAPSE_BYTES}


def by_purpose(parts: Mapping[str, int]) -> dict[str, int]:
    """Bytes of the groups of parts, the pool excepted."""
    sums = {group: sum(parts[name] for name in names) for group, names in GROUPS.items()}
    return sums | {"tables": sum(parts.values()) - sum(sums.values()) - sum(parts[name] for name in POOL)}


def in_words(size: float) -> str:
    """Write a number of bytes."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.2f} MB"


def _source(tables: NetworkTables) -> NDArray[np.int64]:
    """Source population of each projection."""
    return np.repeat(np.arange(len(tables.labels)), np.diff(tables.first_outgoing))
