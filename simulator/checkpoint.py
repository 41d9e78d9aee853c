"""What an unfinished simulation keeps beside its output, so that a repeated command goes on where it stopped.

A checkpoint is small: the state of the neurons, and the spikes of the last steps, from which a procedural backend regenerates the
events that are still on their way. Spikes until then lie in finished parts. Checkpoints are made at whole multiples of an interval of
biological time, where parts end, too: a simulation that was stopped and one that was not write the same bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from contracts.atomic import durable_file, make_public
from contracts.errors import InputError
from simulator.backends.base import NeuronState

STATE, LOCK = "checkpoint.npz", "lock"


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
    totals
        What adds up over attempts: wall-clock seconds by phase (``wall_time_s``), ``events``, ``energy_J``, and the ``attempts``.
    """

    step: int
    part: int
    state: NeuronState
    steps: NDArray[np.int32]
    neurons: NDArray[np.uint32]
    counts: NDArray[np.int64]
    totals: Mapping[str, Any]


class Workspace:
    """The folder ``OUT.unfinished`` beside the output.

    Parameters
    ----------
    out
        Where the whole output will lie.
    identity
        All that decides the spikes and the files; a folder of another identity is no beginning of this simulation and is cleared.
    """

    def __init__(self, out: Path, identity: Mapping[str, Any]) -> None:
        self._out = out
        self.folder = out.with_name(f"{out.name}.unfinished")
        self._identity = json.dumps(dict(identity), sort_keys=True)

    @classmethod
    def discard(cls, out: Path) -> None:
        """Remove what an unfinished simulation left that nobody will take up: its output has been made by another one."""
        shutil.rmtree(cls(out, {}).folder, ignore_errors=True)

    @contextmanager
    def open(self) -> Iterator[Checkpoint | None]:
        """Lock the folder and give the last checkpoint in it; without a checkpoint at the end the folder vanishes.

        Raises
        ------
        InputError
            If another process works on the same output.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(f"{self._out}: another simulation is writing it; wait for it, or give another --out") from None
            try:
                checkpoint = self._load()
                if checkpoint is None:
                    self._clear()
                yield checkpoint
            finally:
                if self.folder.is_dir() and not (self.folder / STATE).is_file():
                    shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def output(self) -> Iterator[Path]:
        """Give the folder to write in; it becomes the output when the block ends well."""
        yield self.folder
        for name in (STATE, LOCK, *(path.name for path in self.folder.glob("extra-*.npz"))):
            (self.folder / name).unlink(missing_ok=True)
        make_public(self.folder)
        if self._out.is_dir():
            shutil.rmtree(self._out)
        self.folder.replace(self._out)

    def save(self, checkpoint: Checkpoint, extra: Mapping[str, NDArray[Any]]) -> None:
        """Write a checkpoint over the last one; `extra` are records of the part that ends here. All are on the disk before it counts."""
        if extra:
            with durable_file(self.folder / f"extra-{checkpoint.part - 1:04d}.npz") as temporary, temporary.open("wb") as file:
                np.savez(file, allow_pickle=False, **extra)
        state = checkpoint.state
        arrays = {"v": state.v, "i": state.i, "refractory": state.refractory}
        arrays |= {"steps": checkpoint.steps, "neurons": checkpoint.neurons, "counts": checkpoint.counts}
        numbers = {"step": checkpoint.step, "part": checkpoint.part, "totals": dict(checkpoint.totals), "identity": self._identity}
        with durable_file(self.folder / STATE) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, numbers=np.array(json.dumps(numbers)), **arrays)

    def extras(self, parts: int) -> list[dict[str, NDArray[Any]]]:
        """Read the records of the first parts, as they were given to `save`."""
        found = []
        for part in range(parts):
            with np.load(self.folder / f"extra-{part:04d}.npz") as stored:
                found.append(dict(stored))
        return found

    def _load(self) -> Checkpoint | None:
        try:
            with np.load(self.folder / STATE) as stored:
                arrays = dict(stored)
        except (OSError, ValueError, EOFError, BadZipFile):  # none, or damaged: the simulation begins anew
            return None
        numbers = json.loads(str(arrays.pop("numbers")))
        if numbers["identity"] != self._identity:
            return None
        state = NeuronState(arrays["v"], arrays["i"], arrays["refractory"])
        for part in self.folder.glob("area=*/part-*.parquet"):  # begun after the checkpoint
            if int(part.stem.removeprefix("part-")) >= numbers["part"]:
                part.unlink()
        return Checkpoint(numbers["step"], numbers["part"], state, arrays["steps"], arrays["neurons"], arrays["counts"], numbers["totals"])

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()


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
