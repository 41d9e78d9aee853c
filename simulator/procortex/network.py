"""A network as a user meets it: open a file, look at it, change its drive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from procortex.formats.network import labels_of, read_network
from procortex.poisson import poisson_thresholds
from procortex.utilities.errors import InputError

if TYPE_CHECKING:
    from procortex.backends.base import Precision

MOST_CURRENT = 1e6
"""Constant current (pA) beyond that of any experiment."""


@dataclass(frozen=True)
class Network:
    """A network of populations, with everything that its simulation needs.

    Attributes
    ----------
    dataset
        Variables and attributes as `procortex.formats.network` describes them.
    path
        File that it was read from; None for one that was changed since.
    """

    dataset: xr.Dataset
    path: Path | None = None

    @classmethod
    def open(cls, path: str | Path) -> Network:
        """Read a network file and check it.

        Raises
        ------
        InputError
            With one line for each thing that is wrong with the file.
        """
        return cls(read_network(Path(path)), Path(path))

    @cached_property
    def populations(self) -> Mapping[str, int]:
        """Number of neurons of each population, by label, in the order of neurons."""
        return dict(zip(labels_of(self.dataset), self.dataset["neurons"].to_numpy().tolist(), strict=True))

    @property
    def dt(self) -> float:
        """Time step (ms)."""
        return float(self.dataset.attrs["dt"])

    @property
    def n_neurons(self) -> int:
        """Number of neurons."""
        return sum(self.populations.values())

    @property
    def n_synapses(self) -> int:
        """Number of synapses."""
        return int(self.dataset["synapses"].sum())

    def __repr__(self) -> str:
        return (
            f"<Network: {len(self.populations)} populations, {self.n_neurons:,} neurons, {self.n_synapses:,} synapses, dt {self.dt:g} ms>"
        )

    def plan(self, precision: Precision = "float32", memory_bytes: int | None = None, rates: Sequence[float] = (3.0, 14.0)) -> str:
        """Describe what a simulation needs: memory by purpose, the smallest GPU, synaptic events.

        Parameters
        ----------
        precision
            Of the neuron state.
        memory_bytes
            Memory to stay within on the GPU (all if None).
        rates
            Mean firing rates to assume (spikes/s).
        """
        from procortex.needs import plan
        from procortex.tables import network_tables

        return plan(network_tables(self.dataset), precision, memory_bytes, rates)

    def with_current(self, population: str, current: float) -> Network:
        """Give a copy in which a population receives another constant current.

        Parameters
        ----------
        population
            Label.
        current
            In pA. It takes the place of the file's constant current, not of currents over time.

        Raises
        ------
        InputError
            If there is no such population, or the current is no number that makes sense.
        """
        place = self._place(population)
        if not abs(current) <= MOST_CURRENT:
            raise InputError(f"{population}: a current of {current:g} pA, expected one between {-MOST_CURRENT:g} and {MOST_CURRENT:g}")
        currents = self.dataset["dc"].to_numpy().astype(np.float64)
        currents[place] = current
        return Network(self.dataset.assign(dc=("population", currents, self.dataset["dc"].attrs)))

    def with_poisson_rate(self, population: str, rate: float, stream: int = 0) -> Network:
        """Give a copy in which a Poisson stream onto a population has another rate.

        Parameters
        ----------
        population
            Label.
        rate
            Rate of all that arrives at one neuron (spikes/s).
        stream
            Number of the stream among those of the population, from 0, in the order of the file.

        Raises
        ------
        InputError
            If there is no such population or stream, or the rate is no rate.
        """
        d, place = self.dataset, self._place(population)
        rows = np.flatnonzero(d["stream_target"].to_numpy() == place)
        if not 0 <= stream < len(rows):
            expected = f"0 to {len(rows) - 1}" if len(rows) else "no number, as it has none"
            raise InputError(f"{population}: there is no Poisson stream {stream}, expected {expected}")
        if not 0 <= rate < np.inf:
            raise InputError(f"{population}: a rate of {rate:g} spikes/s, expected 0 or more")
        rates = d["stream_rate"].to_numpy().astype(np.float64)
        rates[rows[stream]] = rate
        thresholds = ("stream", "k"), poisson_thresholds(rates * self.dt * 1e-3), d["stream_threshold"].attrs
        changed = d.drop_vars("stream_threshold").assign(stream_rate=("stream", rates, d["stream_rate"].attrs), stream_threshold=thresholds)
        return Network(changed)

    def _place(self, population: str) -> int:
        labels = list(self.populations)
        if population not in labels:
            shown = ", ".join(labels[:8]) + ", ..." * (len(labels) > 8)
            raise InputError(f"there is no population {population!r}, expected one of {shown}")
        return labels.index(population)
