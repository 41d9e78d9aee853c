"""The way of one simulation through its steps: pieces, records, checkpoints."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from procortex.backends.base import Engine, Resumable
from procortex.checkpoint import Checkpoint, Checkpoints, RecentSpikes
from procortex.counts import CountRecorder
from procortex.formats.spike_writer import SpikeWriter
from procortex.potentials import PotentialRecorder
from procortex.recording import BackgroundWriter, Recording
from procortex.usage import NOTHING, Usage
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress


@dataclass(frozen=True)
class Records:
    """Where a simulation's spikes, counts and potentials go."""

    writer: SpikeWriter
    recording: Recording
    counts: CountRecorder | None
    potentials: PotentialRecorder | None

    def put_back(self, part: Mapping[str, Any]) -> None:
        """Take up the counts and potentials of a part that an earlier attempt has finished."""
        if self.counts:
            self.counts.put_back(part)
        if self.potentials:
            self.potentials.put_back(part)


class Course:
    """The way of one simulation through its steps."""

    def __init__(
        self, simulation: Engine, records: Records, checkpoints: Checkpoints | None, n_steps: int, part_steps: int, dt: float, name: str
    ) -> None:
        self._simulation, self._records, self._checkpoints = simulation, records, checkpoints
        self._n_steps, self._part_steps, self._dt, self._name = n_steps, part_steps, dt, name
        self._start_s = self._advance_s = 0.0
        self._kept = 0
        self._extras: tuple[str, ...] = ()
        self._before: Mapping[str, Any] = {"wall_time_s": {}, "events": 0, "energy_J": 0.0, "attempts": 0, **NOTHING}

    def go(self, checkpoint: Checkpoint | None) -> dict[str, Any]:
        """Simulate to the end; give the totals over all attempts."""
        simulation, step = self._simulation, 0
        recent = RecentSpikes(simulation.longest_delay) if isinstance(simulation, Resumable) else None
        if checkpoint and self._checkpoints and isinstance(simulation, Resumable) and recent:
            step, self._before, self._extras = checkpoint.step, checkpoint.totals, checkpoint.extras
            if len(checkpoint.steps) and checkpoint.steps[0] <= step - simulation.longest_delay:
                where = self._checkpoints.folder
                raise InputError(f"{where}: its checkpoint does not fit the network's delays; remove it to simulate from the start")
            simulation.restore(checkpoint.state, step, checkpoint.steps, checkpoint.neurons)
            recent.append(step, checkpoint.steps, checkpoint.neurons)
            for part in self._checkpoints.extras(checkpoint) if self._extra else []:
                self._records.put_back(part)
            print(f"goes on from the checkpoint at {step * self._dt:g} ms", file=sys.stderr, flush=True)
        self._kept = step
        self._start_s, self._usage = time.perf_counter(), Usage()
        try:
            with (
                BackgroundWriter(self._records.writer, self._records.recording, self._records.counts) as record,
                Progress(f"simulate ({self._name})", self._n_steps * self._dt, "ms", step * self._dt) as progress,
            ):
                while step < self._n_steps:
                    step = self._advance(step, record, recent, progress)
                    if self._checkpoints and step % self._part_steps == 0 and step < self._n_steps and recent:
                        self._save(step, record, recent)
        except KeyboardInterrupt:
            if self._kept:
                raise KeyboardInterrupt(f"the same command goes on from {self._kept * self._dt:g} ms") from None
            raise
        return self._totals()

    @property
    def _extra(self) -> bool:
        return bool(self._records.counts or self._records.potentials)

    def _advance(self, step: int, record: BackgroundWriter, recent: RecentSpikes | None, progress: Progress) -> int:
        """Simulate one piece; give the steps done."""
        simulation, dt = self._simulation, self._dt
        chunk = min(max(1, round(simulation.chunk_ms / dt)), self._n_steps - step, self._part_steps - step % self._part_steps)
        before = simulation.events() or 0
        start = time.perf_counter()
        steps, neurons = simulation.advance(chunk)
        self._advance_s += time.perf_counter() - start
        record.append(steps, neurons)
        if recent and self._checkpoints:
            recent.append(step + chunk, steps, neurons)
        if self._records.potentials:
            self._records.potentials.append(*simulation.watched())
        seconds, events = chunk * dt * 1e-3, (simulation.events() or 0) - before
        memory = f"{simulation.device_memory_bytes / 1e9:.1f} GB" if simulation.device_memory_bytes else ""
        parts = [f"{len(steps) / seconds:.3g} spikes/s", f"{events / seconds:.3g} events/s" if events else "", memory]
        progress.update(chunk * dt, "  ".join(part for part in parts if part))
        return step + chunk

    def _save(self, step: int, record: BackgroundWriter, recent: RecentSpikes) -> None:
        """Have the part ended and a checkpoint written, behind the pieces that are on their way; the simulation goes on meanwhile."""
        simulation, records, checkpoints = self._simulation, self._records, self._checkpoints
        if checkpoints is None or not isinstance(simulation, Resumable):
            return
        state, last, totals = simulation.state(), recent.at(step), self._totals()
        potentials = records.potentials.take() if records.potentials else {}

        def write() -> None:
            records.writer.next_part()
            counts = records.counts.take(step) if records.counts else {}
            numbers = np.array(list(records.writer.counts.values()), dtype=np.int64)
            part, parts = step // self._part_steps, dict(records.writer.parts)
            saved = checkpoints.save(Checkpoint(step, part, state, *last, numbers, parts, totals, self._extras), counts | potentials)
            self._extras = saved.extras
            self._kept = step

        held = (state.v, state.i, state.refractory, *last, *potentials.values())
        record.submit(write, sum(values.nbytes for values in held))

    def _totals(self) -> dict[str, Any]:
        before, simulation = self._before, self._simulation
        times = simulation.wall_times() | {"record": time.perf_counter() - self._start_s - self._advance_s}
        events, energy_J = simulation.events(), simulation.energy_J()
        return {
            "wall_time_s": {phase: seconds + before["wall_time_s"].get(phase, 0.0) for phase, seconds in times.items()},
            "events": None if events is None else events + before["events"],
            "energy_J": None if energy_J is None else energy_J + before["energy_J"],
            "attempts": before["attempts"] + 1,
            **self._usage.totals(before),
        }
