"""Stimuli of the configuration as numbers: what every population gets, from which step until before which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.configuration import Parameters
from model.configuration.stimuli import Stimulus
from model.network.circuit import Mask, Vector
from model.network.weights import psc_per_psp
from procortex.formats.network import ALWAYS, NEVER_ENDS


@dataclass(frozen=True)
class Window:
    """Steps from `start` until before `stop`; the first step of a simulation is 1.

    A step is the time up to its number times dt: what begins at 700 ms acts in the step that begins there, whose end is its number.
    """

    start: int
    stop: int

    @property
    def is_stationary(self) -> bool:
        """Whether it is all of a simulation, however long."""
        return self.start <= ALWAYS and self.stop >= NEVER_ENDS


@dataclass(frozen=True)
class Pulse:
    """A current into every neuron: (n,) pA."""

    current: Vector
    window: Window

    def of(self, targets: Mask) -> Pulse:
        """Leave what some of the populations get of it, mask of shape (n,)."""
        return Pulse(self.current[targets], self.window)


@dataclass(frozen=True)
class Stream:
    """Poisson spikes into every neuron: (n,) spikes/s, summed over afferents, and the weight of one (pA)."""

    rate: Vector
    weight: float
    window: Window


def pulses(labels: tuple[str, ...], parameters: Parameters, K_scaling: float = 1.0) -> list[Pulse]:
    """Give the direct currents of the stimuli, for the n populations of these labels.

    With a fraction `K_scaling` of the afferents, the mean that `streams` lacks is among them.
    """
    direct = [
        Pulse(stimulus.amplitude * _chosen(labels, stimulus, parameters), _window(stimulus, parameters.sim_params.dt))
        for stimulus in parameters.input_params.dc_stimuli
    ]
    if K_scaling == 1:
        return direct
    charge = (1 - np.sqrt(K_scaling)) * 1e-3 * parameters.neuron_params.tau_syn_ex
    return direct + [Pulse(charge * stream.weight * stream.rate, stream.window) for stream in streams(labels, parameters)]


def streams(labels: tuple[str, ...], parameters: Parameters, K_scaling: float = 1.0) -> list[Stream]:
    """Give the Poisson input of the stimuli, for the n populations of these labels.

    Of a down-scaled network they have the fraction `K_scaling` of the afferents, like all other input, and weights that are
    ``1 / sqrt(K_scaling)`` times as large; with the current of `pulses` mean and variance are those at full scale. Streams of the
    network's own weight need no finer unit of the weights, and merge with the background.
    """
    neuron = parameters.neuron_params
    per_psp = psc_per_psp(neuron.C_m, neuron.tau_m, neuron.tau_syn_ex)
    return [
        Stream(
            K_scaling * stimulus.rate * stimulus.indegree * _chosen(labels, stimulus, parameters),
            float(stimulus.PSP * per_psp / np.sqrt(K_scaling)),  # in the order of operations of the background's weight
            _window(stimulus, parameters.sim_params.dt),
        )
        for stimulus in parameters.input_params.poisson_stimuli
    ]


def _chosen(labels: tuple[str, ...], stimulus: Stimulus, parameters: Parameters) -> Vector:
    return np.isin(labels, stimulus.targets(parameters.sim_params.areas_simulated)).astype(np.float64)


def _window(stimulus: Stimulus, dt: float) -> Window:
    start = round(stimulus.start / dt) + 1 if stimulus.start else ALWAYS
    return Window(start, NEVER_ENDS if stimulus.stop is None else round(stimulus.stop / dt) + 1)
