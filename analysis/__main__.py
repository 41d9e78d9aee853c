"""``python -m analysis``: statistics, series, rates, published values, comparisons, figures; spikes in other formats, out and in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.acceptance.commands import add_commands as add_acceptance
from analysis.dynamics.commands import add_commands as add_dynamics
from analysis.exchange.commands import add_commands as add_exchange
from analysis.figures.commands import add_commands as add_figures
from analysis.functional.commands import add_commands as add_functional
from analysis.interactions.commands import add_commands as add_interactions
from analysis.sweep.commands import add_commands as add_sweep
from contracts.startup import START_MS
from procortex.utilities.arguments import add_version, csv_beside
from procortex.utilities.errors import run_command
from procortex.utilities.processors import check_threads


def _statistics(arguments: argparse.Namespace) -> None:
    from analysis.histograms import add_histograms, edges_of
    from analysis.statistics.collect import collect
    from analysis.tables import DISTRIBUTION_COLUMNS, STATISTICS_COLUMNS, add_table, counts_path, distributions_path
    from procortex.utilities.atomic import whole_files

    distributions, counts = distributions_path(arguments.out), counts_path(arguments.out)
    check_threads("--jobs", arguments.jobs)
    edges = edges_of(arguments.edges, arguments.state)
    collected = collect(arguments.spikes, arguments.state, arguments.t_min, arguments.jobs, edges)
    with whole_files() as whole:
        add_histograms(whole, collected.counts, counts, collected.windows)
        add_table(whole, collected.distributions, distributions, DISTRIBUTION_COLUMNS, collected.windows, csv=False)
        add_table(whole, collected.statistics, arguments.out, STATISTICS_COLUMNS, collected.windows)


def _statistics_files(path: Path) -> list[Path]:
    from analysis.tables import counts_path, distributions_path

    return [path.with_suffix(".csv"), distributions_path(path), counts_path(path)]


def _series(arguments: argparse.Namespace) -> None:
    from analysis.dynamics.series import series_of
    from procortex.formats.series import write_series

    check_threads("--jobs", arguments.jobs)
    write_series(series_of(arguments.spikes, arguments.state, arguments.jobs), arguments.out)


def _rates(arguments: argparse.Namespace) -> None:
    from contracts.rates import read_rates, write_rates

    write_rates(read_rates(arguments.run), arguments.out)


def _published(arguments: argparse.Namespace) -> None:
    from analysis.published import published
    from analysis.tables import STATISTICS_COLUMNS, write_table

    frame, windows = published(arguments.published_dir, arguments.state)
    write_table(frame, arguments.out, STATISTICS_COLUMNS, windows)


def _compare(arguments: argparse.Namespace) -> None:
    from analysis.compare import compare
    from analysis.tables import COMPARISON_COLUMNS, write_table

    write_table(compare(arguments.reference, arguments.candidate), arguments.out, COMPARISON_COLUMNS)


def _agreement(arguments: argparse.Namespace) -> None:
    from analysis.agreement import agreement, as_markdown

    print(as_markdown(agreement(arguments.reference, arguments.candidate, arguments.simulator, arguments.state)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    add_version(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("statistics", help="rates, LvR and correlations of one simulation")
    command.add_argument("spikes", type=Path, help="spike data set (a folder)")
    command.add_argument("--state", required=True, help="name of the simulated state, as in the configuration")
    command.add_argument("--t-min", type=float, default=START_MS, help="start of the window (ms; default %(default)g)")
    command.add_argument("--jobs", type=int, default=1, help="processes; areas are shared out among them (default %(default)d)")
    command.add_argument(
        "--edges",
        type=Path,
        help="bins that histograms are to have which another code chose: published_histograms.parquet, or the published files' folder "
        "(bins of the ground state); bins of our own follow from the counts",
    )
    command.add_argument(
        "--out", type=Path, required=True, help="statistics.parquet; a .csv, distributions.parquet and counts.parquet appear beside it"
    )
    command.set_defaults(command=_statistics, writes={"out": ".parquet"}, beside=_statistics_files)

    command = commands.add_parser("series", help="spike counts of the populations of one simulation, in bins of 1 ms")
    command.add_argument("spikes", type=Path, help="spike data set (a folder)")
    command.add_argument("--state", required=True, help="name of the simulated state, as in the configuration")
    command.add_argument("--jobs", type=int, default=1, help="processes; areas are shared out among them (default %(default)d)")
    command.add_argument("--out", type=Path, required=True, help="series.nc")
    command.set_defaults(command=_series, writes={"out": ".nc"})

    command = commands.add_parser("rates", help="mean rates of one simulation after 500 ms, for networks that take them as their input")
    command.add_argument("run", type=Path, help="statistics.parquet, series.nc, or the folder of results that holds one of them")
    command.add_argument("--out", type=Path, required=True, help="rates.json: {area: {population: spikes/s}}")
    command.set_defaults(command=_rates, writes={"out": ".json"})

    command = commands.add_parser("published", help="the published NEST and GeNN area values as statistics")
    command.add_argument("--published-dir", type=Path, help="folder of the published files (default: downloaded)")
    command.add_argument("--state", choices=("ground", "resting"), help="whose values (default: both)")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(command=_published, writes={"out": ".parquet"}, beside=csv_beside)

    command = commands.add_parser("compare", help="distances between simulators and whether they lie within the natural spread")
    command.add_argument("--reference", type=Path, nargs="+", required=True, help="statistics of the reference, a file for each seed")
    command.add_argument("--candidate", type=Path, nargs="+", required=True, help="statistics to judge, a file for each seed")
    command.add_argument("--out", type=Path, required=True, help="comparison.parquet; a .csv appears beside it")
    command.set_defaults(command=_compare, writes={"out": ".parquet"}, beside=csv_beside)

    command = commands.add_parser("agreement", help="means, differences and correlation over areas of one simulation and a reference")
    command.add_argument("--reference", type=Path, required=True, help="statistics of the reference")
    command.add_argument("--simulator", default="nest-published", help="whose values of the reference (default: %(default)s)")
    command.add_argument("--candidate", type=Path, required=True, help="statistics of one simulation")
    command.add_argument("--state", required=True)
    command.set_defaults(command=_agreement)

    add_dynamics(commands)
    add_functional(commands)
    add_interactions(commands)
    add_acceptance(commands)
    add_sweep(commands)

    add_figures(commands)
    add_exchange(commands)
    return parser


def main() -> int:
    """Run the command line."""
    arguments = _parser().parse_args()
    return run_command(lambda: arguments.command(arguments), arguments)


if __name__ == "__main__":
    sys.exit(main())
