"""Stimuli on top of the background: currents and Poisson spikes to chosen populations, for some time or for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from pydantic import model_validator

from model.configuration.fields import Number, Section, is_multiple, parameter
from model.configuration.populations import POPULATIONS_EXPECTED, Populations, chosen_labels, population_findings
from procortex.formats.network import NEVER_ENDS

MOST_STIMULI = 1000
"""Stimuli of one kind: each has a column of its own in the tables of all populations."""


class Stimulus(Section):
    """What all stimuli have: a target and a window of time."""

    populations: Populations = parameter(..., "Which populations get it, each neuron of them.", expected=POPULATIONS_EXPECTED)
    start: Number | None = parameter(None, "Onset, a multiple of `dt`; null is the start of the simulation.", "ms", ge=0)
    stop: Number | None = parameter(None, "End, a multiple of `dt`; null is never.", "ms", gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.stop is not None and self.stop <= (self.start or 0.0):
            raise ValueError(f"stop: is {self.stop:g} ms, expected more than start ({self.start or 0:g} ms)")
        return self

    @property
    def is_stationary(self) -> bool:
        """Whether it is there from the start of the simulation and never ends."""
        return not self.start and self.stop is None

    def targets(self, areas: Iterable[str]) -> list[str]:
        """Labels of the populations of some areas that get it, in model order."""
        return chosen_labels(self.populations, areas)


class DcStimulus(Stimulus):
    """A direct current into every neuron of the chosen populations."""

    amplitude: Number = parameter(..., "Current.", "pA", ge=-1e9, le=1e9)


class PoissonStimulus(Stimulus):
    """Poisson spikes from afferents that no two neurons share."""

    rate: Number = parameter(..., "Rate of one afferent.", "spikes/s", ge=0, le=1_000_000)
    indegree: Number = parameter(..., "Afferents of each neuron.", ge=0, le=1_000_000)
    PSP: Number = parameter(0.15, "Postsynaptic potential of one of their spikes.", "mV", ge=-10_000, le=10_000)


def stimulus_findings(key: str, stimuli: Sequence[Stimulus], areas: Sequence[str], dt: float) -> list[str]:
    """Name every stimulus that goes to what is not simulated, or begins or ends between two steps.

    Parameters
    ----------
    key
        Path of the stimuli in the configuration, for messages.
    stimuli
        What stands there.
    areas
        The simulated areas.
    dt
        Time step (ms).
    """
    if len(stimuli) > MOST_STIMULI:
        return [f"{key}: holds {len(stimuli):,} stimuli, expected at most {MOST_STIMULI:,}"]
    findings = []
    for place, stimulus in enumerate(stimuli):
        where = f"{key}[{place}]"
        findings += population_findings(f"{where}.populations", stimulus.populations, areas)
        for name, time in (("start", stimulus.start), ("stop", stimulus.stop)):
            if time is not None and time / dt >= NEVER_ENDS - 1:
                findings.append(f"{where}.{name}: is {time:g} ms, expected less than {(NEVER_ENDS - 1) * dt:.6g} ms (2**31 steps of dt)")
            elif time is not None and not is_multiple(time, dt):
                findings.append(f"{where}.{name}: is {time:g} ms, expected a multiple of dt ({dt:g} ms)")
    return findings
