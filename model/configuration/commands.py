"""Command of the configuration: ``configure``."""

from __future__ import annotations

import argparse
from typing import Any

import yaml

from model.options import add_state_options, chosen_parameters
from procortex.utilities.atomic import write_texts


def add_commands(commands: Any) -> None:
    """Add `configure` to the subparsers of ``python -m model``."""
    command = commands.add_parser("configure", help="write all parameters of one state, as YAML")
    add_state_options(command)
    command.add_argument("--network", action="store_true", help="leave out what the network file does not depend on")
    command.set_defaults(run=_configure, writes={"out": (".yaml", ".yml")})


def _configure(options: argparse.Namespace) -> None:
    parameters = chosen_parameters(options)
    values = parameters.network_configuration() if options.network else parameters.model_dump(mode="json")
    write_texts({options.out: yaml.safe_dump(values, sort_keys=False)})
