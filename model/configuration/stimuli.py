"""Stimuli on top of the background: currents and Poisson spikes to chosen populations, for some time or for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Self

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from contracts.network import NEVER_ENDS
from contracts.populations import AREAS, LAYER_POPULATIONS, population_labels, split_label
from model.configuration.fields import Number, Section, is_multiple, listed, nearest, parameter

LABELS = population_labels()
POPULATIONS_EXPECTED = "a list of areas (V1), populations (V1-4E) or layer populations (4E, in all simulated areas)"


def _populations(value: object) -> object:
    names = listed(value)
    known = {*AREAS, *LAYER_POPULATIONS, *LABELS}
    findings = []
    for name in dict.fromkeys(names):
        if name not in known:
            area, layer = split_label(name)
            near = nearest(name, known)
            hint = f"area {area} has no {layer}" if area in AREAS and layer in LAYER_POPULATIONS else f"did you mean {near!r}?"
            findings.append(f"unknown population {name!r}, {hint if near else f'expected {POPULATIONS_EXPECTED}'}")
        if names.count(name) > 1:
            findings.append(f"{name!r} stands {names.count(name)} times, expected once")
    if not names:
        findings.append(f"is empty, expected {POPULATIONS_EXPECTED}")
    if findings:
        raise ValueError("; ".join(findings))
    return tuple(names)


def _pattern() -> str:
    areas, layers = "|".join(AREAS), "|".join(LAYER_POPULATIONS)
    return f"^(({areas})(-({layers}))?|{layers})$"


Populations = Annotated[
    tuple[str, ...],
    BeforeValidator(_populations),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"anyOf": [{"const": 46}, {"type": "string", "pattern": _pattern()}]},
            "minItems": 1,
            "uniqueItems": True,
        }
    ),
]


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
        chosen = set(self.populations)
        return [label for label in population_labels(areas) if chosen & {label, *split_label(label)}]


class DcStimulus(Stimulus):
    """A direct current into every neuron of the chosen populations."""

    amplitude: Number = parameter(..., "Current.", "pA")


class PoissonStimulus(Stimulus):
    """Poisson spikes from afferents that no two neurons share."""

    rate: Number = parameter(..., "Rate of one afferent.", "spikes/s", ge=0)
    indegree: Number = parameter(..., "Afferents of each neuron.", ge=0)
    PSP: Number = parameter(0.15, "Postsynaptic potential of one of their spikes.", "mV")


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
    findings = []
    for place, stimulus in enumerate(stimuli):
        where = f"{key}[{place}]"
        for name in stimulus.populations:
            area = name if name in AREAS else split_label(name)[0]
            if area and area not in areas:
                findings.append(f"{where}.populations: area {area} is not simulated, expected some of {' '.join(areas)}")
            elif not stimulus.model_copy(update={"populations": (name,)}).targets(areas):
                findings.append(f"{where}.populations: no simulated area ({' '.join(areas)}) has {name}")
        for name, time in (("start", stimulus.start), ("stop", stimulus.stop)):
            if time is not None and not is_multiple(time, dt):
                findings.append(f"{where}.{name}: is {time:g} ms, expected a multiple of dt ({dt:g} ms)")
            elif time is not None and time / dt >= NEVER_ENDS - 1:
                findings.append(f"{where}.{name}: is {time:g} ms, expected less than {(NEVER_ENDS - 1) * dt:.6g} ms (2**31 steps of dt)")
    return findings
