"""Options of the commands about one state of a configuration, and the state's parameters that follow from them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from model.configuration import Parameters, load_experiment
from procortex.utilities.errors import InputError


def add_state_options(command: argparse.ArgumentParser) -> None:
    """Give a command the options that choose a state, and ``--out``."""
    command.add_argument(
        "--config",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="configuration files, later ones over earlier ones",
    )
    command.add_argument("--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="values over those of the files")
    command.add_argument("--state", help="state of the configuration; may be left out where there is only one")
    command.add_argument("--out", type=Path, required=True, metavar="PATH", help="file to write (compare-indegrees: folder)")


def chosen_parameters(options: argparse.Namespace) -> Parameters:
    """Load the parameters of the state that the options of `add_state_options` choose."""
    return load_experiment(options.config, pairs(options.set, "--set", "KEY=VALUE")).state(options.state)


def pairs(given: Sequence[str], option: str, expected: str) -> dict[str, str]:
    """Take values ``KEY=VALUE`` of an option apart.

    Raises
    ------
    InputError
        If one has no equals sign, or a key comes twice.
    """
    found: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"{option} {text}: expected {expected}")
        if key in found:
            raise InputError(f"{option} {key}: is given twice ({found[key]} and {value}), expected once")
        found[key] = value
    return found
