"""``python -m analysis``: statistics, series, rates, published values, comparisons, figures; spikes in other formats, out and in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from analysis.comparison.commands import add_commands as add_comparison
from analysis.dynamics.commands import add_commands as add_dynamics
from analysis.exchange.commands import add_commands as add_exchange
from analysis.figures.commands import add_commands as add_figures
from analysis.functional.commands import add_commands as add_functional
from analysis.statistics.commands import add_commands as add_statistics
from analysis.sweep.commands import add_commands as add_sweep
from procortex.utilities.arguments import add_version
from procortex.utilities.errors import run_command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    add_version(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_statistics(commands)
    add_dynamics(commands)
    add_comparison(commands)
    add_functional(commands)
    add_sweep(commands)
    add_figures(commands)
    add_exchange(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: options.run(options), options)


if __name__ == "__main__":
    sys.exit(main())
