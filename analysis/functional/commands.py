"""Commands of the functional connectivity."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from contracts.startup import START_MS


def add_commands(commands: Any) -> None:
    """Add the commands of functional connectivity to the subparsers of ``python -m analysis``."""
    command = commands.add_parser("functional", help="correlations between the areas of one simulation: functional connectivity")
    command.add_argument("series", type=Path, help="series.nc of the simulation")
    command.add_argument("network", type=Path, help="network.nc that was simulated")
    command.add_argument(
        "--signal", choices=("synaptic-input", "bold"), default="synaptic-input", help="what is correlated (default: %(default)s)"
    )
    command.add_argument("--t-min", type=float, default=START_MS, help="start of the window (ms; default %(default)g)")
    command.add_argument("--out", type=Path, required=True, help="functional.nc")
    command.set_defaults(run=_functional, writes={"out": ".nc"})

    command = commands.add_parser("functional-experiment", help="the experimental functional connectivity, in the same form")
    command.add_argument("--raw-dir", type=Path, help="folder of the raw files (default: downloaded)")
    command.add_argument(
        "--hemisphere",
        choices=("first", "second", "mean"),
        default="second",
        help="hemisphere in the order of the file (default: %(default)s, the published choice)",
    )
    command.add_argument("--out", type=Path, required=True, help="functional.nc")
    command.set_defaults(run=_experiment, writes={"out": ".nc"})

    command = commands.add_parser("functional-agreement", help="how functional connectivity agrees with experiment and structure")
    command.add_argument("functional", type=Path, nargs="+", help="files of functional and, perhaps, of functional-experiment")
    command.add_argument("--anatomy", type=Path, required=True, help="anatomy.nc of the simulated network")
    command.add_argument("--out", type=Path, required=True, help="table (.csv)")
    command.set_defaults(run=_agreement, writes={"out": ".csv"})


def _functional(arguments: argparse.Namespace) -> None:
    from analysis.functional.connect import connect
    from contracts.functional import write_functional
    from procortex.formats.network import read_network
    from procortex.formats.series import read_series

    series, network = read_series(arguments.series), read_network(arguments.network)
    write_functional(connect(series, network, arguments.signal, arguments.t_min), arguments.out)


def _experiment(arguments: argparse.Namespace) -> None:
    from analysis.functional.connect import connect_experiment
    from contracts.functional import write_functional

    write_functional(connect_experiment(arguments.raw_dir, arguments.hemisphere), arguments.out)


def _agreement(arguments: argparse.Namespace) -> None:
    from analysis.functional.agreement import agreement, collect
    from procortex.utilities.atomic import whole_file

    table = agreement(collect(arguments.anatomy, arguments.functional))
    with whole_file(arguments.out) as temporary:
        table.to_csv(temporary, index=False, float_format="%.6g")
