"""Sweeps: states that differ in the values of some parameters, one network for each point."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from model.configuration.experiment import MOST_STATES
from model.configuration.fields import nearest, shown
from model.configuration.keys import Path, Setting, Settings, place_keys, short_name
from model.configuration.names import state_findings

EXPECTED = (
    "a mapping from keys to lists of values (every combination), a list of mappings from keys to values (one for each point), or a list of "
    "keys in which the states differ already"
)
LONGEST = 40
"""Characters of a value in a name; what is longer is cut, and told apart by a checksum."""


@dataclass(frozen=True)
class Sweep:
    """What is swept.

    Attributes
    ----------
    paths
        The swept parameters.
    points
        Settings of each point; none where the states are the points as they stand.
    base
        The state that is swept; None: every state.
    origin
        Where the sweep was written.
    """

    paths: tuple[Path, ...] = ()
    points: tuple[Settings, ...] = ()
    base: str | None = None
    origin: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names of the swept parameters."""
        return tuple(".".join(path) for path in self.paths)


def read_sweep(given: Any, origin: str, findings: list[str]) -> Sweep:
    """Read a sweep as a user wrote it.

    Parameters
    ----------
    given
        Any of the three forms that `EXPECTED` describes; with ``base``, the first one names the state that is swept.
    origin
        The file or option it comes from.
    findings
        Errors are added here, one line each.
    """
    if given is None or given in ({}, [], ()):
        return Sweep()
    count = len(findings)
    if isinstance(given, str) or (isinstance(given, list | tuple) and all(isinstance(name, str) for name in given)):
        sweep = _as_they_stand([given] if isinstance(given, str) else given, origin, findings)
    elif isinstance(given, Mapping):
        sweep = _combinations(given, origin, findings)
    elif isinstance(given, list | tuple) and all(isinstance(point, Mapping) and point for point in given):
        sweep = _listed(given, origin, findings)
    else:
        findings.append(f"{origin}: sweep: is {shown(given)}, expected {EXPECTED}")
        return Sweep()
    return sweep if len(findings) == count else Sweep()


def _as_they_stand(names: Iterable[str], origin: str, findings: list[str]) -> Sweep:
    keys = list(names)
    twice = [key for key in dict.fromkeys(keys) if keys.count(key) > 1]
    findings += [f"{origin}: sweep: {key} stands {keys.count(key)} times, expected once" for key in twice]
    return Sweep(tuple(place_keys(dict.fromkeys(keys), origin, "sweep.", findings)), origin=origin)


def _combinations(given: Mapping[Any, Any], origin: str, findings: list[str]) -> Sweep:
    values = dict(given)
    base = values.pop("base", None)
    if base is not None and not isinstance(base, str):
        findings.append(f"{origin}: sweep.base: is {shown(base)}, expected the name of a state")
    settings = place_keys(values, origin, "sweep.", findings, beside=("base",))
    lists = [setting.value if isinstance(setting.value, list | tuple) else () for setting in settings.values()]
    if (count := math.prod(map(len, lists))) > MOST_STATES:
        findings.append(f"{origin}: sweep: makes {count:,} points, expected at most {MOST_STATES:,}")
        return Sweep()
    for path, setting in settings.items():
        if not isinstance(setting.value, list | tuple) or not setting.value:
            findings.append(f"{origin}: sweep.{'.'.join(path)}: is {shown(setting.value)}, expected a list of values")
        elif twice := [value for place, value in enumerate(setting.value) if value in setting.value[:place]]:
            findings.append(f"{origin}: sweep.{'.'.join(path)}: {twice[0]!r} stands twice, expected each value once")
    if not values:
        findings.append(f"{origin}: sweep: names no parameter, expected {EXPECTED}")
    points = [_point(dict(zip(settings, point, strict=True)), origin) for point in product(*lists)]
    return Sweep(tuple(settings), tuple(points), base, origin)


def _listed(given: Sequence[Mapping[Any, Any]], origin: str, findings: list[str]) -> Sweep:
    if len(given) > MOST_STATES:
        findings.append(f"{origin}: sweep: makes {len(given):,} points, expected at most {MOST_STATES:,}")
        return Sweep()
    points = [
        _point({path: setting.value for path, setting in place_keys(point, origin, f"sweep.{place}.", findings).items()}, origin)
        for place, point in enumerate(given, 1)
    ]
    first = set(points[0])
    for place, point in enumerate(points[1:], 2):
        if set(point) != first:
            keys = ", ".join(".".join(path) for path in points[0])
            findings.append(f"{origin}: sweep.{place}: has other keys than the first point, expected {keys}")
    return Sweep(tuple(points[0]), tuple(points), origin=origin)


def _point(values: Mapping[Path, Any], origin: str) -> Settings:
    return {path: Setting(value, f"{origin}: sweep") for path, value in values.items()}


def expanded(sweep: Sweep, states: Mapping[str, Settings], implied: str, findings: list[str]) -> dict[str, tuple[str, Settings]]:
    """Put the points in the place of the states that are swept; for each name the state behind it and the settings.

    Parameters
    ----------
    sweep
        The sweep.
    states
        Settings of each state.
    implied
        Name of the state of an experiment that names none, which does not stand in the names of its points; empty if it names some.
    findings
        Errors are added here, one line each.
    """
    if not sweep.points:
        return {state: (state, own) for state, own in states.items()}
    if sweep.base is not None and sweep.base not in states:
        near = nearest(sweep.base, states)
        hint = f"did you mean {near}? " if near else ""
        findings.append(
            f"{sweep.origin}: sweep.base: there is no state {sweep.base!r} in this experiment, {hint}expected one of {', '.join(states)}"
        )
    swept = len(states) if sweep.base is None else 1
    if swept * len(sweep.points) > MOST_STATES:
        findings.append(
            f"{sweep.origin}: sweep: makes {len(sweep.points):,} points of each of {swept} states, expected at most {MOST_STATES:,} in all"
        )
        return {state: (state, own) for state, own in states.items()}
    result: dict[str, tuple[str, Settings]] = {}
    for state, own in states.items():
        if sweep.base not in (None, state):
            result.setdefault(state, (state, own))
            continue
        for point in sweep.points:
            name = point_name(point) if state == implied else f"{state}_{point_name(point)}"
            if name in result or name in states:
                findings.append(f"{sweep.origin}: sweep: two states would be called {name}, expected values that differ in their letters")
            findings += [f"{sweep.origin}: sweep: a state would be called {name}, which {text}" for text in state_findings(name)]
            result[name] = (state, {**own, **point})
    return result


def point_name(point: Settings) -> str:
    """Name of a point in files: keys and values, ``cc_weights_factor_1.5``."""
    return "_".join(f"{short_name(path)}_{value_text(setting.value)}" for path, setting in point.items())


def value_text(value: Any) -> str:
    """Write a value with letters that may stand in the name of a folder."""
    if isinstance(value, bool) or value is None:
        text = {True: "true", False: "false", None: "null"}[value]
    elif isinstance(value, float):
        text = f"{value:.15g}".replace("e+", "e")
    elif isinstance(value, list | tuple):
        text = "-".join(str(part) for part in value)
    else:
        text = str(value)
    clean = re.sub(r"[^A-Za-z0-9_.-]+", "-", text)
    if len(clean) <= LONGEST:
        return clean
    return f"{clean[: LONGEST - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
