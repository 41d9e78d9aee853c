"""Command of the fluctuations of rates."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from procortex.utilities.arguments import csv_beside


def add_commands(commands: Any) -> None:
    """Add it to the subparsers of ``python -m analysis``."""
    command = commands.add_parser("fluctuations", help="how much rates vary from window to window, and how well a run knows their means")
    command.add_argument("series", type=Path, nargs="+", help="series.nc of each simulation")
    command.add_argument("--window", type=float, default=10_000.0, help="length of the windows (ms; default %(default)g)")
    command.add_argument("--area", help="the area whose populations to take (default: populations pooled over all areas)")
    command.add_argument("--out", type=Path, required=True, help="fluctuations.parquet; a .csv appears beside it")
    command.set_defaults(command=_fluctuations, writes={"out": ".parquet"}, beside=csv_beside)


def _fluctuations(arguments: argparse.Namespace) -> None:
    from analysis.dynamics.fluctuations import COLUMNS, as_text, fluctuations
    from analysis.tables import check_name, write_table

    check_name(arguments.out)
    table = fluctuations(arguments.series, arguments.window, arguments.area)
    write_table(table, arguments.out, COLUMNS)
    print(as_text(table))
