"""YAML and JSON that users hand over: read strictly and within bounds, every error with its line."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from procortex.utilities.errors import InputError
from procortex.utilities.texts import UnreadableError, content_of

MOST_BYTES = 2**24
"""Size of a file: 16 MiB, some thousand states with all their parameters."""

DEEPEST = 32
"""Levels of lists and mappings; a configuration has six."""

MOST_VALUES = 500_000
"""Values of a document, those behind an alias counted each time: a few lines of aliases can stand for billions."""

LONGEST_INTEGER = 40
"""Characters of an integer; no quantity here has more than 20 digits."""

OCTAL = re.compile(r"[-+]?0[0-7_]+")
"""An integer that YAML 1.1 reads to the base of 8."""

_TAG = "tag:yaml.org,2002:"
_NAMES = (f"{_TAG}str", f"{_TAG}int", f"{_TAG}float", f"{_TAG}timestamp", f"{_TAG}merge")
"""What a key may be; others, such as ``on`` and ``null``, are no text to YAML, but look like one."""


def read_yaml(path: Path) -> Any:
    """Read a YAML file of a user; see `parse_yaml`.

    Raises
    ------
    InputError
        If it is too large, no text, or refused by `parse_yaml`.
    FileNotFoundError
        If there is none.
    """
    return parse_yaml(_text_of(path), str(path))


def parse_yaml(text: str, where: str) -> Any:
    """Read a YAML document of plain values: mappings with names as keys, lists, texts, numbers, true, false and null.

    Refused are keys that stand twice, what is nested too deeply or grows too large by aliases, tags, control characters, and
    numbers that YAML 1.1 reads to the base of 8 or 60 (``010``, ``16:40``). Dates stay text.

    Parameters
    ----------
    text
        The document.
    where
        What it comes from, for messages.

    Raises
    ------
    InputError
        With the line of what is wrong; for keys that stand twice one line each.
    """
    lines = "\n" in text.strip()
    try:
        loader = _Loader(text)
        try:
            value = loader.get_single_data()
        finally:
            loader.dispose()
    except _RefusedError as error:
        raise InputError(f"{where}: {f'line {error.line}: ' * lines}{error}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"line {mark.line + 1}, column {mark.column + 1}: " * lines if mark else ""
        raise InputError(f"{where}: not valid YAML ({at}{error.problem or error.context})") from None
    except yaml.YAMLError as error:
        raise InputError(f"{where}: not valid YAML ({' '.join(str(error).split())})") from None
    if loader.repeated:
        twice = [
            f"{where}: {f'lines {first} and {second}: ' * lines}{_shortened(name)} is given twice, expected once"
            for name, first, second in sorted(loader.repeated, key=lambda found: found[1:])
        ]
        raise InputError("\n".join(twice))
    return value


def read_json(path: Path, expected: str) -> Any:
    """Read a JSON file of a user.

    Parameters
    ----------
    path
        The file.
    expected
        What it should hold, for messages.

    Raises
    ------
    InputError
        If it is no JSON, holds numbers that are not finite, is nested too deeply, or gives a key twice.
    FileNotFoundError
        If there is none.
    """
    text = _text_of(path)
    try:
        return json.loads(text, object_pairs_hook=_distinct, parse_int=_integer, parse_float=_finite, parse_constant=_no_number)
    except _RepeatedError as error:
        parse_yaml(text.replace("\t", " "), str(path))  # without tabs JSON is YAML, whose reader knows the lines
        raise InputError(f"{path}: {error} is given twice, expected once") from None
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply; expected {expected}") from None
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON ({error}); expected {expected}") from None


def _text_of(path: Path) -> str:
    try:
        return content_of(path, MOST_BYTES)
    except UnreadableError as error:
        raise InputError(f"{path}: {error}") from None


class _RefusedError(yaml.YAMLError):
    """What is valid YAML and not expected here."""

    def __init__(self, text: str, mark: Any) -> None:
        super().__init__(text)
        self.line: int = mark.line + 1


class _Loader(yaml.SafeLoader):
    """Loader of plain values.

    Attributes
    ----------
    repeated
        Keys that stand twice in a mapping, with both lines.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.repeated: list[tuple[str, int, int]] = []
        self._open: list[str | None] = []
        self._extent: dict[int, tuple[int, int]] = {}

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) and event.anchor in self._open:
            raise _RefusedError(f"the alias *{event.anchor} stands within what it refers to, expected values without end", event.start_mark)
        if getattr(event, "tag", None) not in (None, "!", f"{_TAG}str"):
            raise _RefusedError(f"the tag {event.tag.replace(_TAG, '!!')} is not expected, expected plain values", event.start_mark)
        if len(self._open) >= DEEPEST:
            raise _RefusedError(f"is nested more than {DEEPEST} levels deep", event.start_mark)
        self._open.append(getattr(event, "anchor", None))
        node = super().compose_node(parent, index)
        self._open.pop()
        if node is not None and id(node) not in self._extent:
            self._measure(node)
        return node

    def _measure(self, node: yaml.Node) -> None:
        """Check a node whose parts are there, and keep how many values it stands for and how deep it is."""
        parts: Sequence[yaml.Node] = ()
        if isinstance(node, yaml.MappingNode):
            self._check_keys(node)
            parts = [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            parts = node.value
        elif bad := next((c for c in node.value if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"), None):
            raise _RefusedError(f"a text holds the control character {bad!r}, expected text", node.start_mark)
        extents = [self._extent[id(part)] for part in parts]
        size, depth = 1 + sum(size for size, _ in extents), 1 + max((depth for _, depth in extents), default=0)
        if size > MOST_VALUES:
            raise _RefusedError(f"stands for more than {MOST_VALUES:,} values, expected fewer", node.start_mark)
        if depth > DEEPEST:
            raise _RefusedError(f"is nested more than {DEEPEST} levels deep", node.start_mark)
        self._extent[id(node)] = size, depth

    def _check_keys(self, node: yaml.MappingNode) -> None:
        first: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _RefusedError("a key is a list or a mapping, expected a name", key.start_mark)
            if key.tag not in _NAMES:
                read = str(self.construct_object(key)).lower().replace("none", "null")
                raise _RefusedError(
                    f"the key {key.value or 'without a name'} is read as {read}, expected a name; put it in quotes", key.start_mark
                )
            name, line = key.value if key.tag == f"{_TAG}merge" else str(self.construct_object(key)), key.start_mark.line + 1
            if name in first:
                self.repeated.append((name, first[name], line))
            first.setdefault(name, line)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, OverflowError) as error:  # texts that look like a number or a date and are none: 0x_, 2024-13-01
            raise _RefusedError(f"{_shortened(node.value)} cannot be read ({error}); put a text in quotes", node.start_mark) from None

    def integer(self, node: yaml.ScalarNode) -> int:
        """Construct an integer that is not too long."""
        if len(node.value) > LONGEST_INTEGER:
            raise _RefusedError(
                f"{_shortened(node.value)} is an integer of {len(node.value):,} characters, expected fewer", node.start_mark
            )
        value = int(self.construct_yaml_int(node))
        if ":" in node.value or OCTAL.fullmatch(node.value):
            raise _RefusedError(_misread(node.value, value), node.start_mark)
        return value

    def number(self, node: yaml.ScalarNode) -> float:
        """Construct a number that is none of hours and minutes."""
        value = float(self.construct_yaml_float(node))
        if ":" in node.value:
            raise _RefusedError(_misread(node.value, value), node.start_mark)
        return value

    def date(self, node: yaml.ScalarNode) -> str:
        """Leave a date the text that it is."""
        self.construct_yaml_timestamp(node)  # Snakemake reads it as a date, and fails where it is none
        return str(node.value)


_Loader.add_constructor(f"{_TAG}int", _Loader.integer)
_Loader.add_constructor(f"{_TAG}float", _Loader.number)
_Loader.add_constructor(f"{_TAG}timestamp", _Loader.date)


class _RepeatedError(Exception):
    """A key that stands twice."""


def _distinct(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise _RepeatedError(_shortened(name))
        result[name] = value
    return result


def _integer(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        raise ValueError(f"{_shortened(text)} is an integer of {len(text):,} characters")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{_shortened(text)} is too large for a number")
    return value


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no finite number")


def _misread(text: str, value: float) -> str:
    base = "in sixties, as hours and minutes" if ":" in text else "to the base of 8"
    return f"{text} is read as {value:,} ({base}), expected a decimal number without leading zeros; put a text in quotes"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_INTEGER else f"{text[:LONGEST_INTEGER]}..."
