"""What a simulation will need, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from procortex.backends.base import Precision
from procortex.backends.cuda.partition import Limits, Shape, partition
from procortex.memory import MOST_EVENTS, POOL, by_purpose, cpu_memory, device_memory, expected_events, in_words, number_formats, pool_for
from procortex.tables import NetworkTables
from procortex.threads import worthwhile_threads

MOST_THREADS = {"cpu": 64, "cuda": 8, "nest": 64}
"""Threads that a simulation asks for at most: on processors, and beside a GPU, which does the work of the others."""
BASE_BYTES = 10**9
"""Memory of the process without its network: the interpreter, libraries, recorded spikes on their way to the disk."""
NEURON_BYTES = {"cpu": 4000, "cuda": 4000, "nest": 40_000}
SYNAPSE_BYTES = {"cpu": 0.1, "cuda": 0.1, "nest": 50.0}
"""Memory of the host for a recorded neuron and for a synapse (bytes): above every peak in `benchmarks/results`. NEST stores synapses and
recorders; our backends store the input of the next steps and the length of each row."""
MOST_MINUTES = 1440
"""Time limit of a simulation. Its time grows with the rates, which are unknown beforehand: two states of a network differ 250-fold."""

DRIVER_BYTES = 512 << 20
"""Assumed for the driver's context and the compiled kernels; not part of a budget."""
GPUS: Mapping[int, str] = {
    8: "RTX 4060",
    12: "RTX 4070",
    16: "RTX 4080, RTX 5080",
    24: "L4, A10, RTX 4090",
    32: "RTX 5090",
    40: "A100",
    48: "A6000, L40S",
    80: "A100, H100",
    141: "H200",
}
"""Common GPUs by memory (GB)."""


@dataclass(frozen=True)
class Needs:
    """Resources that a simulation asks for.

    Attributes
    ----------
    threads
        Threads of the process.
    memory_bytes
        Memory of the host.
    minutes
        Time limit.
    gpus
        GPUs.
    """

    threads: int
    memory_bytes: int
    minutes: int
    gpus: int

    @property
    def memory_mb(self) -> int:
        """Memory of the host (MB)."""
        return self.memory_bytes // 10**6


def needs(backend: str, neurons: float, synapses: float) -> Needs:
    """Estimate what a simulation needs from the size of its network alone, before there is a network file.

    Parameters
    ----------
    backend
        ``cpu``, ``cuda`` or ``nest``.
    neurons, synapses
        Of the network.
    """
    return Needs(
        threads=worthwhile_threads(int(neurons), int(synapses), MOST_THREADS[backend]),
        memory_bytes=int(BASE_BYTES + neurons * NEURON_BYTES[backend] + synapses * SYNAPSE_BYTES[backend]),
        minutes=MOST_MINUTES,
        gpus=int(backend == "cuda"),
    )


def plan(
    tables: NetworkTables,
    precision: Precision = "float32",
    memory_bytes: int | None = None,
    rates: Sequence[float] = (3.0, 14.0),
    shape: Shape | None = None,
) -> str:
    """Describe what a simulation of a network will need.

    Parameters
    ----------
    tables
        The network.
    precision
        Of the neuron state.
    memory_bytes
        Budget on the device, without the driver's part.
    rates
        Mean firing rates to assume (spikes/s); ground and resting state of the full model have about 3 and 14.
    shape
        Of the device (default: an H100 or H200).

    Raises
    ------
    InputError
        If the network does not fit the backend or the budget.
    """
    shape, limits = shape or Shape(), Limits(events=0)
    p = partition(tables, shape.owners, shape.max_local, limits)
    formats = number_formats(tables, p, precision)
    parts = device_memory(tables, p, formats, limits, shape.pairs_per_chunk)
    fixed = sum(parts.values())
    lines = [
        f"{tables.n_neurons:,} neurons, {tables.synapses.sum():,} synapses, {precision}",
        f"cuda: {len(p.owner_area)} blocks of neurons on {shape.multiprocessors} multiprocessors",
        *(f"  {group:<19}{in_words(size):>10}" for group, size in by_purpose(parts).items()),
        f"  {'without events':<19}{in_words(fixed):>10}",
    ]
    for rate in rates:
        traffic = expected_events(tables, p, rate)
        parts = device_memory(tables, p, formats, replace(limits, events=traffic.pool), shape.pairs_per_chunk)
        pool, whole = sum(parts[name] for name in POOL), sum(parts.values())
        lines += [
            f"at {rate:g} spikes/s: {traffic.per_second:.3g} events/s, {traffic.in_flight:.3g} in flight on average",
            f"  {'pool of events':<19}{in_words(pool):>10}",
            f"  {'in all':<19}{in_words(whole):>10}  {smallest_gpu(whole + DRIVER_BYTES)}",
        ]
        if traffic.pool > MOST_EVENTS:
            share = MOST_EVENTS / traffic.pool
            lines.append(
                f"  a pool holds {MOST_EVENTS:.3g} events at most, {share:.0%} of what these rates need: the rest goes into the spill ring"
            )
        if memory_bytes is not None:
            events = pool_for(memory_bytes, device_memory(tables, p, formats, limits, shape.pairs_per_chunk))
            lines.append(
                f"  within {in_words(memory_bytes)}: a pool of {events:.3g} events, {events / max(traffic.pool, 1):.2g} times this"
            )
    lines.append(
        "volleys need more in flight than their mean; what finds no place in the pool goes into the spill ring: slower, the same spikes"
    )
    cpu = cpu_memory(tables, precision)
    return "\n".join(
        [*lines, "cpu:", *(f"  {name:<19}{in_words(size):>10}" for name, size in (cpu | {"in all": sum(cpu.values())}).items())]
    )


def smallest_gpu(size: int) -> str:
    """Say which common GPU has that many bytes."""
    fit = next((memory for memory in GPUS if memory * 1e9 >= size), None)
    return f"fits a GPU of {fit} GB ({GPUS[fit]})" if fit else f"fits no GPU of {max(GPUS)} GB or less"
