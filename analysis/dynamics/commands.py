"""Commands of the dynamics: ``series``, ``lags`` and ``granger``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from analysis.dynamics import SHORTEST_GRANGER_MS, SHORTEST_LAGS_MS
from procortex.utilities.arguments import csv_beside
from procortex.utilities.processors import check_threads


def add_commands(commands: Any) -> None:
    """Add `series`, `lags` and `granger` to the subparsers of ``python -m analysis``."""
    command = commands.add_parser("series", help="spike counts of the populations of one simulation, in bins of 1 ms")
    command.add_argument("spikes", type=Path, help="spike data set (a folder)")
    command.add_argument("--state", required=True, help="name of the simulated state, as in the configuration")
    command.add_argument("--jobs", type=int, default=1, help="processes; areas are shared out among them (default %(default)d)")
    command.add_argument("--out", type=Path, required=True, help="series.nc")
    command.set_defaults(run=_series, writes={"out": ".nc"})

    command = commands.add_parser("lags", help="how far the rates of areas lag behind each other")
    _add_shared(command, "lags.parquet")
    command.set_defaults(run=_lags, writes={"out": ".parquet"}, beside=csv_beside)

    command = commands.add_parser("granger", help="conditional Granger causality between populations, of long runs at full density")
    command.add_argument("--jobs", type=int, default=1, help="threads; target populations are shared out among them (default %(default)d)")
    _add_shared(command, "granger.parquet")
    command.set_defaults(run=_granger, writes={"out": ".parquet"}, beside=csv_beside)


def _add_shared(command: argparse.ArgumentParser, result: str) -> None:
    command.add_argument("series", type=Path, help="series.nc of the simulation")
    command.add_argument("--anatomy", type=Path, required=True, help="anatomy.nc of the simulated network: who is connected with whom")
    command.add_argument("--out", type=Path, required=True, help=f"{result}; a .csv appears beside it")


def _series(arguments: argparse.Namespace) -> None:
    from analysis.dynamics.series import series_of
    from procortex.formats.series import write_series

    check_threads("--jobs", arguments.jobs)
    write_series(series_of(arguments.spikes, arguments.state, arguments.jobs), arguments.out)


def _lags(arguments: argparse.Namespace) -> None:
    from analysis.dynamics.lags import COLUMNS, lags
    from analysis.dynamics.rate_series import long_series
    from analysis.tables import check_name, write_table
    from contracts.anatomy import read_anatomy

    check_name(arguments.out)
    series = long_series(arguments.series, SHORTEST_LAGS_MS, "a lag of up to 100 ms")
    write_table(lags(series, read_anatomy(arguments.anatomy)), arguments.out, COLUMNS)


def _granger(arguments: argparse.Namespace) -> None:
    from analysis.dynamics.granger import COLUMNS, SAMPLES_PER_PARAMETER, influences, short_of_samples
    from analysis.dynamics.rate_series import long_series
    from analysis.tables import check_name, write_table
    from contracts.anatomy import read_anatomy

    check_name(arguments.out)
    check_threads("--jobs", arguments.jobs)
    series = long_series(arguments.series, SHORTEST_GRANGER_MS, "Granger causality")
    table = influences(series, read_anatomy(arguments.anatomy), arguments.jobs)
    write_table(table, arguments.out, COLUMNS)
    if short := short_of_samples(series, table):
        print(
            f"warning: {arguments.series}: fewer than {SAMPLES_PER_PARAMETER} samples for each parameter in the models of {short} targets; "
            "weak influences on them go unnoticed, a longer run finds them",
            file=sys.stderr,
        )
