"""What to write on the command line: our own commands take keys with dots, Snakemake takes none, and no key of one letter either."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from model.configuration.keys import Path, Setting, Settings, short_name

LONGEST = 200
"""Characters of all states as a whole, from which on one has to do for an example."""


def in_one_state(name: str, path: Path, setting: Setting) -> str:
    """Write a value of one state with dots: ``states.LA.g=-15``."""
    return shlex.quote(f"states.{name}.{short_name(path)}={_flow(setting.value)}")


def in_whole_states(states: Mapping[str, Settings], bases: Mapping[str, str], path: Path, setting: Setting) -> str:
    """Write all states as a whole, each with a value of its own: ``'states={LA: {base: LA, g: -15}}'``.

    Parameters
    ----------
    states
        What the entries of the states give.
    bases
        The states of the library that they start from, by name; those that start from none are missing.
    path, setting
        The key that all of them are to have, and its value.
    """
    entries = {
        name: {
            **({"base": bases[name]} if name in bases else {}),
            **{short_name(key): given.value for key, given in {**own, path: setting}.items()},
        }
        for name, own in states.items()
    }
    text = _flow(entries)
    if len(text) > LONGEST and len(entries) > 1:
        first = next(iter(entries))
        text = f"{_flow({first: entries[first]})[:-1]}, ...}}"
    return shlex.quote(f"states={text}")


def _flow(value: Any) -> str:
    """Write a value as YAML in one line."""
    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=2**30).removesuffix("...\n").strip()
