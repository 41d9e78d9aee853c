"""A simulation step by step: run, look at the state and the spikes, change the drive, run on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from procortex.backends.base import Engine, Options, Precision, Resumable
from procortex.backends.choose import resolve, set_up
from procortex.checkpoint import RecentSpikes
from procortex.formats.network import check_duration, shared_parameters
from procortex.network import Network
from procortex.recording import Recording
from procortex.run import number_of_steps
from procortex.spike_data import Columns, Spikes
from procortex.threads import number_of_threads
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress

MOST_STEPS = 2**31 - 1


class Simulation:
    """A network that is simulated step by step; use it in a ``with`` statement, or call `close`.

    However a simulation is cut into runs, its spikes are the same. A change of the drive takes effect with the next run; it costs as much
    as setting the network up again.

    Parameters
    ----------
    network
        The network, or the path of its file.
    backend
        ``cpu``, ``cuda``, ``nest``, or ``auto``: a GPU where one works, else the processor.
    seed
        Seed of all random numbers, 1 <= seed < 2**32.
    threads
        Number of threads; 0 for as many as the network is worth.
    precision
        Of the neuron state.
    record_first, record
        Keep the spikes of the first so many neurons of each population (all if None), and of these populations only (all if None); if both
        are None, what the network's file says.
    memory_bytes
        Memory to stay within on the GPU (all that is free if None).

    Raises
    ------
    InputError
        If the backend is not usable here, or the network asks for what it cannot do.

    Attributes
    ----------
    network
        The network as it is now.
    backend
        Name of the backend.

    Examples
    --------
    >>> with Simulation("network.nc", "cpu", seed=1) as simulation:
    ...     before = simulation.run(100.0)
    ...     simulation.set_current("V2-4E", 400.0)
    ...     after = simulation.run(100.0)
    >>> simulation.time
    200.0
    >>> bool(after.rates()["V2-4E"] > 2 * before.rates()["V2-4E"])
    True
    """

    def __init__(
        self,
        network: Network | str | Path,
        backend: str = "auto",
        seed: int = 1,
        threads: int = 0,
        precision: Precision = "float32",
        record_first: int | None = None,
        record: Sequence[str] | None = None,
        memory_bytes: int | None = None,
    ) -> None:
        if not 1 <= seed < 2**32:
            raise InputError(f"seed {seed}: expected a number from 1 to {2**32 - 1}")
        self.network = network if isinstance(network, Network) else Network.open(network)
        self.backend = resolve(backend)
        self._options = Options(
            seed=seed,
            threads=number_of_threads(threads, self.network.dataset, self.backend),
            precision=precision,
            record_first=record_first,
            record_populations=tuple(record) if record is not None else None,
            memory_bytes=memory_bytes,
        )
        self._recording = Recording.of_network(self.network.dataset, record_first, self._options.record_populations)
        self._steps = 0
        self._pieces: list[tuple[NDArray[np.int32], NDArray[np.uint32]]] = []
        self._wall_time_s = 0.0
        self._engine: Engine | None = set_up(self.backend, self.network.dataset, self._options)
        self._recent = RecentSpikes(self._engine.longest_delay) if isinstance(self._engine, Resumable) else None
        self._changed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def time(self) -> float:
        """Biological time so far (ms)."""
        return self._steps * self.network.dt

    @property
    def real_time_factor(self) -> float:
        """Wall-clock time of all runs over biological time; NaN before the first."""
        return self._wall_time_s / (self.time * 1e-3) if self._steps else float("nan")

    def run(self, t: float) -> Spikes:
        """Simulate on.

        Parameters
        ----------
        t
            Biological time (ms), a multiple of the network's time step.

        Returns
        -------
        Spikes
            Those of this run.

        Raises
        ------
        InputError
            If the time is no multiple of the time step, or longer than the network's drive is known.
        """
        dt, start = self.network.dt, self._steps
        n_steps = number_of_steps(t, dt)
        if start + n_steps > MOST_STEPS:
            raise InputError(f"t = {t:g} ms: the simulation would have more than {MOST_STEPS} steps")
        check_duration(self.network.dataset, self.time + t, str(self.network.path or "network"))
        engine = self._ready()
        begun, first = time.perf_counter(), len(self._pieces)
        with Progress(f"simulate ({self.backend})", t, "ms") as progress:
            while (left := start + n_steps - self._steps) > 0:
                chunk = min(max(1, round(engine.chunk_ms / dt)), left)
                steps, neurons = engine.advance(chunk)
                self._steps += chunk
                if self._recent:
                    self._recent.append(self._steps, steps, neurons)
                self._pieces.append(self._recording.select(steps, neurons))
                progress.update(chunk * dt)
        self._wall_time_s += time.perf_counter() - begun
        return self._spikes(first, start * dt)

    @property
    def spikes(self) -> Spikes:
        """All recorded spikes so far."""
        return self._spikes(0, 0.0)

    def state(self) -> pd.DataFrame:
        """State of all neurons at this time.

        Returns
        -------
        pandas.DataFrame
            Columns population (categorical), neuron, V_m (mV), I_syn (pA), refractory (ms left); a row for each neuron.

        Raises
        ------
        InputError
            If the backend keeps its state to itself (NEST).
        """
        engine = self._resumable("its state cannot be read")
        state, sizes = engine.state(), list(self.network.populations.values())
        of = pd.Categorical.from_codes(np.repeat(np.arange(len(sizes)), sizes), pd.Index(list(self.network.populations)))
        return pd.DataFrame(
            {
                "population": of,
                "neuron": np.concatenate([np.arange(size, dtype=np.uint32) for size in sizes]),
                "V_m": state.v + shared_parameters(self.network.dataset)["E_L"],
                "I_syn": state.i,
                "refractory": state.refractory * self.network.dt,
            }
        )

    def set_current(self, population: str, current: float) -> None:
        """Change the constant current (pA) into a population from the next step on; see `Network.with_current`."""
        self._change(self.network.with_current(population, current))

    def set_poisson_rate(self, population: str, rate: float, stream: int = 0) -> None:
        """Change the rate (spikes/s) of a Poisson stream from the next step on; see `Network.with_poisson_rate`."""
        self._change(self.network.with_poisson_rate(population, rate, stream))

    def close(self) -> None:
        """Release the memory of the backend; spikes stay."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _change(self, network: Network) -> None:
        self._resumable("its drive cannot be changed")
        self.network, self._changed = network, True

    def _resumable(self, otherwise: str) -> Resumable:
        if self._engine is None:
            raise InputError("the simulation is closed")
        if not isinstance(self._engine, Resumable):
            raise InputError(f"the {self.backend} backend runs to its end: {otherwise}; use cpu or cuda")
        return self._engine

    def _ready(self) -> Engine:
        """Give the backend, set up again where the drive has changed since."""
        if self._engine is None:
            raise InputError("the simulation is closed")
        if not (self._changed and self._recent):
            return self._engine
        state = self._resumable("").state()
        self.close()
        engine = self._engine = set_up(self.backend, self.network.dataset, self._options)
        if self._steps and isinstance(engine, Resumable):
            engine.restore(state, self._steps, *self._recent.at(self._steps))
        self._changed = False
        return engine

    def _spikes(self, first_piece: int, t_start: float) -> Spikes:
        pieces = self._pieces[first_piece:]
        steps = np.concatenate([steps for steps, _ in pieces]) if pieces else np.empty(0, np.int32)
        neurons = np.concatenate([neurons for _, neurons in pieces]) if pieces else np.empty(0, np.uint32)
        labels = list(self.network.populations)
        ends = np.cumsum(list(self.network.populations.values()))

        def columns(label: str) -> Columns:
            place = labels.index(label)
            begin = int(ends[place - 1]) if place else 0
            mine = (neurons >= begin) & (neurons < ends[place])
            return neurons[mine] - np.uint32(begin), steps[mine]

        recorded = {label: int(count) for label, count in zip(labels, self._recording.count, strict=True) if count}
        return Spikes(recorded, self.network.dt, t_start, self.time, columns)
