"""Commands of the model: ``python -m model build|anatomy|theory|stabilise|compare-indegrees|corrections|configure|curate|document``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from model.configuration.commands import add_commands as add_configuration
from model.corrections.commands import add_commands as add_corrections
from model.curation.commands import add_commands as add_curation
from model.network.commands import add_commands as add_network
from model.stabilisation.commands import add_commands as add_stabilisation
from model.theory.commands import add_commands as add_theory
from procortex.utilities.arguments import IN_PLACE, add_version, describe
from procortex.utilities.atomic import write_texts
from procortex.utilities.errors import run_command

EXAMPLES = {
    "build": "--config config/config.yaml --state ground --out network.nc",
    "anatomy": "--config config/config.yaml --state ground --out anatomy.nc",
    "configure": "--config config/config.yaml --state ground --out ground.yaml",
    "stabilise": "--out indegrees_stabilised.csv --record stabilisation.nc",
    "compare-indegrees": "--out comparison",
    "corrections": "--out corrections.csv",
    "theory": "network.nc --out theory.nc",
    "curate": "--tables data --out data",
    "document": "--out .",
}
"""Shown by ``--help``."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description=__doc__)
    add_version(parser)
    commands = parser.add_subparsers(required=True, metavar="command")
    add_network(commands)
    add_configuration(commands)
    add_stabilisation(commands)
    add_corrections(commands)
    add_theory(commands)
    add_curation(commands)
    command = commands.add_parser("document", help="write config/schema.json, config/README.md and data/README.md")
    command.add_argument("--out", type=Path, default=Path(), metavar="FOLDER", help="folder that holds config/ and data/")
    command.set_defaults(run=_document, writes={"out": IN_PLACE})
    return describe(parser, EXAMPLES)


def _document(options: argparse.Namespace) -> None:
    from model.configuration.document import documents
    from model.tables.document import manual

    files = {f"config/{name}": content for name, content in documents().items()} | {"data/README.md": manual()}
    write_texts({options.out / name: content for name, content in files.items()})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: options.run(options), options)


if __name__ == "__main__":
    sys.exit(main())
