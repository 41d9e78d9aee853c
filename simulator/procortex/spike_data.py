"""Spikes as a user meets them: arrays, pandas, Neo, from a data set on the disk or from a simulation that goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from procortex.formats.populations import split_label
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import read_spikes
from procortex.utilities.errors import InputError

Columns = tuple[NDArray[np.uint32], NDArray[np.int32]]


@dataclass(frozen=True)
class Spikes:
    """Spikes of the recorded populations of a network, in the half-open window from `t_start` to `t_stop`.

    Attributes
    ----------
    recorded
        Number of recorded neurons of each population, by label.
    dt
        Time step (ms); every spike time is a multiple of the time step.
    t_start, t_stop
        Window (ms). A spike at the very end of a simulation belongs to it.
    columns
        Gives neuron and step of each spike of a population, in the order of time.

    Examples
    --------
    >>> import procortex as pc
    >>> spikes = pc.simulate("network.nc", 100.0, backend="cpu", record_first=20)
    >>> spikes.to_pandas("V1-23E").columns.tolist()
    ['population', 'neuron', 'time_ms']
    >>> len(spikes.to_neo("V1-23E", 5))  # needs the extra neo
    5
    """

    recorded: Mapping[str, int]
    dt: float
    t_start: float
    t_stop: float
    columns: Callable[[str], Columns]

    @classmethod
    def open(cls, folder: str | Path) -> Spikes:
        """Open a data set; populations are read when they are asked for.

        Raises
        ------
        InputError
            If the folder holds no readable spikes.
        """
        folder = Path(folder)
        meta = read_meta(folder)

        def columns(label: str) -> Columns:
            area, population = split_label(label)
            frame = read_spikes(folder, area, [population])
            return frame["neuron"].to_numpy(np.uint32), frame["step"].to_numpy(np.int32)

        return cls({label: n for label, n in meta.recorded.items() if n}, meta.dt, 0.0, meta.t_sim, columns)

    def __repr__(self) -> str:
        return (
            f"<Spikes: {sum(self.recorded.values()):,} neurons of {len(self.recorded)} populations, {self.t_start:g} to {self.t_stop:g} ms>"
        )

    def arrays(self, population: str) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
        """Neuron (index within the population) and time (ms) of each spike, in the order of time.

        Raises
        ------
        InputError
            If the population was not recorded.
        """
        self._check(population)
        neuron, step = self.columns(population)
        return neuron, step.astype(np.float64) * self.dt

    def to_pandas(self, *populations: str) -> pd.DataFrame:
        """Spikes of some populations, all if none is named.

        Returns
        -------
        pandas.DataFrame
            Columns population (categorical), neuron, time_ms; population by population, each in the order of time.

        Raises
        ------
        InputError
            If a population was not recorded.
        """
        labels = populations or tuple(self.recorded)
        parts = [self.arrays(label) for label in labels]
        of = pd.Categorical.from_codes(np.repeat(np.arange(len(labels)), [len(times) for _, times in parts]), pd.Index(labels))
        neurons = np.concatenate([neuron for neuron, _ in parts])
        return pd.DataFrame({"population": of, "neuron": neurons, "time_ms": np.concatenate([times for _, times in parts])})

    def rates(self) -> pd.Series[float]:
        """Mean rate of each recorded population (spikes/s)."""
        seconds = (self.t_stop - self.t_start) * 1e-3
        counts = {label: len(self.columns(label)[0]) for label in self.recorded}
        return pd.Series({label: count / self.recorded[label] / seconds for label, count in counts.items()}, name="rate", dtype=float)

    def to_neo(self, population: str, n: int | None = None) -> list[Any]:
        """Neo spike trains (ms) of the first neurons of a population, silent ones included; needs the extra ``neo``.

        Parameters
        ----------
        population
            Label.
        n
            Number of neurons (all that were recorded if None); each train takes about 0.1 ms to make.

        Returns
        -------
        list of neo.SpikeTrain
            Train i is that of neuron i.

        Raises
        ------
        InputError
            If the population or so many neurons were not recorded.
        """
        self._check(population)
        n = self.recorded[population] if n is None else n
        if not 0 < n <= self.recorded[population]:
            raise InputError(f"{self.recorded[population]} neurons of {population} were recorded, {n} were asked for")
        try:
            import neo
            import quantities as pq
        except ImportError:
            raise InputError("Neo is not installed: pip install 'procortex[neo]'") from None
        neuron, time = self.arrays(population)
        order = np.argsort(neuron, kind="stable")
        ends = np.cumsum(np.bincount(neuron, minlength=n))[:n]
        window = {"t_start": self.t_start * pq.ms, "t_stop": (self.t_stop + self.dt / 2) * pq.ms}
        return [neo.SpikeTrain(time[order[a:b]], units=pq.ms, **window) for a, b in zip([0, *ends[:-1]], ends, strict=True)]

    def _check(self, population: str) -> None:
        if population not in self.recorded:
            shown = ", ".join(list(self.recorded)[:8]) + ", ..." * (len(self.recorded) > 8)
            raise InputError(f"no spikes of {population!r} were recorded, expected one of {shown or 'none: nothing was recorded'}")
