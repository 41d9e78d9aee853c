"""Kinds of values in a configuration, and what they say when a value does not fit."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from contracts.documents import parse_yaml
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError

LONGEST_SHOWN = 200
"""Characters of a value in a message."""

MOST_NAMES = 1000
"""Names in a list: more than there are areas, populations and layer populations together."""


STATE_PREFIX = "state:"
"""What stands before the name of a state whose run is the source of rates or series."""


class Section(BaseModel):
    """A group of keys: immutable, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def parameter(default: Any, description: str, unit: str = "", *, expected: str = "", **bounds: Any) -> Any:
    """Describe a configuration key.

    Parameters
    ----------
    default
        Value of the published model.
    description
        Meaning, as the generated manual prints it.
    unit
        Unit of the value, if any.
    expected
        What a right value looks like, where type and bounds do not say it.
    **bounds
        ``gt``, ``ge``, ``lt``, ``le``, ``pattern`` as in ``pydantic.Field``.
    """
    extra: JsonDict = {name: value for name, value in (("unit", unit), ("expected", expected)) if value}
    return Field(default=default, description=description, json_schema_extra=extra or None, **bounds)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Candidate most like a word, or None if nothing is like it."""
    by_lower_case = {candidate.lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word.lower(), by_lower_case, n=1, cutoff=0.5)
    return by_lower_case[found[0]] if found else None


def _no_truth_value(value: object) -> object:
    if isinstance(value, bool):  # to Python, true is the number 1
        raise ValueError(f"is {str(value).lower()}, expected a number")
    return value


def word_or_path(*words: str) -> BeforeValidator:
    """Take these words, ``state:NAME``, or a path; refuse a word in another case, which nobody means as a path."""

    def check(value: object) -> object:
        if isinstance(value, str) and value not in words and not value.startswith(STATE_PREFIX):
            word = value.strip().lower()
            meant = word if word in words else STATE_PREFIX + value[len(STATE_PREFIX) :] if word.startswith(STATE_PREFIX) else None
            if meant:
                raise ValueError(f"is {shown(value)}, did you mean {meant}? A file of that name is ./{cut(value)}")
        return value

    return BeforeValidator(check)


def is_multiple(value: float, step: float) -> bool:
    """Whether a time is a whole number of steps, up to the rounding of decimal fractions."""
    steps = value / step
    return math.isfinite(steps) and abs(steps - round(steps)) < 1e-6


def shown(value: object) -> str:
    """Write a value for a message, cut where it is long."""
    return cut("null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value))


def cut(text: str) -> str:
    """Cut a text for a message where it is long."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def listed(value: object) -> list[str]:
    """Names as a user writes them: a list, one name, or names in one text."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = parse_yaml(value, f"is {shown(value)}")
        except InputError as error:
            raise ValueError(str(error)) from None
    elif isinstance(value, str):
        value = value.replace(",", " ").split()
    if isinstance(value, str | int) or not isinstance(value, Iterable):
        value = [value]
    if isinstance(value, Mapping):  # whose values, such as false, would be lost
        raise ValueError(f"is {shown(dict(value))}, expected a list of names")
    names = [str(name) for name in value]  # YAML reads the area 46 as a number
    if len(names) > MOST_NAMES:
        raise ValueError(f"is a list of {len(names):,} names, expected at most {MOST_NAMES}")
    return names


def _areas(value: object) -> object:
    if value is None or value == "all":
        return AREAS
    if isinstance(value, str) and value.lower() == "all":
        raise ValueError(f"is {shown(value)}, did you mean all?")
    names = listed(value)
    findings = []
    for name in dict.fromkeys(names):
        if name not in AREAS:
            near = nearest(name, AREAS)
            findings.append(f"unknown area {name!r}" + (f", did you mean {near!r}?" if near else f", expected some of {' '.join(AREAS)}"))
        if names.count(name) > 1:
            findings.append(f"area {name!r} stands {names.count(name)} times, expected once")
    if not names:
        findings.append("is empty, expected at least one area")
    if findings:
        raise ValueError("; ".join(findings))
    return tuple(area for area in AREAS if area in names)


Number = Annotated[float, BeforeValidator(_no_truth_value)]
Integer = Annotated[int, BeforeValidator(_no_truth_value)]
Areas = Annotated[
    tuple[str, ...],
    BeforeValidator(_areas),
    WithJsonSchema({"anyOf": [{"const": "all"}, {"type": "array", "items": {"enum": [*AREAS, 46]}, "minItems": 1, "uniqueItems": True}]}),
]
