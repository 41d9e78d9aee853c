"""Spikes of other programs, or of ours, to a spike data set."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.exchange.nest import BYTES_PER_SPIKE as BYTES_OF_LINE
from analysis.exchange.nest import Recording, find_recordings, read_recording, recording_files, unread_files
from analysis.exchange.ordering import Ordering
from analysis.exchange.original import BYTES_PER_SPIKE as BYTES_OF_ROW
from analysis.exchange.original import array_files, find_arrays, read_array
from analysis.exchange.packed import plain_size
from analysis.exchange.populations import IdTable, find_table
from procortex.formats.populations import LAYER_POPULATIONS, split_label
from procortex.formats.spike_folder import SpikeFolder
from procortex.formats.spike_meta import META_NAME, SpikeMeta, read_meta
from procortex.formats.spike_writer import spike_data_set
from procortex.formats.spikes import iterate_spikes
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress

FORMATS = ("auto", "nest", "original", "procortex")
SILENCE, ENOUGH_SPIKES = 0.1, 1000
"""Without a spike in the last tenth of the time, a run of so many spikes was shorter than said, or fell silent."""

Piece = tuple[NDArray[np.int64], NDArray[np.uint32]]
"""Time steps and indices in the network of the wanted populations."""

_File = tuple[Path, Callable[[], Iterator[Piece]]]
"""A file, and what reads it."""


@dataclass(frozen=True)
class Request:
    """How recordings are to be read.

    Attributes
    ----------
    t_sim, dt
        Simulated time and resolution (ms); a spike data set of procortex has its own resolution.
    gids, network
        Tables of the populations, see `analysis.exchange.populations.find_table`.
    areas
        Areas to keep; all of them if None.
    simulator, seed
        Name of the simulator, and seed, in statistics and comparisons; a spike data set of procortex keeps its seed.
    may_fall_silent
        Whether the last tenth of the time, or all of it, may be without spikes.
    overwrite
        Whether a data set of another import or simulation is replaced.
    """

    t_sim: float
    dt: float = 0.1
    gids: Path | None = None
    network: Path | None = None
    areas: Sequence[str] | None = None
    simulator: str = "imported"
    seed: int = 0
    may_fall_silent: bool = False
    overwrite: bool = False

    @property
    def n_steps(self) -> int:
        """Number of time steps."""
        return round(self.t_sim / self.dt)

    def identity(self, path: Path) -> dict[str, object]:
        """All that tells this import from another one."""
        return {
            "recordings": os.path.realpath(path),
            "tables": [None if table is None else os.path.realpath(table) for table in (self.gids, self.network)],
            "t_sim": self.t_sim,
            "dt": self.dt,
            "seed": self.seed,
            "engine": self.simulator,
            "areas": None if self.areas is None else list(self.areas),
        }


@dataclass(frozen=True)
class _Source:
    """Recordings that have been looked through but not read.

    Attributes
    ----------
    sizes
        Number of neurons of each population, in model order.
    files
        In the order of reading.
    versions
        Of the program that wrote them.
    bytes_per_spike
        At the least.
    """

    sizes: dict[str, int]
    files: list[_File]
    versions: dict[str, str]
    bytes_per_spike: int


def detect(path: Path) -> str:
    """Format of recordings: ``procortex`` (a spike data set), ``nest`` (.dat, .gdf) or ``original`` (.npy).

    Raises
    ------
    InputError
        If it is none of them.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or folder of spikes")
    if (path / META_NAME).is_file():
        return "procortex"
    if recording_files(path) or unread_files(path):
        return "nest"
    if array_files(path):
        return "original"
    raise InputError(
        f"{path}: no spikes here; expected a spike data set of ours ({META_NAME}), recordings of NEST (.dat, .gdf), "
        "or arrays of the original model (.npy)"
    )


def import_spikes(path: Path, out: Path, request: Request, file_format: str = "auto") -> SpikeMeta:
    """Read spikes and write them as a spike data set; memory does not grow with their number.

    Parameters
    ----------
    path
        Folder (or one file) of recordings.
    out
        Folder of the spike data set; it appears when it is whole.
    request
        Time, resolution, populations.
    file_format
        One of `FORMATS`.

    Raises
    ------
    InputError
        If the recordings are not there, damaged, of several runs, or do not fit the populations or the time.
    """
    SpikeFolder(out, request.identity(path), overwrite=request.overwrite)  # refused before the recordings are read
    chosen = detect(path) if file_format == "auto" else file_format
    if not path.exists():
        raise InputError(f"{path}: no such file or folder of spikes")
    if chosen == "procortex":
        return _copy(path, out, request)
    _check_time(request)
    source = _nest(path, request) if chosen == "nest" else _original(path, request)
    size = sum(plain_size(file) for file, _ in source.files)
    with Ordering(out, request.n_steps, size // source.bytes_per_spike) as ordering:
        with Progress("read", size / 1e6, "MB") as progress:
            for file, read in source.files:
                for step, index in read():
                    ordering.add(step, index)
                progress.update(plain_size(file) / 1e6, f"{ordering.taken:,} spikes")
        _check_end(path, ordering, request)
        place = spike_data_set(out, source.sizes, request.identity(path), overwrite=request.overwrite)
        with place as writer, Progress("write", ordering.taken, "spikes") as progress:
            for steps, indices in ordering.sorted_pieces():
                _check_distinct(path, steps, indices, source.sizes, request.dt)
                writer.append(steps, indices)
                progress.update(len(steps))
            meta = SpikeMeta(
                dt=request.dt,
                t_sim=request.t_sim,
                seed=request.seed,
                backend=request.simulator,
                device=f"imported ({chosen})",
                populations=source.sizes,
                recorded=source.sizes,
                spikes=writer.counts,
                wall_time_s={},
                versions=source.versions,
                identity=request.identity(path),
            )
            meta = writer.set_meta(meta)
    _name_silent_areas(path, meta)
    return meta


def _nest(path: Path, request: Request) -> _Source:
    table = find_table(path, request.gids, request.network, request.areas)
    recordings = find_recordings(path)

    def read(recording: Recording) -> Iterator[Piece]:
        for step, ids in read_recording(recording, request.dt):
            index, wanted = table.index(ids, recording.path)
            yield step[wanted], index[wanted]

    files: list[_File] = [(recording.path, partial(read, recording)) for recording in recordings]
    versions = {recording.version for recording in recordings if recording.version}
    return _Source(dict(table.sizes), files, {"nest": ", ".join(sorted(versions))} if versions else {}, BYTES_OF_LINE)


def _original(path: Path, request: Request) -> _Source:
    arrays = find_arrays(path)
    table = find_table(path, request.gids, request.network, request.areas)
    missing = [label for label in table.sizes if label not in arrays.files]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise InputError(f"{path}: no array of {missing[0]}{more}, which {table.source} has; leave areas out with --areas")
    for label, file in arrays.files.items():
        if label not in table.all_sizes:
            raise InputError(f"{file}: {table.source} has no population {label}; give the table of the same run")

    def read(label: str) -> Iterator[Piece]:
        for step, ids in read_array(arrays.files[label], genn=arrays.genn, dt=request.dt):
            yield step, _within(table, label, ids, arrays.files[label], arrays.genn)

    files: list[_File] = [(arrays.files[label], partial(read, label)) for label in table.sizes]
    return _Source(dict(table.sizes), files, {}, BYTES_OF_ROW)


def _within(table: IdTable, label: str, ids: NDArray[np.int64], file: Path, genn: bool) -> NDArray[np.uint32]:
    """Give indices in the network to neurons of one population; all numbers must lie in it."""
    first = 0 if genn else table.first[label]
    outside = (ids < first) | (ids >= first + table.sizes[label])
    if outside.any():
        raise InputError(
            f"{file}: neuron {ids[outside][0]} is none of {label}, which has the numbers {first} to {first + table.sizes[label] - 1} "
            f"in {table.source}; give the table of the same run"
        )
    return (ids - first + table.offset[label]).astype(np.uint32)


def _copy(path: Path, out: Path, request: Request) -> SpikeMeta:
    """Take a spike data set of procortex, up to the wanted time, under another simulator's name."""
    meta = read_meta(path)
    if request.t_sim > meta.t_sim + meta.dt / 2:
        raise InputError(f"{path}: was simulated for {meta.t_sim:g} ms, {request.t_sim:g} ms are asked for; make both equally long")
    identity = request.identity(path)
    request = replace(request, dt=meta.dt)
    _check_time(request)
    areas = list(dict.fromkeys(split_label(label)[0] for label in meta.populations))
    for area in request.areas or ():
        if area not in areas:
            raise InputError(f"--areas: {path} has no area {area}, expected some of {', '.join(areas)}")
    kept = [area for area in areas if request.areas is None or area in request.areas]
    sizes = {label: number for label, number in meta.populations.items() if split_label(label)[0] in kept}
    starts = dict(zip(sizes, np.concatenate([[0], np.cumsum(list(sizes.values()))]), strict=False))
    place = spike_data_set(out, sizes, identity, overwrite=request.overwrite)
    with place as writer, Progress("copy", len(kept), "areas") as progress:
        for area in kept:  # each area has its own file, and its spikes are in order already
            first = np.array([starts.get(f"{area}-{name}", 0) for name in LAYER_POPULATIONS], dtype=np.uint32)
            for layer, neuron, step in iterate_spikes(path, area):
                inside = step <= request.n_steps
                writer.append(step[inside], first[layer[inside]] + neuron[inside])
            progress.update(1)
        if not any(writer.counts.values()) and not request.may_fall_silent:
            raise _silent(path, request)
        copied = replace(
            meta,
            t_sim=request.t_sim,
            backend=request.simulator,
            device=f"imported ({meta.backend}, {meta.device})",
            populations=sizes,
            recorded={label: meta.recorded[label] for label in sizes},
            spikes=writer.counts,
            wall_time_s={},
            identity=identity,
        )
        return writer.set_meta(copied)


def _check_time(request: Request) -> None:
    if not (np.isfinite(request.dt) and request.dt > 0):
        raise InputError(f"--dt: is {request.dt:g} ms, expected the simulation's resolution, greater than 0")
    countable = request.t_sim > 0 and np.isfinite(request.t_sim / request.dt)
    if not countable or abs(request.n_steps * request.dt - request.t_sim) > 1e-6 * request.dt:
        raise InputError(f"--t-sim: is {request.t_sim:g} ms, expected a positive multiple of dt ({request.dt:g} ms)")
    if request.n_steps >= 2**31:
        raise InputError(f"--t-sim: {request.t_sim:g} ms are {request.n_steps} steps; at most {2**31 - 1} fit the spike files")


def _check_end(path: Path, ordering: Ordering, request: Request) -> None:
    """Refuse what is shorter than said, or without a spike; say how much is longer."""
    if not ordering.taken and ordering.too_late:
        raise InputError(f"{path}: all {ordering.too_late:,} spikes are after --t-sim {request.t_sim:g} ms; give the simulated time")
    if not ordering.taken and not request.may_fall_silent:
        raise _silent(path, request)
    if ordering.too_late:
        print(f"{path}: {ordering.too_late:,} spikes after --t-sim {request.t_sim:g} ms left out", file=sys.stderr)
    elif ordering.taken >= ENOUGH_SPIKES and ordering.last_step < (1 - SILENCE) * request.n_steps and not request.may_fall_silent:
        raise InputError(
            f"{path}: the last of {ordering.taken:,} spikes is at {ordering.last_step * request.dt:g} ms although --t-sim says "
            f"{request.t_sim:g} ms; give the simulated time, or --may-fall-silent"
        )


def _silent(path: Path, request: Request) -> InputError:
    """Refuse a run without a spike: recorders were not connected, it ended at once, or another folder is meant."""
    of = f" of {', '.join(request.areas)}" if request.areas else ""
    return InputError(f"{path}: not one spike{of} here; expected the recordings of a run, or --may-fall-silent if its network was silent")


def _name_silent_areas(path: Path, meta: SpikeMeta) -> None:
    """Say which areas have no spike although others have: they may not have been recorded, and their rates would be 0."""
    counts: dict[str, int] = {}
    for label, count in meta.spikes.items():
        counts[split_label(label)[0]] = counts.get(split_label(label)[0], 0) + count
    silent = [area for area, count in counts.items() if not count]
    if silent and len(silent) < len(counts):
        print(f"{path}: not one spike of {', '.join(silent)}; if they were not recorded, leave them out with --areas", file=sys.stderr)


def _check_distinct(path: Path, step: NDArray[np.int32], index: NDArray[np.uint32], sizes: dict[str, int], dt: float) -> None:
    """Refuse a neuron that spikes twice in a step: the recordings hold two runs, or one of them twice."""
    twice = np.flatnonzero((np.diff(step) == 0) & (np.diff(index.astype(np.int64)) == 0))
    if len(twice):
        ends = np.cumsum(list(sizes.values()))
        place = int(np.searchsorted(ends, index[twice[0]], side="right"))
        label = list(sizes)[place]
        neuron = int(index[twice[0]]) - int(ends[place]) + sizes[label]
        raise InputError(
            f"{path}: neuron {neuron} of {label} spikes twice at {step[twice[0]] * dt:g} ms; "
            "expected the files of one run and one recorder for each neuron"
        )
