"""Commands of the interactions between areas and populations."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from procortex.utilities.arguments import csv_beside
from procortex.utilities.processors import check_threads


def add_commands(commands: Any) -> None:
    """Add them to the subparsers of ``python -m analysis``."""
    command = commands.add_parser("lags", help="how far the rates of areas lag behind each other")
    _common(command, "lags.parquet")
    command.set_defaults(command=_lags, writes={"out": ".parquet"}, beside=csv_beside)

    command = commands.add_parser("granger", help="conditional Granger causality between populations, of long runs at full density")
    command.add_argument("--jobs", type=int, default=1, help="threads; target populations are shared out among them (default %(default)d)")
    _common(command, "granger.parquet")
    command.set_defaults(command=_granger, writes={"out": ".parquet"}, beside=csv_beside)


def _common(command: argparse.ArgumentParser, result: str) -> None:
    command.add_argument("series", type=Path, help="series.nc of the simulation")
    command.add_argument("--anatomy", type=Path, required=True, help="anatomy.nc of the simulated network: who is connected with whom")
    command.add_argument("--out", type=Path, required=True, help=f"{result}; a .csv appears beside it")


def _lags(arguments: argparse.Namespace) -> None:
    from analysis.interactions.lags import COLUMNS, SHORTEST_WINDOW_MS, lags
    from analysis.interactions.windows import long_series
    from analysis.tables import check_name, write_table
    from contracts.anatomy import read_anatomy

    check_name(arguments.out)
    series = long_series(arguments.series, SHORTEST_WINDOW_MS, "a lag of up to 100 ms")
    write_table(lags(series, read_anatomy(arguments.anatomy)), arguments.out, COLUMNS)


def _granger(arguments: argparse.Namespace) -> None:
    from analysis.interactions.populations import COLUMNS, SAMPLES_PER_PARAMETER, SHORTEST_WINDOW_MS, influences, short_of_samples
    from analysis.interactions.windows import long_series
    from analysis.tables import check_name, write_table
    from contracts.anatomy import read_anatomy

    check_name(arguments.out)
    check_threads("--jobs", arguments.jobs)
    series = long_series(arguments.series, SHORTEST_WINDOW_MS, "Granger causality")
    table = influences(series, read_anatomy(arguments.anatomy), arguments.jobs)
    write_table(table, arguments.out, COLUMNS)
    if short := short_of_samples(series, table):
        print(
            f"warning: {arguments.series}: fewer than {SAMPLES_PER_PARAMETER} samples for each parameter in the models of {short} targets; "
            "weak influences on them go unnoticed, a longer run finds them",
            file=sys.stderr,
        )
