"""What users call: open a network, plan, simulate, open spikes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from procortex.backends.base import Options, Precision
from procortex.network import Network
from procortex.run import Outputs, run
from procortex.simulation import Simulation
from procortex.spike_data import Spikes
from procortex.utilities.errors import InputError


def open_network(path: str | Path) -> Network:
    """Read a network file and check it.

    Parameters
    ----------
    path
        File, such as ``python -m model build`` writes.

    Returns
    -------
    Network
        With sizes, time step, and all variables of the file.

    Raises
    ------
    InputError
        With one line for each thing that is wrong with the file.

    Examples
    --------
    >>> network = open_network("network.nc")
    >>> network
    <Network: 3 populations, 350 neurons, 42,180 synapses, dt 0.1 ms>
    >>> network.populations["V1-23E"]
    200
    """
    return Network.open(path)


def open_spikes(folder: str | Path) -> Spikes:
    """Open a spike data set; populations are read when they are asked for.

    Raises
    ------
    InputError
        If the folder holds no readable spikes.

    Examples
    --------
    >>> _ = simulate("network.nc", 100.0, "spikes", backend="cpu", seed=1)
    >>> open_spikes("spikes")
    <Spikes: 350 neurons of 3 populations, 0 to 100 ms>
    """
    return Spikes.open(folder)


def plan(network: Network | str | Path, memory_bytes: int | None = None, rates: Sequence[float] = (3.0, 14.0)) -> str:
    """Describe what a simulation of a network needs: memory by purpose, the smallest GPU, synaptic events.

    Parameters
    ----------
    network
        The network, or the path of its file.
    memory_bytes
        Memory to stay within on the GPU (all if None).
    rates
        Mean firing rates to assume (spikes/s).
    """
    network = network if isinstance(network, Network) else Network.open(network)
    return network.plan(memory_bytes=memory_bytes, rates=rates)


def simulate(
    network: Network | str | Path,
    t: float,
    out: str | Path | None = None,
    *,
    backend: str = "auto",
    seed: int = 1,
    threads: int = 0,
    precision: Precision = "float32",
    record_first: int | None = None,
    record: Sequence[str] | None = None,
    memory_bytes: int | None = None,
    overwrite: bool = False,
) -> Spikes:
    """Simulate a network and give its spikes; see `Simulation` to do that step by step.

    Parameters
    ----------
    network
        The network, or the path of its file.
    t
        Biological time (ms), a multiple of the network's time step.
    out
        Folder of the spike data set, absent or empty; with one, a simulation that was stopped goes on from its last checkpoint when it is
        called again, and spikes need not fit into memory. The network must be a file then. None keeps spikes in memory.
    backend
        ``cpu``, ``cuda``, ``nest``, or ``auto``: a GPU where one works, else the processor.
    seed
        Seed of all random numbers, 1 <= seed < 2**32.
    threads
        Number of threads; 0 for as many as the network is worth.
    precision
        Of the neuron state.
    record_first, record
        Keep the spikes of the first so many neurons of each population (all if None), and of these populations only (all if None).
    memory_bytes
        Memory to stay within on the GPU (all that is free if None).
    overwrite
        Whether a data set of another simulation at `out` is replaced.

    Returns
    -------
    Spikes
        Of the recorded neurons.

    Raises
    ------
    InputError
        If the network, the backend or the options are no good, or `out` is taken.

    Examples
    --------
    The same seed gives the same spikes, on every backend of our own and with any number of threads:

    >>> spikes = simulate("network.nc", 100.0, backend="cpu", seed=1)
    >>> spikes.rates().round(1).to_dict()
    {'V1-23E': 23.5, 'V1-23I': 27.4, 'V2-4E': 29.5}
    >>> neuron, time = spikes.arrays("V2-4E")
    >>> neuron[:3].tolist(), time[:3].round(1).tolist()
    ([39, 49, 62], [0.1, 0.1, 0.1])
    """
    chosen = tuple(record) if record is not None else None
    if out is None:
        with Simulation(network, backend, seed, threads, precision, record_first, chosen, memory_bytes) as simulation:
            return simulation.run(t)
    path = network.path if isinstance(network, Network) else Path(network)
    if path is None:
        raise InputError("out: the network was changed after it was read, and spikes on the disk must tell the file of their network")
    if not 1 <= seed < 2**32:
        raise InputError(f"seed {seed}: expected a number from 1 to {2**32 - 1}")
    options = Options(seed, threads, precision, record_first, chosen, memory_bytes)
    run(path, backend, t, Path(out), options, Outputs(), overwrite=overwrite)
    return Spikes.open(out)
