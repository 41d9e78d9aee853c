"""Which state of an experiment has which values of the parameters in which its states differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.documents import read_yaml
from procortex.utilities.errors import InputError

LOOK = ("t_sim", "rng_seed", "recorded_", "potentials_", "checkpoint_")
NOT_OF_THE_NETWORK = (*(f"sim_params.{name}" for name in LOOK), "theory_params.", "reference.")
"""Parameters that do not part states into lines: they change how long and how a network is looked at, not the network."""


@dataclass(frozen=True)
class Points:
    """States as points.

    Attributes
    ----------
    over
        Dotted names of the swept parameters.
    states
        Values by dotted name, the same names for each state, the swept ones first.
    """

    over: tuple[str, ...]
    states: Mapping[str, Mapping[str, Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names of all parameters."""
        return tuple(next(iter(self.states.values())))

    @property
    def columns(self) -> dict[str, str]:
        """Name of each parameter in a table: without its group where that is unambiguous."""
        keys = [name.rpartition(".")[2] for name in self.names]
        return {name: key if keys.count(key) == 1 else name for name, key in zip(self.names, keys, strict=True)}


@dataclass(frozen=True)
class Line:
    """States that differ in the parameter on the axis, and at most in what goes along with it.

    Attributes
    ----------
    label
        What tells the line from others; empty where there is one.
    states
        Names of the states along the axis.
    """

    label: str
    states: tuple[str, ...]


def read_points(path: Path) -> Points:
    """Read the points of a sweep.

    Raises
    ------
    InputError
        If the file is missing or of another form.
    """
    try:
        content = read_yaml(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; the workflow writes it as results/EXPERIMENT/sweep.yaml") from None
    try:
        over, states = tuple(content["over"]), {str(name): dict(values) for name, values in content["states"].items()}
        names = list(next(iter(states.values())))
        whole = bool(over) and all(list(values) == names for values in states.values()) and set(over) <= set(names)
    except (TypeError, KeyError, AttributeError, StopIteration, ValueError):
        whole = False
    if not whole:
        raise InputError(
            f"{path}: expected `over`, a list of swept parameters, and `states`, a mapping from each state to its values of the same "
            "parameters, the swept ones among them"
        )
    return Points(over, states)


def axis_of(points: Points) -> str:
    """Choose the swept parameter to draw over: the first one that has several values."""
    several = [name for name in points.over if len({str(values[name]) for values in points.states.values()}) > 1]
    return (several or points.over)[0]


def lines_of(points: Points) -> list[Line]:
    """Part the states into lines over the axis: by what is not swept and, where values of the axis come twice, by what is."""
    axis = axis_of(points)
    others = [name for name in points.names if name not in points.over and not name.startswith(NOT_OF_THE_NETWORK)]
    result = []
    families = _parted(points, list(points.states), others)
    for family in families:
        keys: list[str] = []
        for name in (name for name in points.over if name != axis):
            if all(_distinct(points, part, axis) for part in _parted(points, family, keys)):
                break
            if len({str(points.states[state][name]) for state in family}) > 1:
                keys.append(name)
        for part in _parted(points, family, keys):
            ordered = sorted(part, key=lambda state: _order(points.states[state][axis]))
            texts = [f"{points.columns[name]} {shown(points.states[part[0]][name])}" for name in keys]
            label = [_family_name(points, family, ordered)] * (len(families) > 1) + texts
            result.append(Line(", ".join(label), tuple(ordered)))
    return result


def shown(value: Any) -> str:
    """Write a value for readers."""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _parted(points: Points, states: Sequence[str], names: Sequence[str]) -> list[list[str]]:
    parts: dict[str, list[str]] = {}
    for state in states:
        parts.setdefault(str([points.states[state][name] for name in names]), []).append(state)
    return list(parts.values())


def _distinct(points: Points, states: Sequence[str], axis: str) -> bool:
    return len({str(points.states[state][axis]) for state in states}) == len(states)


def _order(value: Any) -> tuple[bool, float]:
    """Numbers ascend; everything else keeps its order."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (not number, float(value) if number else 0.0)


def _family_name(points: Points, family: Sequence[str], ordered: Sequence[str]) -> str:
    """Name of the state that the points of a sweep came of; else of the first and the last state."""
    key = points.columns[points.over[0]]
    stems = {state.partition(f"_{key}_")[0] for state in family}
    if len(stems) == 1:
        return stems.pop()
    return f"{ordered[0]} to {ordered[-1]}"
