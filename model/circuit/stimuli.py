"""Stimuli of the configuration as numbers: what every population gets, from which step until before which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from contracts.network import ALWAYS, NEVER_ENDS
from model.circuit.circuit import Mask, Vector
from model.circuit.weights import psc_per_psp
from model.configuration import Parameters
from model.configuration.stimuli import Stimulus


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


def pulses(labels: tuple[str, ...], parameters: Parameters) -> list[Pulse]:
    """Give the direct currents of the stimuli, for the n populations of these labels."""
    return [
        Pulse(stimulus.amplitude * _chosen(labels, stimulus, parameters), _window(stimulus, parameters.sim_params.dt))
        for stimulus in parameters.input_params.dc_stimuli
    ]


def streams(labels: tuple[str, ...], parameters: Parameters) -> list[Stream]:
    """Give the Poisson input of the stimuli, for the n populations of these labels.

    In a down-scaled network they are what they are at full scale: mean and variance of their input add up to those of all other input,
    which scaling keeps.
    """
    neuron = parameters.neuron_params
    per_psp = psc_per_psp(neuron.C_m, neuron.tau_m, neuron.tau_syn_ex)
    return [
        Stream(
            stimulus.rate * stimulus.indegree * _chosen(labels, stimulus, parameters),
            stimulus.PSP * per_psp,
            _window(stimulus, parameters.sim_params.dt),
        )
        for stimulus in parameters.input_params.poisson_stimuli
    ]


def _chosen(labels: tuple[str, ...], stimulus: Stimulus, parameters: Parameters) -> Vector:
    return np.isin(labels, stimulus.targets(parameters.sim_params.areas_simulated)).astype(np.float64)


def _window(stimulus: Stimulus, dt: float) -> Window:
    start = round(stimulus.start / dt) + 1 if stimulus.start else ALWAYS
    return Window(start, NEVER_ENDS if stimulus.stop is None else round(stimulus.stop / dt) + 1)
