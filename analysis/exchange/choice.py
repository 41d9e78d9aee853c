"""Which spikes of a data set go out: areas, layer populations, first neurons, a window of time."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from procortex.formats.populations import LAYER_POPULATIONS, split_label
from procortex.formats.spike_meta import SpikeMeta
from procortex.formats.spikes import iterate_spikes
from procortex.utilities.errors import InputError


@dataclass(frozen=True)
class Choice:
    """A part of a spike data set.

    Attributes
    ----------
    folder, meta
        The data set.
    neurons
        For each chosen population, by label, the number of its first neurons that are chosen.
    first_step, end_step
        Half-open window of time steps. Without an end asked for it includes the last step, whose time stamp is `meta.t_sim`.
    """

    folder: Path
    meta: SpikeMeta
    neurons: Mapping[str, int]
    first_step: int
    end_step: int

    @property
    def t_start(self) -> float:
        """Start of the window (ms)."""
        return self.first_step * self.meta.dt

    @property
    def t_stop(self) -> float:
        """End of the window (ms), at most that of the simulation."""
        return min(self.end_step * self.meta.dt, self.meta.t_sim)

    @property
    def areas(self) -> list[str]:
        """Areas of the chosen populations."""
        return list(dict.fromkeys(split_label(label)[0] for label in self.neurons))

    @property
    def n_trains(self) -> int:
        """Number of chosen neurons."""
        return sum(self.neurons.values())


def choose(
    folder: Path,
    meta: SpikeMeta,
    areas: Sequence[str] | None = None,
    populations: Sequence[str] | None = None,
    t_start: float = 0.0,
    t_stop: float | None = None,
    neurons: int | None = None,
) -> Choice:
    """Check what was asked for against what was recorded.

    Parameters
    ----------
    folder, meta
        Spike data set.
    areas, populations
        Areas and layer populations (``23E``); all recorded ones if None.
    t_start, t_stop
        Window of time stamps (ms), ``t_start <= t < t_stop``; everything after `t_start` if `t_stop` is None.
    neurons
        Largest number of neurons of each population, the first ones by index; all recorded ones if None.

    Raises
    ------
    InputError
        If an area or population was not recorded, or the window is empty.
    """
    recorded = {label: number for label, number in meta.recorded.items() if number > 0}
    known = {
        "--areas": list(dict.fromkeys(split_label(label)[0] for label in recorded)),
        "--populations": [name for name in LAYER_POPULATIONS if any(split_label(label)[1] == name for label in recorded)],
    }
    if not recorded:
        raise InputError(f"{folder}: no population was recorded; run the simulation with recording on")
    for option, asked in (("--areas", areas), ("--populations", populations)):
        for name in asked or ():
            if name not in known[option]:
                near = difflib.get_close_matches(name, known[option], 1, 0.5)
                hint = f"did you mean {near[0]}?" if near else f"expected some of {', '.join(known[option])}"
                raise InputError(f"{option}: {name} was not recorded in {folder}, {hint}")
    if neurons is not None and neurons < 1:
        raise InputError(f"--neurons: is {neurons}, expected at least 1")
    chosen = {
        label: number if neurons is None else min(number, neurons)
        for label, number in recorded.items()
        if (areas is None or split_label(label)[0] in areas) and (populations is None or split_label(label)[1] in populations)
    }
    if not chosen:
        raise InputError(f"{folder}: --areas {' '.join(areas or ())} have none of the populations {' '.join(populations or ())}")
    for option, time in (("--t-start", t_start), ("--t-stop", t_stop)):
        if time is not None and not math.isfinite(time / meta.dt):
            raise InputError(f"{option}: is {time:g} ms, expected a time from 0 to {meta.t_sim:g} ms")
    first, end = round(t_start / meta.dt), meta.n_steps + 1 if t_stop is None else round(t_stop / meta.dt)
    if not 0 <= first < end <= meta.n_steps + 1 or first > meta.n_steps:
        asked_window = f"{t_start:g} to {meta.t_sim if t_stop is None else t_stop:g} ms"
        raise InputError(f"--t-start, --t-stop: {asked_window} is no window of the simulation of {meta.t_sim:g} ms")
    return Choice(folder, meta, chosen, first, end)


def chosen_spikes(choice: Choice, area: str) -> Iterator[tuple[str, NDArray[np.uint32], NDArray[np.int32]]]:
    """Chosen spikes of an area, piece by piece.

    Yields
    ------
    tuple
        Label of a population, neurons and steps of some of its spikes, sorted by (step, neuron) over all pieces of the population.
    """
    limits = [(place, f"{area}-{name}") for place, name in enumerate(LAYER_POPULATIONS) if f"{area}-{name}" in choice.neurons]
    for layer, neuron, step in iterate_spikes(choice.folder, area):
        inside = (step >= choice.first_step) & (step < choice.end_step)
        for place, label in limits:
            mine = inside & (layer == place) & (neuron < choice.neurons[label])
            if mine.any():
                yield label, neuron[mine], step[mine]
