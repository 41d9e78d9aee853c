"""The structs of kernels/cuda/network.cuh, as the host fills them. Their sizes are compared with the compiled ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from procortex.backends.cuda.partition import KINDS, Partition, owner_magic
from procortex.tables import NetworkTables

POINTER = np.uint64
GUIDE_BITS = 8
"""Leading bits of a 31-bit random number by which a guide is found."""
GUIDE_OPEN = 1 << 15
"""Marks guides whose numbers differ in how many thresholds lie below them."""


def population_type(real: type) -> np.dtype[Any]:
    """Mirror of ``struct Population``."""
    counts = [(name, np.uint32) for name in ("first_neuron", "n_neurons", "first_outgoing", "n_outgoing")]
    return np.dtype([*counts, ("first_row", np.uint64), ("drift", real), ("unused", np.uint32)], align=True)


PROJECTION = np.dtype(
    [("id", np.uint32), ("n_target", np.uint32), ("offset", np.uint32), ("delay_class", np.uint16), ("weight_class", np.uint16)], align=True
)
AREA = np.dtype(
    [(name, np.uint32) for name in ("first_neuron", "n_neurons", "first_owner", "n_owners")]
    + [(name, np.uint32) for name in ("owner_size", "owner_magic", "ring_slots")]
    + [("slots", np.uint32, KINDS), ("unused", np.uint32)],
    align=True,
)
OWNER = np.dtype(
    [(name, np.uint32) for name in ("first_neuron", "n_neurons", "area", "index")]
    + [(name, np.uint32) for name in ("first_population", "n_populations")]
    + [("first_bucket", np.uint32, KINDS), ("ring", np.uint64), ("first_dirty", np.uint32), ("unused", np.uint32)],
    align=True,
)
LIST = np.dtype(
    [("first_row", np.uint64), ("first_chunk", np.uint64), ("row_capacity", np.uint32), ("pair_capacity", np.uint32)], align=True
)
ROW = np.dtype([(name, np.uint32) for name in ("source", "projection", "start", "length")])

# The arrays that struct Network points to, in its order: before the numbers of staged tables, and after them.
ARRAYS: tuple[str, ...] = (
    "populations", "projections", "list_of", "synapses", "source_of", "areas", "owners", "lists",
    "delays0", "delays1", "weights0", "weights1",
)  # fmt: skip
AFTER_TABLES: tuple[str, ...] = (
    "thresholds", "guides", "poisson_weight", "v0", "row_lengths", "v", "i", "refractory",
    "calendar", "fill", "pages", "free_pages", "first_free", "free_count", "pool_used", "ring", "dirty",
    "spikes", "spike_count", "recorded", "recorded_count", "cursor",
    "rows", "list_size", "list_limit", "chunk_row", "next_chunk", "statistics",
)  # fmt: skip


def network_type(real: type) -> np.dtype[Any]:
    """Mirror of ``struct Network``."""
    reals = [(name, real) for name in ("P11", "P21", "P22", "V_th", "V_reset", "unit")]
    neuron = np.dtype([*reals, ("refractory_steps", np.int32)], align=True)
    counts = (
        "seed", "n_neurons", "n_populations", "n_projections", "n_areas", "n_owners", "n_inputs", "n_thresholds",
        "pages_per_bucket", "plan_parts",
    )  # fmt: skip
    return np.dtype(
        [(name, np.uint32) for name in counts]
        + [("pool_pages", np.uint64), ("neuron", neuron)]
        + [(name, POINTER) for name in ARRAYS]
        + [("staged_delays", np.uint32, KINDS), ("staged_weights", np.uint32, KINDS)]
        + [(name, POINTER) for name in AFTER_TABLES],
        align=True,
    )


def populations(tables: NetworkTables, real: type) -> NDArray[Any]:
    """(n_populations,) of `population_type`, with the places of their neurons' row lengths; drift in mV per step."""
    sizes, outgoing = np.diff(tables.first_neuron), np.diff(tables.first_outgoing)
    out = np.zeros(len(sizes), population_type(real))
    out["first_neuron"], out["n_neurons"] = tables.first_neuron[:-1], sizes
    out["first_outgoing"], out["n_outgoing"] = tables.first_outgoing[:-1], outgoing
    out["first_row"] = np.concatenate([[0], np.cumsum(sizes * outgoing)[:-1]])
    out["drift"] = tables.drive.drift(1)
    return out


def projections(tables: NetworkTables, p: Partition) -> NDArray[Any]:
    """(n_projections,) of `PROJECTION`, sorted by source as in the tables; offset of the target population within its area."""
    sizes = np.diff(tables.first_neuron)
    out = np.zeros(len(tables.target), PROJECTION)
    out["id"], out["n_target"] = tables.projection_id, sizes[tables.target]
    out["offset"] = tables.first_neuron[tables.target] - p.first_neuron[p.area_of[tables.target]]
    out["delay_class"], out["weight_class"] = p.delay_class, p.weight_class
    return out


def areas(p: Partition) -> NDArray[Any]:
    """(n_areas,) of `AREA`."""
    out = np.zeros(p.n_areas, AREA)
    for name in ("first_neuron", "n_neurons", "first_owner", "n_owners", "owner_size", "ring_slots"):
        out[name] = getattr(p, name)
    out["owner_magic"] = [owner_magic(int(size), int(n)) for size, n in zip(p.owner_size, p.n_neurons, strict=True)]
    out["slots"] = p.slots.T
    return out


def owners(tables: NetworkTables, p: Partition) -> tuple[NDArray[Any], int, int, int]:
    """(n_owners,) of `OWNER`; and the numbers of buckets, of sums in the spill ring, of its flags, in the whole network."""
    out = np.zeros(len(p.owner_area), OWNER)
    out["first_neuron"], out["n_neurons"], out["area"] = p.owner_first, p.owner_neurons, p.owner_area
    out["index"] = np.arange(len(out)) - p.first_owner[p.owner_area]
    first = np.searchsorted(tables.first_neuron, p.owner_first, side="right") - 1
    last = np.searchsorted(tables.first_neuron, p.owner_first + p.owner_neurons - 1, side="right") - 1
    out["first_population"], out["n_populations"] = first, last - first + 1
    fills = p.slots[:, p.owner_area].T.ravel()
    out["first_bucket"] = np.concatenate([[0], np.cumsum(fills)[:-1]]).reshape(-1, KINDS)
    slots = p.ring_slots[p.owner_area]
    sums = slots * p.owner_neurons
    out["ring"] = np.concatenate([[0], np.cumsum(sums)[:-1]])
    out["first_dirty"] = np.concatenate([[0], np.cumsum(slots)[:-1]])
    return out, int(fills.sum()), int(sums.sum()), int(slots.sum())


def lists(p: Partition, pairs_per_chunk: int) -> tuple[NDArray[Any], int, int]:
    """(KINDS * n_areas,) of `LIST`; and the numbers of rows and of chunks in all of them."""
    out = np.zeros(len(p.list_rows), LIST)
    out["row_capacity"], out["pair_capacity"] = p.list_rows, p.list_pairs
    chunks = p.list_pairs // pairs_per_chunk + 2
    out["first_row"] = np.concatenate([[0], np.cumsum(p.list_rows)[:-1]])
    out["first_chunk"] = np.concatenate([[0], np.cumsum(chunks)[:-1]])
    return out, int(p.list_rows.sum()), int(chunks.sum())


def guides(thresholds: NDArray[np.int32]) -> NDArray[np.uint16]:
    """Count the thresholds below a random number by its leading bits.

    Parameters
    ----------
    thresholds
        (n_populations, n_inputs, n_thresholds) ascending.

    Returns
    -------
    NDArray[np.uint16]
        (n_populations, n_inputs, 2**GUIDE_BITS) thresholds below all numbers that begin with these bits; with `GUIDE_OPEN` if more of
        them lie among these numbers.
    """
    width = 1 << (31 - GUIDE_BITS)
    smallest = np.arange(1 << GUIDE_BITS, dtype=np.int64) * width
    ordered = thresholds[..., None, :].astype(np.int64)
    below = (ordered < smallest[:, None]).sum(axis=-1)
    through = (ordered < smallest[:, None] + width - 1).sum(axis=-1)
    return np.asarray(below | np.where(through > below, GUIDE_OPEN, 0), dtype=np.uint16)
