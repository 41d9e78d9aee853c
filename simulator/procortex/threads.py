"""How many threads a simulation gets: what its network is worth, and no more than can be started."""

from __future__ import annotations

import threading

import xarray as xr

from procortex.utilities.errors import InputError
from procortex.utilities.processors import available_processors, check_threads

SYNAPSES_PER_NEURON = 4000
"""Incoming synapses that cost as much time as the update of a neuron, at the model's rates (`balance` in kernels/cpu/simulator.h)."""
NEURONS_PER_THREAD = 4000
"""Neurons that are worth a thread. Measured on 2 cores with networks of 363 to 19,789 neurons (K_scaling 0.1, November 2026): a step takes
2.4 to 3.3 ns for each neuron, 10 to 13 us for so many, and the threads' meetings in a step add 2 us where each has a core of its own, 15 us
beside other programs, where they sleep."""


def worthwhile_threads(neurons: int, synapses: int, processors: int | None = None) -> int:
    """Count the threads that a network is worth, at most one for each processor.

    Parameters
    ----------
    neurons, synapses
        Of the network.
    processors
        Those that may be used (default: all that this process may).
    """
    work = neurons + synapses / SYNAPSES_PER_NEURON
    return max(1, min(available_processors() if processors is None else processors, int(work / NEURONS_PER_THREAD)))


def number_of_threads(requested: int, network: xr.Dataset, backend: str) -> int:
    """Check the number of threads that was asked for, or choose one.

    Parameters
    ----------
    requested
        Number of threads; 0 stands for as many as the network is worth.
    network
        As `procortex.formats.network.read_network` gives it.
    backend
        ``cpu``, ``cuda`` or ``nest``.

    Raises
    ------
    InputError
        If the machine cannot be meant to run so many.
    """
    if requested:
        check_threads("--threads", requested)
        return requested
    if backend == "cuda":  # it has no use for them
        return available_processors()
    return worthwhile_threads(int(network["neurons"].sum()), int(network["synapses"].sum()))


def check_startable(threads: int) -> None:
    """Start and end so many threads, for a library that ends the process where it cannot start its own.

    Raises
    ------
    InputError
        If the system refuses one.
    """
    go, started = threading.Event(), []
    try:
        for number in range(2, threads + 1):
            thread = threading.Thread(target=go.wait)
            try:
                thread.start()
            except RuntimeError as error:
                raise InputError(
                    f"cannot start thread {number} of {threads} ({error}): choose fewer threads, "
                    "or raise the limit of processes (ulimit -u, or the container's)"
                ) from None
            started.append(thread)
    finally:
        go.set()
        for thread in started:
            thread.join()
