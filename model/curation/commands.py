"""Command of the curation: ``curate``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from model.corrections.registry import CORRECTIONS
from procortex.utilities.arguments import IN_PLACE
from procortex.utilities.errors import InputError


def add_commands(commands: Any) -> None:
    """Add `curate` to the subparsers of ``python -m model``."""
    command = commands.add_parser(
        "curate", help="write the tables that the model is built from, from the raw sources or from edited tables"
    )
    source = command.add_mutually_exclusive_group()
    source.add_argument(
        "--raw-dir", type=Path, metavar="FOLDER", help="folder of the raw sources; without it and --tables they are downloaded"
    )
    source.add_argument("--tables", type=Path, metavar="FOLDER", help="folder of edited tables; their derived columns are computed again")
    command.add_argument(
        "--sln-fit",
        choices=("published", "refit"),
        default="published",
        help="coefficients that predict the laminar origin of connections: the published ones, or fitted to the raw counts",
    )
    command.add_argument(
        "--corrections",
        nargs="+",
        choices=[name for name, correction in CORRECTIONS.items() if correction.stage == "curation"],
        default=[],
        metavar="NAME",
        help="corrections to make on the way (docs/corrections.md): %(choices)s",
    )
    command.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="folder to write to")
    command.set_defaults(run=_curate, writes={"out": IN_PLACE})


def _curate(options: argparse.Namespace) -> None:
    from model.curation import curate
    from model.tables import read_tables, write_tables
    from sources.checksums import check_folder
    from sources.fetch import raw_folder
    from sources.registry import ANATOMY, RAW

    if options.tables:
        if options.sln_fit != "published":
            raise InputError(f"--sln-fit {options.sln_fit}: needs the raw counts; give --raw-dir instead of --tables")
        if options.corrections:
            raise InputError(f"--corrections {' '.join(options.corrections)}: needs the raw sources; give --raw-dir instead of --tables")
        tables = read_tables(options.tables, ignore_derived=True)
    else:
        # a folder given here goes before the one that the environment names
        raw = check_folder(RAW, options.raw_dir, (ANATOMY,)) if options.raw_dir else raw_folder(uses=(ANATOMY,))
        tables = curate(raw, options.sln_fit, frozenset(options.corrections)).tables
    write_tables(tables, options.out)
    connected = int((tables.connections["evidence"] != "none").sum())
    print(f"{options.out}: {len(tables.areas)} areas, {connected} connections, {tables.neurons.sum().sum():,.0f} neurons in whole areas")
