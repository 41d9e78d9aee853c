"""What a right value looks like, and findings about wrong ones: one line each."""

from __future__ import annotations

import types
from collections.abc import Iterable
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from model.configuration.fields import nearest, shown
from model.configuration.keys import SECTIONS, Path, Settings, field_at, item_fields

_BOUNDS = {Gt: ("gt", "greater than"), Ge: ("ge", "at least"), Lt: ("lt", "less than"), Le: ("le", "at most")}
_KINDS: dict[Any, str] = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}


def extra(field: FieldInfo, name: str) -> str:
    """Give the unit or expectation that a key was described with, empty if none."""
    return str(field.json_schema_extra.get(name, "")) if isinstance(field.json_schema_extra, dict) else ""


def expected(field: FieldInfo, *, with_unit: bool = True) -> str:
    """Describe the values that a key takes."""
    if text := extra(field, "expected"):
        return text
    bounds = [
        f"{word} {getattr(bound, name):,}" for bound in field.metadata for kind, (name, word) in _BOUNDS.items() if isinstance(bound, kind)
    ]
    unit = extra(field, "unit")
    return " ".join([_kind(field.annotation), *([f"in {unit}"] if unit and with_unit else []), " and ".join(bounds)]).strip()


def _kind(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in arguments)
    if origin in (types.UnionType, Union):
        return " or ".join(_kind(argument) for argument in arguments if argument is not type(None)) + " or null"
    if origin is tuple:
        return "a list"
    if hasattr(annotation, "__metadata__"):
        return _kind(arguments[0])
    return _KINDS.get(annotation, "a value")


def explain(error: ValidationError, settings: Settings, prefix: str, own: Iterable[Path]) -> list[str]:
    """Turn pydantic's errors into lines: where it was written, key, what is wrong, what would be right.

    Parameters
    ----------
    error
        The errors.
    settings
        What was validated, with its origins.
    prefix
        What stands before keys that the state itself gives (``states.ground.``).
    own
        The paths of these keys.
    """
    own = set(own)
    lines = []
    for details in error.errors(include_url=False):
        place: Path = tuple(str(part) for part in details["loc"])
        whole_section = not place or (len(place) == 1 and place[0] in SECTIONS) or place[-1].isdigit()
        by_check = details["type"] == "value_error"
        message = str(details["ctx"]["error"]) if by_check else _describe(details["type"], details["input"], place)
        for finding in message.split("\n"):
            if by_check and whole_section:  # a check of several keys names the key itself
                key, _, text = finding.partition(": ")
                path = (*place, *key.split("."))
            else:
                path, text = place, finding
            known = tuple(part.partition("[")[0] for part in path[:2])
            setting = settings.get(known) or settings.get(known[:1])
            before = prefix if known in own else ""
            lines.append(f"{setting.origin + ': ' if setting else ''}{before}{written(path)}: {text}")
    return lines


def written(path: Path) -> str:
    """Write a path as a user does: ``input_params.dc_stimuli[0].start``."""
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in path).removeprefix(".")


def _describe(kind: str, value: object, place: Path) -> str:
    field = field_at(place)
    if kind == "missing" and field is not None:
        return f"is missing, expected {expected(field)}"
    if kind == "extra_forbidden" and len(place) > 2 and (item := field_at(place[:-1])) is not None:
        near, names = nearest(place[-1], item_fields(item)), ", ".join(item_fields(item))
        return f"unknown key, {f'did you mean {near}?' if near else f'expected some of {names}'}"
    if field is None:
        return f"is {shown(value)}, which is not expected here"
    literals = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    near = nearest(value, literals) if isinstance(value, str) else None
    return f"is {shown(value)}, expected {expected(field)}" + (f"; did you mean {near}?" if near else "")
