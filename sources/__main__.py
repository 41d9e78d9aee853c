"""Command line: fetch the registered files, and write the published rates."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from procortex.utilities.arguments import FOLDER, add_version, describe
from procortex.utilities.atomic import write_texts
from procortex.utilities.errors import InputError, run_command
from sources.checksums import SourceFolder, check_folder
from sources.fetch import copy_files, download, published_folder
from sources.published import nest_ground_rates
from sources.registry import RATES, REGISTRIES

EXAMPLES = {"fetch": "raw --out raw", "rates": "--out rates.json"}
"""Shown by ``--help``."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sources", description=__doc__)
    add_version(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("fetch", help="bring the checked files of a registry into a folder")
    command.add_argument("registry", choices=list(REGISTRIES))
    command.add_argument("--out", type=Path, required=True, help="folder to fill")
    command.add_argument(
        "--from",
        type=Path,
        dest="source",
        help="folder to copy from (or PROCORTEX_RAW_DIR, PROCORTEX_PUBLISHED_DIR); downloads without one",
    )
    which = command.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="also the files that no stage needs")
    which.add_argument("--use", help="only the files of one use, as sources/*.tsv name it (stabilisation: the published in-degrees)")
    command.set_defaults(run=_fetch, writes={"out": FOLDER})

    command = commands.add_parser("rates", help="write NEST's published ground-state rates, {area: {population: spikes/s}}")
    command.add_argument("--out", type=Path, required=True, help="JSON file to write")
    command.add_argument("--published-dir", type=Path, help="folder with the published files instead of downloading them")
    command.set_defaults(run=_rates, writes={"out": ".json"})
    return describe(parser, EXAMPLES)


def _fetch(arguments: argparse.Namespace) -> None:
    registry = REGISTRIES[arguments.registry]
    known = {entry.use for entry in registry.entries}
    if arguments.use and arguments.use not in known:
        raise InputError(f"--use {arguments.use}: no use of {registry.name} files, expected {' or '.join(sorted(known))}")
    uses = {arguments.use} if arguments.use else known if arguments.all else None
    source = arguments.source or os.environ.get(registry.variable)
    if source:
        found = check_folder(registry, Path(source), uses)
        if arguments.use:  # a folder may hold others
            found = SourceFolder(found.root, {entry.file: found.path(entry.file) for entry in registry.select(uses)})
        copy_files(found, arguments.out)
    else:
        download(registry, arguments.out, uses)


def _rates(arguments: argparse.Namespace) -> None:
    rates = nest_ground_rates(published_folder(arguments.published_dir, uses=(RATES,)))
    write_texts({arguments.out: json.dumps(rates, indent=1) + "\n"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: options.run(options), options)


if __name__ == "__main__":
    sys.exit(main())
