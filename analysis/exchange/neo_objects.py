"""Spikes as Neo objects, for Elephant and for users' own analyses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.statistics.definitions import Window
from analysis.statistics.trains import Trains


def neo_trains(trains: Trains, neurons: Iterable[int], window: Window, shift: float = 0.0, t_stop: float | None = None) -> list[Any]:
    """Neo spike trains (ms) of some neurons.

    Parameters
    ----------
    trains
        Spikes by neuron.
    neurons
        Neurons to convert, one Neo object each (about 0.1 ms of time: meant for subsamples).
    window
        Window of the Neo trains, within that of `trains`.
    shift
        Steps added to each time: 0.5 places spikes in the middle of their step.
    t_stop
        End of the Neo trains (ms), where it is not the window's: a spike may lie on the last step of a simulation.

    Returns
    -------
    list of neo.SpikeTrain
        In the order of `neurons`.
    """
    import neo
    import quantities as pq

    t_start = window.first_step * window.dt
    t_stop = window.end_step * window.dt if t_stop is None else t_stop
    converted = []
    for neuron in neurons:
        steps = trains.step[trains.starts[neuron] : trains.starts[neuron + 1]]
        steps = steps[(steps >= window.first_step) & (steps < window.end_step)]
        converted.append(neo.SpikeTrain((steps + shift) * window.dt, units=pq.ms, t_start=t_start, t_stop=t_stop))
    return converted
