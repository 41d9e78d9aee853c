"""Command of the sweeps."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from procortex.utilities.arguments import csv_beside


def add_commands(commands: Any) -> None:
    """Add `sweep` to the subparsers of ``python -m analysis``."""
    command = commands.add_parser("sweep", help="statistics of all points of a sweep in one table, beside the values of its parameters")
    command.add_argument("points", type=Path, help="sweep.yaml: swept parameters, and the values of each state")
    command.add_argument("--statistics", type=Path, nargs="+", required=True, help="statistics.parquet of every simulation")
    command.add_argument("--series", type=Path, nargs="+", required=True, help="series.nc of every simulation")
    command.add_argument("--out", type=Path, required=True, help="sweep.parquet; a .csv appears beside it")
    command.set_defaults(run=_sweep, writes={"out": ".parquet"}, beside=csv_beside)


def _sweep(arguments: argparse.Namespace) -> None:
    from analysis.sweep.gather import columns_of, gather
    from analysis.sweep.points import read_points
    from analysis.tables import check_name, write_table

    check_name(arguments.out)
    points = read_points(arguments.points)
    write_table(gather(points, arguments.statistics, arguments.series), arguments.out, columns_of(points))
