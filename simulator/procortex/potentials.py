"""Membrane potentials and synaptic currents of chosen neurons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.backends.base import Watch
from procortex.utilities.errors import InputError

MOST_VALUES = 500_000_000
"""Values that a simulation may note of each kind: they stay in memory until its end."""


@dataclass(frozen=True)
class Watched:
    """Neurons to note: the first so many of some populations."""

    labels: tuple[str, ...]
    index: tuple[int, ...]
    watch: Watch

    @classmethod
    def of(
        cls, populations: Mapping[str, int], chosen: tuple[str, ...] | None, neurons: int, interval: float, dt: float, n_steps: int
    ) -> Watched:
        """Choose the first `neurons` neurons of populations (all populations if None), noted every `interval` ms.

        Raises
        ------
        InputError
            If a label names no population, the interval is no multiple of `dt`, or there are too many values.
        """
        unknown = [label for label in chosen or () if label not in populations]
        if unknown:
            raise InputError(
                f"--potentials-of: no population {', '.join(unknown)} in this network; expected labels such as {next(iter(populations))}"
            )
        every = round(interval / dt)
        if not 1 <= every <= n_steps or abs(every * dt - interval) > 1e-6 * dt:
            raise InputError(
                f"--potentials-interval {interval:g}: expected a positive multiple of dt ({dt:g} ms) "
                f"up to the simulated {n_steps * dt:g} ms"
            )
        first = np.cumsum([0, *populations.values()])
        places = [
            (label, index, int(begin) + index)
            for (label, size), begin in zip(populations.items(), first, strict=False)
            if chosen is None or label in chosen
            for index in range(min(neurons, size))
        ]
        if not places or len(places) * (n_steps // every) > MOST_VALUES:
            raise InputError(
                f"--potentials: {len(places)} neurons, {n_steps // every} times each; expected 1 to {MOST_VALUES:g} values: "
                "choose populations, fewer neurons or a longer interval"
            )
        labels, indices, neuron = zip(*places, strict=True)
        return cls(labels, indices, Watch(neuron, every))


@dataclass
class PotentialRecorder:
    """Collect what a simulation notes."""

    watched: Watched
    _pieces: list[NDArray[np.float32]] = field(default_factory=list)
    _taken: int = 0

    def append(self, potentials: NDArray[np.float64], currents: NDArray[np.float64]) -> None:
        """Add the notes of a piece, each (notes, neurons)."""
        self._pieces.append(np.stack([potentials, currents]).astype(np.float32))

    def take(self) -> dict[str, NDArray[np.float32]]:
        """Give the notes since the last call."""
        new, self._taken = self._pieces[self._taken :], len(self._pieces)
        return {"potentials": np.concatenate(new, axis=1)} if new else {}

    def put_back(self, part: Mapping[str, NDArray[np.float32]]) -> None:
        """Take up what `take` gave in an earlier attempt; parts in their order."""
        if "potentials" in part:
            self._pieces.append(part["potentials"])
            self._taken = len(self._pieces)

    def dataset(self, attributes: Mapping[str, str | int | float], dt: float) -> xr.Dataset:
        """Potentials file (`procortex.formats.potentials`)."""
        V_m, I_syn = np.concatenate(self._pieces, axis=1)
        interval = self.watched.watch.every * dt
        return xr.Dataset(
            {
                "V_m": (("neuron", "time"), V_m.T),
                "I_syn": (("neuron", "time"), I_syn.T),
                "index": ("neuron", np.array(self.watched.index, dtype=np.int64)),
            },
            coords={"population": ("neuron", list(self.watched.labels)), "time": (np.arange(len(V_m)) + 1) * interval},
            attrs={**attributes, "interval": interval},
        )
