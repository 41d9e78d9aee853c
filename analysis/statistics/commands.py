"""Commands of the statistics: ``statistics``, ``histograms``, ``rates`` and ``fluctuations``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from contracts.startup import START_MS
from procortex.utilities.arguments import csv_beside
from procortex.utilities.processors import check_threads


def add_commands(commands: Any) -> None:
    """Add the commands of statistics to the subparsers of ``python -m analysis``."""
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
    command.set_defaults(run=_statistics, writes={"out": ".parquet"}, beside=_statistics_files)

    command = commands.add_parser(
        "histograms", help="histograms of rates, LvR and correlations over all neurons or pairs of one simulation"
    )
    command.add_argument("counts", type=Path, help="counts.parquet, which `python -m analysis statistics` leaves")
    command.add_argument(
        "--edges", type=Path, help="whose bins to use: another run's histograms.parquet; without it bins of Freedman and Diaconis' width"
    )
    command.add_argument("--out", type=Path, required=True, help="histograms.parquet")
    command.set_defaults(run=_histograms, writes={"out": ".parquet"})

    command = commands.add_parser("rates", help="mean rates of one simulation after 500 ms, for networks that take them as their input")
    command.add_argument(
        "source", type=Path, metavar="run", help="statistics.parquet, series.nc, or the folder of results that holds one of them"
    )
    command.add_argument("--out", type=Path, required=True, help="rates.json: {area: {population: spikes/s}}")
    command.set_defaults(run=_rates, writes={"out": ".json"})

    command = commands.add_parser("fluctuations", help="how much rates vary from window to window, and how well a run knows their means")
    command.add_argument("series", type=Path, nargs="+", help="series.nc of each simulation")
    command.add_argument("--window", type=float, default=10_000.0, help="length of the windows (ms; default %(default)g)")
    command.add_argument("--area", help="the area whose populations to take (default: populations pooled over all areas)")
    command.add_argument("--out", type=Path, required=True, help="fluctuations.parquet; a .csv appears beside it")
    command.set_defaults(run=_fluctuations, writes={"out": ".parquet"}, beside=csv_beside)


def _statistics(arguments: argparse.Namespace) -> None:
    from analysis.statistics.collect import collect
    from analysis.statistics.histograms import add_histograms, edges_of
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


def _histograms(arguments: argparse.Namespace) -> None:
    from analysis.statistics.binning import bin_counts
    from analysis.statistics.histograms import HISTOGRAM_COLUMNS, edges_of, write_histograms
    from analysis.tables import check_name, read_table
    from procortex.utilities.errors import InputError

    check_name(arguments.out)
    counts, windows = read_table(arguments.counts, HISTOGRAM_COLUMNS)
    if len(windows) > 1:
        raise InputError(f"{arguments.counts}: holds the states {', '.join(windows)}; expected the counts of one simulation")
    edges = edges_of(arguments.edges, *windows) if windows else {}
    write_histograms(bin_counts(counts, windows, edges, arguments.counts), arguments.out, windows)


def _rates(arguments: argparse.Namespace) -> None:
    from contracts.rates import read_rates, write_rates

    write_rates(read_rates(arguments.source), arguments.out)


def _fluctuations(arguments: argparse.Namespace) -> None:
    from analysis.statistics.fluctuations import COLUMNS, as_text, fluctuations
    from analysis.tables import check_name, write_table

    check_name(arguments.out)
    table = fluctuations(arguments.series, arguments.window, arguments.area)
    write_table(table, arguments.out, COLUMNS)
    print(as_text(table))
