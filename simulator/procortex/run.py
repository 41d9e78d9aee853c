"""One simulation, from network file to spike files."""

from __future__ import annotations

import platform
import resource
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from procortex.backends.base import Options
from procortex.backends.choose import resolve, set_up
from procortex.checkpoint import Checkpoint, Checkpoints, Extent, file_digest
from procortex.counts import CountRecorder
from procortex.formats.network import check_duration, labels_of, read_network
from procortex.formats.potentials import POTENTIALS_NAME, write_potentials
from procortex.formats.series import COUNTED_NAME, UNNAMED, write_series
from procortex.formats.spike_folder import SpikeFolder
from procortex.formats.spike_meta import SpikeMeta
from procortex.formats.spike_writer import SpikeWriter
from procortex.loop import Course, Records
from procortex.potentials import PotentialRecorder, Watched
from procortex.recording import Recording
from procortex.threads import number_of_threads
from procortex.utilities.errors import InputError
from procortex.utilities.repository import repository_version

CHECKPOINT_MS = 5000.0
MOST_PARTS = 10_000
"""Parts, each a file for every area, and checkpoints of one simulation."""

FORMAT_VERSION = 2
"""Version of the checkpoints; those of another version are not taken up."""


@dataclass(frozen=True)
class Outputs:
    """What a simulation leaves in its folder besides spikes, and how often it can be taken up again.

    Attributes
    ----------
    counts
        Whether to leave the spike counts of all populations, ``_series.nc`` (``procortex.formats.series``).
    potentials_neurons, potentials_of, potentials_interval
        Of how many neurons, the first ones of some populations (all if None), every how many ms to leave potential and current,
        ``_potentials.nc`` (``procortex.formats.potentials``).
    checkpoint_ms
        Biological time between two checkpoints (ms); a simulation that lasts no longer has none, nor has NEST.
    """

    counts: bool = False
    potentials_neurons: int = 0
    potentials_of: tuple[str, ...] | None = None
    potentials_interval: float = 1.0
    checkpoint_ms: float = CHECKPOINT_MS


def run(
    network_file: Path, backend: str, t_sim: float, out: Path, options: Options, outputs: Outputs | None = None, *, overwrite: bool = False
) -> SpikeMeta:
    """Simulate a network and write its spikes; go on from the last checkpoint of the same simulation, if there is one.

    Parameters
    ----------
    network_file
        Made by ``python -m model build``.
    backend
        ``cpu``, ``cuda``, ``nest`` or ``auto``.
    t_sim
        Biological time (ms), a multiple of the network's time step.
    out
        Folder of the spike data set; it appears when the simulation is whole. A data set of the same network, seed and options that is
        there is replaced then.
    options
        Seed, threads, precision, recording.
    outputs
        What else is recorded, and checkpoints.
    overwrite
        Whether another data set that is there is replaced, too.

    Returns
    -------
    procortex.formats.spikes.SpikeMeta
        What was simulated and what it cost, over all attempts.

    Raises
    ------
    procortex.utilities.errors.InputError
        If the network, the backend or the options are no good, or `out` is taken.
    """
    outputs = outputs or Outputs()
    network = read_network(network_file)
    name, dt = resolve(backend), float(network.attrs["dt"])
    n_steps = number_of_steps(t_sim, dt)
    check_duration(network, t_sim, str(network_file))
    options = replace(options, threads=number_of_threads(options.threads, network, name))
    labels = labels_of(network)
    populations = {label: int(size) for label, size in zip(labels, network["neurons"].values, strict=True)}
    recording = Recording.of_network(network, options.record_first, options.record_populations)
    counts = CountRecorder(populations, n_steps, dt) if outputs.counts else None
    potentials = None
    if outputs.potentials_neurons:
        chosen = outputs.potentials_of, outputs.potentials_neurons, outputs.potentials_interval
        potentials = PotentialRecorder(Watched.of(populations, *chosen, dt, n_steps))
        options = replace(options, watch=potentials.watched.watch)
    part_steps = _part_steps(outputs.checkpoint_ms, dt, n_steps) if name != "nest" else n_steps
    identity = _identity(network_file, name, n_steps, part_steps, options, outputs)
    place = SpikeFolder(out, identity, overwrite=overwrite)
    with place.open() as folder, ExitStack() as stack:
        extent = Extent(
            sum(populations.values()), len(populations), n_steps, part_steps, options.precision, bool(counts or potentials), identity
        )
        checkpoints = Checkpoints(folder, extent) if part_steps < n_steps else None
        checkpoint = _last_checkpoint(place, checkpoints)
        begun = {"part": checkpoint.part, "counts": checkpoint.counts.tolist(), "parts": checkpoint.parts} if checkpoint else {}
        writer = stack.enter_context(SpikeWriter(folder, populations, **begun))
        # counts are of all neurons, whoever's spikes are kept
        simulation = set_up(name, network, replace(options, record_first=None) if counts else options)
        stack.callback(simulation.close)
        records = Records(writer, recording, counts, potentials)
        course = Course(simulation, records, checkpoints, n_steps, part_steps, dt, name)
        totals = course.go(checkpoint)
        attributes: dict[str, str | int | float] = {"simulator": name, "seed": options.seed, "t_sim": t_sim}
        if counts:
            kept = {key: str(network.attrs[key]) for key in ("configuration",) if key in network.attrs}  # which network it is of
            write_series(counts.series({**attributes, "state": UNNAMED, **kept}), folder / COUNTED_NAME)
        if potentials:
            write_potentials(potentials.dataset({**attributes, "dt": dt}, dt), folder / POTENTIALS_NAME)
        unfinished = SpikeMeta(
            dt=dt,
            t_sim=t_sim,
            seed=options.seed,
            backend=name,
            device=simulation.device,
            populations=populations,
            recorded={label: int(count) for label, count in zip(labels, recording.count, strict=True)},
            spikes=writer.counts,
            wall_time_s=totals["wall_time_s"],
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
            events=totals["events"],
            energy_J=totals["energy_J"],
            processor_s=totals["processor_s"],
            others_s=totals["others_s"],
            attempts=totals["attempts"],
            identity=identity,
        )
        meta = writer.set_meta(unfinished)
        stack.close()
        place.finish()
    return meta


def _last_checkpoint(place: SpikeFolder, checkpoints: Checkpoints | None) -> Checkpoint | None:
    """Load the checkpoint to go on from; without a usable one the folder is emptied."""
    try:
        checkpoint = checkpoints.load() if checkpoints else None
    except InputError as error:
        print(f"{error}; simulates from the start", file=sys.stderr, flush=True)
        checkpoint = None
    if checkpoint is None:
        place.clear()
    return checkpoint


def _part_steps(checkpoint_ms: float, dt: float, n_steps: int) -> int:
    if not checkpoint_ms > 0:
        raise InputError(f"--checkpoint {checkpoint_ms:g}: expected a time above 0 ms")
    steps = max(1, round(min(checkpoint_ms / dt, 2.0**31)))
    if n_steps > steps * MOST_PARTS:
        least = np.ceil(n_steps / MOST_PARTS) * dt
        raise InputError(f"--checkpoint {checkpoint_ms:g}: makes more than {MOST_PARTS:,} parts; expected at least {least:g} ms")
    return steps


def _identity(network_file: Path, backend: str, n_steps: int, part_steps: int, options: Options, outputs: Outputs) -> dict[str, Any]:
    """All that decides the spikes and the files; threads do not, nor does the choice among the backends of our own."""
    return {
        "network": file_digest(network_file),
        "engine": "nest" if backend == "nest" else "procortex",
        "n_steps": n_steps,
        "part_steps": part_steps,
        "seed": options.seed,
        "precision": options.precision,
        "record": [options.record_first, options.record_populations],
        "watch": [options.watch.neurons, options.watch.every] if options.watch else None,
        "counts": outputs.counts,
        "version": FORMAT_VERSION,
    }


def number_of_steps(t_sim: float, dt: float) -> int:
    """Count the steps of a simulation.

    Raises
    ------
    InputError
        If the time is no positive multiple of the time step, or too long.
    """
    if not (np.isfinite(t_sim) and t_sim > 0):
        raise InputError(f"t_sim = {t_sim:g} ms: expected a positive multiple of the network's time step dt = {dt:g} ms")
    n_steps = round(t_sim / dt)
    if n_steps >= 2**31:
        raise InputError(f"t_sim = {t_sim:g} ms is {n_steps:.4g} steps; at most {2**31 - 1} fit the spike files")
    if abs(n_steps * dt - t_sim) > 1e-6 * dt or n_steps < 1:
        raise InputError(f"t_sim = {t_sim:g} ms is not a positive multiple of the network's time step dt = {dt:g} ms")
    return n_steps


def _network_summary(network: xr.Dataset) -> dict[str, str | int | float]:
    """Sizes and attributes of the network, so that the spikes say which network they come from."""
    attributes: dict[str, str | int | float] = {
        str(name): value for name, value in network.attrs.items() if isinstance(value, str | int | float)
    }
    return {"n_neurons": int(network["neurons"].sum()), "n_synapses": int(network["synapses"].sum()), **attributes}
