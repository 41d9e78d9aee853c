"""``python -m reporting``: the record of an experiment as JSON, page and RO-Crate; its simulations as a table; a table as a page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from procortex.utilities.arguments import IN_PLACE, add_version, describe
from procortex.utilities.errors import run_command

EXAMPLES = {
    "provenance": "results/default --spikes results/default/*/seed-1/cpu/spikes --workflow workflow --citation CITATION.cff",
    "runs": "results/default/ground/seed-1/cpu/spikes --out runs.csv",
    "table": "comparison.csv --title Comparison --group state --out comparison.html",
}
"""Shown by ``--help``."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reporting", description=__doc__)
    add_version(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("provenance", help="write provenance.json, provenance.html and ro-crate-metadata.json")
    command.add_argument("out", type=Path, help="folder of the experiment's results, with configuration.yaml in it")
    command.add_argument("--spikes", type=Path, nargs="*", default=[], help="spike data sets, in folders STATE/seed-SEED/BACKEND/")
    command.add_argument("--inputs", type=Path, nargs="*", default=[], help="tables that the networks were built from")
    command.add_argument("--results", type=Path, nargs="*", default=[], help="files that came out")
    command.add_argument("--workflow", type=Path, required=True, help="folder of the workflow, with Snakefile and rules/ in it")
    command.add_argument("--citation", type=Path, required=True, help="CITATION.cff")
    command.set_defaults(run=_provenance, writes={"out": IN_PLACE})

    command = commands.add_parser("runs", help="a CSV table of simulations: spikes, events, seconds, energy")
    command.add_argument("spikes", type=Path, nargs="+", help="spike data sets, in folders STATE/seed-SEED/BACKEND/")
    command.add_argument("--out", type=Path, required=True, help="runs.csv")
    command.set_defaults(run=_runs, writes={"out": ".csv"})

    command = commands.add_parser("table", help="a CSV table as a page")
    command.add_argument("table", type=Path)
    command.add_argument("--title", required=True)
    command.add_argument("--group", nargs="+", default=[], metavar="COLUMN", help="columns whose values part the table")
    command.add_argument("--out", type=Path, required=True, help="page.html")
    command.set_defaults(run=_table, writes={"out": ".html"})
    return describe(parser, EXAMPLES)


def _provenance(arguments: argparse.Namespace) -> None:
    from reporting.write import write_provenance

    write_provenance(arguments.out, arguments.workflow, arguments.citation, arguments.spikes, arguments.inputs, arguments.results)


def _runs(arguments: argparse.Namespace) -> None:
    from procortex.utilities.atomic import write_texts
    from reporting.runs import runs_table

    write_texts({arguments.out: runs_table(arguments.spikes).to_csv(index=False, lineterminator="\n")})


def _table(arguments: argparse.Namespace) -> None:
    from procortex.utilities.atomic import write_texts
    from reporting.tables import table_page

    write_texts({arguments.out: table_page(arguments.table, arguments.title, arguments.group)})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: options.run(options), options)


if __name__ == "__main__":
    sys.exit(main())
