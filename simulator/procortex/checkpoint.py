"""Checkpoints: a simulation that was stopped goes on where the last one was made, and nothing of the outcome changes.

A checkpoint is small: the state of the neurons, and the spikes of the last steps, which are enough to generate the events
that have not arrived yet. Spikes until then are in finished parts. Checkpoints are made at whole multiples of an interval of
biological time, where parts end, too: a simulation that was stopped and one that was not write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from procortex.backends.base import NeuronState
from procortex.formats.spike_folder import CHECKPOINT, EXTRA
from procortex.formats.spike_meta import Part
from procortex.formats.spikes import check_pages, check_parts, part_name
from procortex.utilities.arrays import read_archive
from procortex.utilities.atomic import durable_file
from procortex.utilities.errors import InputError
from procortex.utilities.texts import UnreadableError

UNREADABLE = (
    UnreadableError,
    OSError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    RecursionError,
    BadZipFile,
)
"""What reading a file that is no checkpoint of ours can end with."""

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """A simulation after a step.

    Attributes
    ----------
    step
        Steps done.
    part
        Number of the next part of the spikes.
    state
        Of the neurons.
    steps, neurons
        Spikes of the last steps, as many as the longest delay.
    counts
        Recorded spikes of each population so far.
    parts
        What the finished files of spikes hold.
    totals
        What adds up over attempts: wall-clock seconds by phase (``wall_time_s``), ``events``, ``energy_J``, and the ``attempts``.
    extras
        Digest of the file of further records of each part; empty where there are none.
    """

    step: int
    part: int
    state: NeuronState
    steps: NDArray[np.int32]
    neurons: NDArray[np.uint32]
    counts: NDArray[np.int64]
    parts: Mapping[str, Part]
    totals: Mapping[str, Any]
    extras: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extent:
    """What the checkpoints of one simulation must fit.

    Attributes
    ----------
    n_neurons, n_populations
        Of the network.
    n_steps, part_steps
        Length of the simulation and of a part.
    precision
        Of the neurons' state: ``float32`` or ``float64``.
    extras
        Whether each part has further records.
    identity
        All that decides the spikes and the files.
    """

    n_neurons: int
    n_populations: int
    n_steps: int
    part_steps: int
    precision: str
    extras: bool
    identity: Mapping[str, Any]


class Checkpoints:
    """The checkpoint of one simulation in the folder where it writes.

    Parameters
    ----------
    folder
        As `procortex.formats.spike_folder.SpikeFolder` gives it.
    extent
        Of the simulation.
    """

    def __init__(self, folder: Path, extent: Extent) -> None:
        self.folder = folder
        self._extent = extent

    def save(self, checkpoint: Checkpoint, extra: Arrays) -> Checkpoint:
        """Write a checkpoint over the last one; `extra` are records of the part that ends here. All are on the disk before it counts.

        Returns
        -------
        Checkpoint
            With the digest of `extra`.
        """
        extras = checkpoint.extras
        if extra:
            path = self.folder / EXTRA.format(part=checkpoint.part - 1)
            with durable_file(path) as temporary, temporary.open("wb") as file:
                np.savez(file, allow_pickle=False, **extra)
            extras = (*extras, file_digest(path))
        state = checkpoint.state
        arrays = {"v": state.v, "i": state.i, "refractory": state.refractory}
        arrays |= {"steps": checkpoint.steps, "neurons": checkpoint.neurons, "counts": checkpoint.counts}
        parts = {name: asdict(part) for name, part in checkpoint.parts.items()}
        numbers = {"step": checkpoint.step, "part": checkpoint.part, "parts": parts, "totals": dict(checkpoint.totals), "extras": extras}
        text = json.dumps(numbers)
        digest = np.array(self._digest(text, arrays))
        with durable_file(self.folder / CHECKPOINT) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, numbers=np.array(text), digest=digest, **arrays)
        return Checkpoint(**{**vars(checkpoint), "extras": tuple(extras)})

    def load(self) -> Checkpoint | None:
        """Read the checkpoint; None if there is none.

        Raises
        ------
        InputError
            If it is damaged, does not fit the simulation, or a part that it counts on is missing or changed.
        """
        path = self.folder / CHECKPOINT
        try:
            arrays = read_archive(path)
            text, digest = str(arrays.pop("numbers")), str(arrays.pop("digest"))
            if digest != self._digest(text, arrays):
                raise ValueError("its content is not that of its digest")
            checkpoint = _from_numbers(json.loads(text), arrays)
            finding = self._finding(checkpoint)
        except FileNotFoundError:
            return None
        except UNREADABLE as error:
            raise InputError(f"{path}: is no readable checkpoint ({type(error).__name__}: {error})") from None
        if finding:
            raise InputError(f"{path}: {finding}")
        check_parts(self.folder, checkpoint.parts)
        check_pages(self.folder, checkpoint.parts)
        for part, digest in enumerate(checkpoint.extras):
            if not (extra := self.folder / EXTRA.format(part=part)).is_file() or file_digest(extra) != digest:
                raise InputError(f"{extra}: is missing or changed")
        for file in self.folder.glob("area=*/*"):  # begun after the checkpoint, or no part of this simulation
            if part_name(file) not in checkpoint.parts:
                file.unlink()
        return checkpoint

    def extras(self, checkpoint: Checkpoint) -> list[dict[str, NDArray[Any]]]:
        """Read the records of all finished parts, as they were given to `save`."""
        found = []
        for part in range(len(checkpoint.extras)):
            found.append(read_archive(self.folder / EXTRA.format(part=part)))
        return found

    def _digest(self, text: str, arrays: Arrays) -> str:
        digest = hashlib.sha256(json.dumps(dict(self._extent.identity), sort_keys=True).encode() + text.encode())
        for name, array in sorted(arrays.items()):
            digest.update(f"{name} {array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def _finding(self, c: Checkpoint) -> str | None:
        """Say what does not fit the simulation."""
        e, n = self._extent, self._extent.n_neurons
        refractory, steps, neurons = c.state.refractory, c.steps, c.neurons
        expected = {"v": (c.state.v, (n,), e.precision), "i": (c.state.i, (n,), e.precision), "refractory": (refractory, (n,), "int32")}
        expected |= {"steps": (steps, steps.shape, "int32"), "neurons": (neurons, steps.shape, "uint32")}
        expected |= {"counts": (c.counts, (e.n_populations,), "int64")}
        for name, (array, shape, kind) in expected.items():
            if array.shape != shape or array.ndim != 1 or array.dtype != kind:
                return f"{name} has type {array.dtype} and shape {array.shape}, expected {kind} and {shape}"
        areas = {name.split("/")[0] for name in c.parts}
        if not 0 < c.step < e.n_steps or c.step != c.part * e.part_steps or len(c.parts) != c.part * len(areas):
            return f"is of step {c.step} and {len(c.parts)} files of spikes, which does not fit parts of {e.part_steps} steps"
        if (c.counts < 0).any() or int(c.counts.sum()) != sum(part.rows for part in c.parts.values()):
            return "counts other spikes than its files hold"
        if len(c.extras) != c.part * e.extras:
            return f"has {len(c.extras)} files of further records for {c.part} parts"
        if not _are_totals(c.totals):
            return "holds no times of the earlier attempts"
        if not (np.isfinite(c.state.v).all() and np.isfinite(c.state.i).all() and (refractory >= 0).all()):
            return "holds a state that is not finite"
        order = steps.astype(np.int64) * n + neurons
        if len(steps) and not (steps[0] > 0 and steps[-1] <= c.step and neurons.max() < n and (np.diff(order) > 0).all()):
            return "holds spikes of other steps or neurons than the simulation has"
        return None


def _are_totals(totals: Any) -> bool:
    """Whether these are times and counts of earlier attempts that can be added to."""
    if not isinstance(totals, Mapping) or not isinstance(totals.get("wall_time_s"), Mapping):
        return False
    counted = [totals[name] for name in ("events", "energy_J") if totals.get(name) is not None]
    numbers = [totals.get("attempts"), *totals["wall_time_s"].values(), *counted]
    return all(isinstance(value, int | float) and np.isfinite(value) for value in numbers)


def _from_numbers(numbers: Mapping[str, Any], arrays: Arrays) -> Checkpoint:
    return Checkpoint(
        step=int(numbers["step"]),
        part=int(numbers["part"]),
        state=NeuronState(arrays["v"], arrays["i"], arrays["refractory"]),
        steps=arrays["steps"],
        neurons=arrays["neurons"],
        counts=arrays["counts"],
        parts={str(name): Part(**part) for name, part in numbers["parts"].items()},
        totals=numbers["totals"],
        extras=tuple(numbers["extras"]),
    )


@dataclass
class RecentSpikes:
    """The spikes of the last steps, all neurons'."""

    longest_delay: int
    _pieces: deque[tuple[int, NDArray[np.int32], NDArray[np.uint32]]] = field(default_factory=deque)

    def append(self, last_step: int, steps: NDArray[np.int32], neurons: NDArray[np.uint32]) -> None:
        """Add the spikes of a piece that ends with a step; forget what no event under way can come from."""
        self._pieces.append((last_step, steps, neurons))
        while self._pieces[0][0] <= last_step - max(1, self.longest_delay):
            self._pieces.popleft()

    def at(self, step: int) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
        """Spikes of the `longest_delay` steps until a step, the last one that was added."""
        steps = np.concatenate([steps for _, steps, _ in self._pieces])
        neurons = np.concatenate([neurons for _, _, neurons in self._pieces])
        recent = slice(int(np.searchsorted(steps, step - self.longest_delay, side="right")), None)
        return steps[recent], neurons[recent]


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
