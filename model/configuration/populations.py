"""Populations as a user names them: areas, populations of an area, or layer populations of all areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from model.configuration.fields import listed, nearest
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, population_labels, split_label

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


def chosen_labels(populations: Iterable[str], areas: Iterable[str]) -> list[str]:
    """Labels of the populations of some areas that a user's names mean, in model order."""
    chosen = set(populations)
    return [label for label in population_labels(areas) if chosen & {label, *split_label(label)}]


def population_findings(key: str, populations: Iterable[str], areas: Sequence[str]) -> list[str]:
    """Say which names of populations mean nothing that is simulated.

    Parameters
    ----------
    key
        Where they stand in the configuration, for messages.
    populations
        The names.
    areas
        The simulated areas.
    """
    findings = []
    for name in populations:
        area = name if name in AREAS else split_label(name)[0]
        if area and area not in areas:
            findings.append(f"{key}: area {area} is not simulated, expected some of {' '.join(areas)}")
        elif not chosen_labels((name,), areas):
            findings.append(f"{key}: no simulated area ({' '.join(areas)}) has {name}")
    return findings
