"""States by name: the library of the published states, and how entries of `states` refer to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from contracts.documents import read_yaml
from model.configuration.fields import nearest
from model.configuration.keys import GROUPS_OF_KEY, SECTIONS, Settings, place_keys
from procortex.utilities.errors import InputError
from procortex.utilities.repository import ROOT

LIBRARY = ROOT / "config" / "states.yaml"
SHOWN_LIBRARY = "config/states.yaml"
EXPECTED = "a mapping from names to parameters, or a list of names of config/states.yaml"

DURATION = ("sim_params", "t_sim")
STABILISATION = ("connectivity", "stabilisation")


@dataclass(frozen=True)
class Base:
    """Name of the state of the library that an entry starts from, and where it was written."""

    name: str
    where: str


@cache
def library() -> Mapping[str, Settings]:
    """Read the settings of every state of the library, by name.

    Raises
    ------
    InputError
        If somebody has edited the library and it cannot be read any more.
    """
    try:
        states = dict(read_yaml(LIBRARY)["states"])
    except (OSError, InputError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{SHOWN_LIBRARY}: no library of states ({' '.join(str(error).split())}); restore the file") from None
    if not all(isinstance(given, Mapping | None) for given in states.values()):
        raise InputError(f"{SHOWN_LIBRARY}: no library of states (a state is no mapping from keys to values); restore the file")
    findings: list[str] = []
    settings = {str(name): place_keys(given or {}, SHOWN_LIBRARY, f"states.{name}.", findings) for name, given in states.items()}
    if findings:
        raise InputError("\n".join(findings))
    return settings


def base_settings(base: Base, findings: list[str]) -> Settings:
    """Look up the settings of a state of the library; an unknown name becomes a finding."""
    known = library()
    if base.name not in known:
        near = nearest(base.name, known)
        hint = f"did you mean {near}? " if near else ""
        findings.append(f"{base.where}: there is no state {base.name!r} in {SHOWN_LIBRARY}, {hint}expected one of {', '.join(known)}")
    return known.get(base.name, {})


def giving_way(base: Settings, shared: Settings) -> tuple[Settings, Settings]:
    """Part the settings of a state of the library into those that what all states share goes over, and those that go over that.

    What makes a state is what it is, whatever else the experiment says. Its duration does not make it; and it is stabilised with our
    in-degrees as well as with the published ones.
    """
    both = (base.get(STABILISATION), shared.get(STABILISATION))
    either = [setting.value if setting else None for setting in both] == ["computed", "published"]
    weak: Settings = {path: setting for path, setting in base.items() if path == DURATION or (path == STABILISATION and either)}
    return weak, {path: setting for path, setting in base.items() if path not in weak}


def as_mapping(states: Any) -> Any:
    """Write a list of names as the mapping it stands for; what is none stays as it is, for the checks to see."""
    names = [states] if isinstance(states, str) else states
    if isinstance(names, list | tuple) and names and all(isinstance(name, str) for name in names):
        return {name: {"base": name} for name in names}
    return states


def repeated(states: Any) -> dict[str, int]:
    """Count the names that stand more than once in a list of them."""
    names = [name for name in states if isinstance(name, str)] if isinstance(states, list | tuple) else []
    return {name: count for name, count in Counter(names).items() if count > 1}


def by_state(states: Mapping[Any, Any], known: Iterable[str], twice: list[str]) -> dict[str, Any]:
    """Parameters by state; a dotted name (``ground.t_sim``) gives one parameter of a state.

    Parameters
    ----------
    states
        What a user wrote under ``states``.
    known
        Names of states, which may hold dots themselves (``chi_1.7``).
    twice
        States, and parameters of states, that are given twice are added here.
    """
    result: dict[str, Any] = {}
    plain = {*known, *(str(name) for name in states if "." not in str(name))}
    for dotted, value in states.items():
        name, key = _split(str(dotted), value, plain)
        given = {key: value} if key else value
        before = result.get(name)
        if isinstance(before, Mapping) and isinstance(given, Mapping):
            twice += [f"{name}.{key}" for key in before if key in given]
            given = {**before, **given}
        elif before is not None and given is not None:
            twice.append(name)
        result[name] = before if given is None else given
    return result


def _split(dotted: str, value: Any, known: Iterable[str]) -> tuple[str, str]:
    """Name of a state and, behind a dot, of a parameter: after a known name, or before a known key."""
    named = [name for name in known if dotted == name or dotted.startswith(f"{name}.")]
    if named:
        name = max(named, key=len)
        return name, dotted[len(name) + 1 :]
    parts = dotted.split(".")
    for place in range(1, len(parts)):
        if parts[place] in SECTIONS or parts[place] in GROUPS_OF_KEY or parts[place] == "base":
            return ".".join(parts[:place]), ".".join(parts[place:])
    if value is None or isinstance(value, Mapping):
        return dotted, ""
    name, _, key = dotted.partition(".")
    return name, key
