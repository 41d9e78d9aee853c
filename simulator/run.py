"""One simulation, from network file to spike files."""

from __future__ import annotations

import platform
import resource
import time
from pathlib import Path

import numpy as np
import xarray as xr

from contracts.errors import InputError
from contracts.network import check_duration, read_network
from contracts.progress import Progress
from contracts.repository import repository_version
from contracts.spikes import SpikeMeta, SpikeWriter
from simulator.backends.base import Options, Simulation
from simulator.backends.choose import resolve, set_up
from simulator.recording import BackgroundWriter, Recording


def run(network_file: Path, backend: str, t_sim: float, out: Path, options: Options) -> SpikeMeta:
    """Simulate a network and write its spikes.

    Parameters
    ----------
    network_file
        Made by ``python -m model build``.
    backend
        ``cpu``, ``nest`` or ``auto``.
    t_sim
        Biological time (ms), a multiple of the network's time step.
    out
        Folder of the spike data set; it appears when the simulation is whole.
    options
        Seed, threads, precision, recording.

    Returns
    -------
    contracts.spikes.SpikeMeta
        What was simulated and what it cost.

    Raises
    ------
    contracts.errors.InputError
        If the network, the backend or the options are no good.
    """
    network = read_network(network_file)
    name = resolve(backend)
    n_steps = _number_of_steps(t_sim, float(network.attrs["dt"]))
    check_duration(network, t_sim, str(network_file))
    labels = [str(label) for label in network["target"].values]
    populations = {label: int(size) for label, size in zip(labels, network["neurons"].values, strict=True)}
    recording = Recording.of(populations, options.record_first, options.record_populations)
    with SpikeWriter(out, populations) as writer:
        simulation = set_up(name, network, options)
        try:
            with BackgroundWriter(writer, recording) as record:
                record_s = _simulate(simulation, n_steps, float(network.attrs["dt"]), record, name)
                energy_J = simulation.energy_J()
            meta = SpikeMeta(
                dt=float(network.attrs["dt"]),
                t_sim=t_sim,
                seed=options.seed,
                backend=name,
                device=simulation.device,
                populations=populations,
                recorded={label: int(count) for label, count in zip(labels, recording.count, strict=True)},
                spikes=writer.counts,
                wall_time_s=simulation.wall_times() | {"record": record_s},
                versions={
                    "procortex": repository_version(),
                    "python": platform.python_version(),
                    "numpy": np.__version__,
                    **simulation.versions,
                },
                network=_network_summary(network),
                threads=options.threads,
                peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                device_memory_bytes=simulation.device_memory_bytes,
                events=simulation.events(),
                energy_J=energy_J,
            )
        finally:
            simulation.close()
        writer.set_meta(meta)
    return meta


def _simulate(simulation: Simulation, n_steps: int, dt: float, record: BackgroundWriter, name: str) -> float:
    """Simulate piece by piece; give the seconds spent waiting for the disk."""
    record_s, spikes, events = 0.0, 0, 0
    memory = f"{simulation.device_memory_bytes / 1e9:.1f} GB" if simulation.device_memory_bytes else ""
    chunk_steps = max(1, round(simulation.chunk_ms / dt))
    with Progress(f"simulate ({name})", n_steps * dt, "ms") as progress:
        for first in range(0, n_steps, chunk_steps):
            chunk = min(chunk_steps, n_steps - first)
            steps, neurons = simulation.advance(chunk)
            start = time.perf_counter()
            record.append(steps, neurons)
            record_s += time.perf_counter() - start
            spikes, before = len(steps), events
            events = simulation.events() or 0
            seconds = chunk * dt * 1e-3
            parts = [f"{spikes / seconds:.3g} spikes/s", f"{(events - before) / seconds:.3g} events/s" if events else "", memory]
            progress.update(chunk * dt, "  ".join(part for part in parts if part))
    return record_s


def _number_of_steps(t_sim: float, dt: float) -> int:
    n_steps = round(t_sim / dt)
    if t_sim <= 0 or abs(n_steps * dt - t_sim) > 1e-6 * dt:
        raise InputError(f"t_sim = {t_sim:g} ms is not a positive multiple of the network's time step dt = {dt:g} ms")
    if n_steps >= 2**31:
        raise InputError(f"t_sim = {t_sim:g} ms is {n_steps} steps; at most {2**31 - 1} fit the spike files")
    return n_steps


def _network_summary(network: xr.Dataset) -> dict[str, str | int | float]:
    """Sizes and attributes of the network, so that the spikes say which network they come from."""
    attributes = {str(name): value for name, value in network.attrs.items() if isinstance(value, str | int | float)}
    return {"n_neurons": int(network["neurons"].sum()), "n_synapses": int(network["synapses"].sum()), **attributes}
