"""What every backend offers, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Precision = Literal["float32", "float64"]


@dataclass(frozen=True)
class Watch:
    """Neurons whose potential and synaptic current are noted.

    Attributes
    ----------
    neurons
        Network-wide indices.
    every
        Steps between two notes: after every step whose number is a multiple of it.
    """

    neurons: tuple[int, ...]
    every: int


@dataclass(frozen=True)
class NeuronState:
    """State of all neurons between two steps; the same numbers on every procedural backend.

    Attributes
    ----------
    v, i
        (n_neurons,) membrane potential (mV above E_L) and synaptic current (pA) in the precision of the simulation.
    refractory
        (n_neurons,) steps left.
    """

    v: NDArray[Any]
    i: NDArray[Any]
    refractory: NDArray[np.int32]


@dataclass(frozen=True)
class Options:
    """How to simulate; none of it but the seed and the precision can change a spike of a procedural backend.

    Attributes
    ----------
    seed
        Of the network's random numbers, 1 <= seed < 2**32.
    threads
        Number of threads; `procortex.run.run` takes 0 for as many as the network is worth.
    precision
        Of the neuron state.
    record_first
        Record the first so many neurons of each population (all if None).
    record_populations
        Labels of the recorded populations (all if None).
    memory_bytes
        Device memory to stay within (all that is free if None); what does not fit takes a slower way, spikes stay the same.
    watch
        Neurons whose potential and current are noted (none if None).
    """

    seed: int
    threads: int
    precision: Precision = "float32"
    record_first: int | None = None
    record_populations: tuple[str, ...] | None = None
    memory_bytes: int | None = None
    watch: Watch | None = None


class Engine(Protocol):
    """A network set up for simulation.

    Attributes
    ----------
    chunk_ms
        Biological time to simulate between two looks at the clock, the disk and the keyboard.
    device
        What it runs on.
    versions
        Of the software underneath.
    device_memory_bytes
        Memory held on a device of its own (0: it runs in the process's memory).
    """

    chunk_ms: float
    device: str
    versions: Mapping[str, str]
    device_memory_bytes: int

    def advance(self, n_steps: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Simulate the next steps; give time steps and network-wide neuron indices of the spikes, sorted by both."""
        ...

    def watched(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give what was noted in the last call of `advance`: potentials (mV) and synaptic currents (pA), each (notes, watched neurons)."""
        ...

    def wall_times(self) -> dict[str, float]:
        """Wall-clock seconds by phase."""
        ...

    def events(self) -> int | None:
        """Count the synaptic events so far, where the backend does."""
        ...

    def energy_J(self) -> float | None:
        """Energy (J) that the device has taken since the set-up, where its driver counts it."""
        ...

    def close(self) -> None:
        """Release what the simulation holds."""
        ...


@runtime_checkable
class Resumable(Protocol):
    """A simulation that can be taken up again: events under way follow from the spikes of the last steps."""

    longest_delay: int
    """Steps."""

    def state(self) -> NeuronState:
        """Copy the state of all neurons."""
        ...

    def restore(self, state: NeuronState, step: int, steps: NDArray[np.int32], neurons: NDArray[np.uint32]) -> None:
        """Set the state as it was after a step; `steps` and `neurons` are the spikes of the last `longest_delay` steps, sorted."""
        ...
