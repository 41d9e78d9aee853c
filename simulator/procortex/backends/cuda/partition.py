"""How a network is laid out on a device: areas cut into owners, synapses sorted by kind, capacities of everything that can run full."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procortex.constants import LEVELS
from procortex.formats.populations import label_areas
from procortex.tables import NetworkTables
from procortex.utilities.errors import InputError

KINDS = 2
MAX_LOCAL = 1 << 15
"""Neurons of an owner: what the target of an event can number."""
LARGE_SHARED_BYTES = 160 << 10
"""Shared memory of a block from which chunks are large."""
MAX_AREAS = 256
MAX_OWNERS_PER_AREA = 32
MAX_BINS = 1 << 13
"""Owners times delays of an area: what a chunk of events is sorted into."""
MAX_CLASSES = 1 << 16
"""Quantile tables of a kind: what a projection can number."""
ALIGNMENT = 32
"""Owners have a multiple of so many neurons, but for the last one of an area."""


@dataclass(frozen=True)
class Shape:
    """What of a GPU the layout depends on; the default is an H100 or H200.

    Attributes
    ----------
    multiprocessors
        Their number.
    shared_bytes
        Most shared memory of a block.
    """

    multiprocessors: int = 132
    shared_bytes: int = 227 << 10

    @property
    def owners(self) -> int:
        """Target number of owners, the groups of neurons that one block updates: two for each multiprocessor."""
        return 2 * self.multiprocessors

    @property
    def max_local(self) -> int:
        """Most neurons of an owner: a sum and room for a bit of each, in two resident blocks, or in one where memory is scarce."""
        resident = 2 if self.shared_bytes >= LARGE_SHARED_BYTES else 1
        return min(MAX_LOCAL, (self.shared_bytes - 4096) // resident // 4 * 8 // 9 // ALIGNMENT * ALIGNMENT)

    @property
    def pairs_per_chunk(self) -> int:
        """Pairs of synapses that a block regenerates at a time."""
        return 4096 if self.shared_bytes >= LARGE_SHARED_BYTES else 1024


@dataclass(frozen=True)
class Limits:
    """Capacities of what can run full; results never depend on them, speed does.

    Attributes
    ----------
    events
        Events in flight that the pool of pages holds.
    pages_per_bucket
        Pages of a bucket, each twice as large as the one before.
    rows, pairs
        Rows and pairs of synapses of a list of one step.
    """

    events: int = 1 << 32
    pages_per_bucket: int = 16
    rows: int = 1 << 17
    pairs: int = 1 << 26


@dataclass(frozen=True)
class Kind:
    """The projections within areas (0) or between areas (1), with quantile tables of their own.

    Attributes
    ----------
    delays, weights
        (classes, 4096) quantile tables that they use (steps, weight units).
    """

    delays: NDArray[np.int32]
    weights: NDArray[np.int32]


@dataclass(frozen=True)
class Partition:
    """Areas, owners and lists of a network on a device.

    Attributes
    ----------
    area_of
        (n_populations,) area of each population.
    first_neuron, n_neurons
        (n_areas,) first neuron in the whole network, number of neurons.
    owner_size, first_owner, n_owners
        (n_areas,) neurons per owner (the last one may have fewer), first owner, number of owners.
    owner_area, owner_first, owner_neurons
        (n_owners,) area, first neuron in the whole network, number of neurons.
    kinds
        The projections within areas, and those between them.
    slots
        (KINDS, n_areas) longest incoming delay + 1 (steps).
    list_of
        (n_projections,) list of each projection: ``kind * n_areas + target area``.
    delay_class, weight_class
        (n_projections,) rows in the tables of the projection's kind.
    list_rows, list_pairs
        (KINDS * n_areas,) rows and pairs of synapses that the lists hold.
    """

    area_of: NDArray[np.int64]
    first_neuron: NDArray[np.int64]
    n_neurons: NDArray[np.int64]
    owner_size: NDArray[np.int64]
    first_owner: NDArray[np.int64]
    n_owners: NDArray[np.int64]
    owner_area: NDArray[np.int64]
    owner_first: NDArray[np.int64]
    owner_neurons: NDArray[np.int64]
    kinds: tuple[Kind, Kind]
    slots: NDArray[np.int64]
    list_of: NDArray[np.int64]
    delay_class: NDArray[np.int64]
    weight_class: NDArray[np.int64]
    list_rows: NDArray[np.int64]
    list_pairs: NDArray[np.int64]

    @property
    def n_areas(self) -> int:
        """Number of areas."""
        return len(self.n_neurons)

    @property
    def ring_slots(self) -> NDArray[np.int64]:
        """(n_areas,) slots of the spill ring."""
        return np.asarray(self.slots.max(axis=0))

    @property
    def bins(self) -> NDArray[np.int64]:
        """(KINDS, n_areas) owners times delays."""
        return np.asarray(self.n_owners * (self.slots - 1))


def partition(tables: NetworkTables, target_owners: int, max_local: int, limits: Limits) -> Partition:
    """Lay a network out.

    Parameters
    ----------
    tables
        The network.
    target_owners
        Number of owners to aim at: a multiple of the device's multiprocessors fills them evenly.
    max_local
        Most neurons of an owner, by the shared memory of a block.
    limits
        Capacities.

    Raises
    ------
    InputError
        If the network has more areas, longer delays or more distributions than the kernels take.
    """
    names = label_areas(tables.labels)
    area_of = np.concatenate([[0], np.cumsum(names[1:] != names[:-1])])
    n_areas = int(area_of[-1]) + 1
    if n_areas > MAX_AREAS:
        raise InputError(f"the cuda backend takes at most {MAX_AREAS} areas; this network has {n_areas}")
    sizes = np.diff(tables.first_neuron)
    n_neurons = np.bincount(area_of, weights=sizes, minlength=n_areas).astype(np.int64)
    if (largest := int(n_neurons.max())) > MAX_OWNERS_PER_AREA * max_local:
        raise InputError(
            f"the cuda backend takes areas of at most {MAX_OWNERS_PER_AREA * max_local:,} neurons on this device; the largest area of this "
            f"network has {largest:,}: use --backend cpu"
        )
    first_neuron = np.concatenate([[0], np.cumsum(n_neurons)[:-1]])

    source = np.repeat(np.arange(len(sizes)), np.diff(tables.first_outgoing))
    kind_of = (area_of[source] != area_of[tables.target]).astype(np.int64)
    target_area = area_of[tables.target]
    longest = tables.delays.max(axis=1, initial=1)[tables.delay_class] if len(tables.target) else np.zeros(0, np.int64)
    slots = np.full((KINDS, n_areas), 2, dtype=np.int64)
    np.maximum.at(slots, (kind_of, target_area), longest + 1)

    owner_size = _owner_sizes(n_neurons, slots, target_owners, max_local)
    n_owners = -(-n_neurons // owner_size)
    first_owner = np.concatenate([[0], np.cumsum(n_owners)[:-1]])
    owner_area = np.repeat(np.arange(n_areas), n_owners)
    index = np.arange(n_owners.sum()) - first_owner[owner_area]
    owner_first = first_neuron[owner_area] + index * owner_size[owner_area]
    owner_neurons = np.minimum(owner_size[owner_area], n_neurons[owner_area] - index * owner_size[owner_area])

    kinds, delay_class, weight_class = _kinds(tables, kind_of)
    list_of = kind_of * n_areas + target_area
    n_lists = KINDS * n_areas
    synapses = np.bincount(list_of, weights=tables.synapses, minlength=n_lists)
    rows = np.bincount(list_of, weights=sizes[source], minlength=n_lists)
    return Partition(
        area_of=area_of,
        first_neuron=first_neuron,
        n_neurons=n_neurons,
        owner_size=owner_size,
        first_owner=first_owner,
        n_owners=n_owners,
        owner_area=owner_area,
        owner_first=owner_first,
        owner_neurons=owner_neurons,
        kinds=kinds,
        slots=slots,
        list_of=list_of,
        delay_class=delay_class,
        weight_class=weight_class,
        list_rows=np.minimum(rows, limits.rows).astype(np.int64),
        list_pairs=np.minimum(synapses / 2 + rows + 1, limits.pairs).astype(np.int64),
    )


def owner_magic(owner_size: int, n_neurons: int) -> int:
    """Multiplier m with ``(a * m) >> 32 == a // owner_size`` for every neuron a of an area.

    Raises
    ------
    InputError
        If there is none.
    """
    if not _divides_exactly(owner_size, n_neurons):
        raise InputError(f"areas of {n_neurons} neurons are too large for the cuda backend")
    return -(-(2**32) // owner_size)


def _divides_exactly(owner_size: int, n_neurons: int) -> bool:
    """Whether the multiplier's error (less than one in `owner_size`) stays below one neuron up to the area's last owner."""
    last = -(-n_neurons // owner_size) * owner_size - 1
    return last * (-(2**32) % owner_size) < 2**32


def _owner_sizes(n_neurons: NDArray[np.int64], slots: NDArray[np.int64], target_owners: int, max_local: int) -> NDArray[np.int64]:
    """Neurons per owner of each area: equal shares of the network, within what an event can number and a chunk be sorted into."""
    share = np.maximum(1, np.rint(target_owners * n_neurons / max(n_neurons.sum(), 1))).astype(np.int64)
    most = np.minimum(MAX_OWNERS_PER_AREA, MAX_BINS // (slots.max(axis=0) - 1))
    count = np.clip(share, -(-n_neurons // max_local), most)
    least = ALIGNMENT * np.maximum(1, -(-n_neurons // (ALIGNMENT * count.clip(min=1))))
    candidates = (itertools.count(first, ALIGNMENT) for first in least.tolist())
    size = np.array([next(k for k in some if _divides_exactly(k, n)) for some, n in zip(candidates, n_neurons.tolist(), strict=True)])
    if (count == 0).any() or (size > max_local).any():
        raise InputError("delays of the network are too long for its largest area on this device; use --backend cpu")
    return size


def _kinds(tables: NetworkTables, kind_of: NDArray[np.int64]) -> tuple[tuple[Kind, Kind], NDArray[np.int64], NDArray[np.int64]]:
    delay_class, weight_class = np.zeros(len(kind_of), np.int64), np.zeros(len(kind_of), np.int64)
    kinds = []
    for kind in range(KINDS):
        mine = np.flatnonzero(kind_of == kind)
        delays, delay_class[mine] = np.unique(tables.delay_class[mine], return_inverse=True)
        weights, weight_class[mine] = np.unique(tables.weight_class[mine], return_inverse=True)
        if max(len(delays), len(weights)) > MAX_CLASSES:
            raise InputError(f"the cuda backend takes at most {MAX_CLASSES} distributions of delays or weights; use --backend cpu")
        kinds.append(Kind(tables.delays[delays].reshape(-1, LEVELS), tables.weights[weights].reshape(-1, LEVELS)))
    return (kinds[0], kinds[1]), delay_class, weight_class
