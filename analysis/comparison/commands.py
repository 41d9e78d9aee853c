"""Commands of the comparison with other simulations and with the published ones."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from procortex.utilities.arguments import csv_beside


def add_commands(commands: Any) -> None:
    """Add the commands of comparison and acceptance to the subparsers of ``python -m analysis``."""
    command = commands.add_parser("published", help="the published NEST and GeNN area values as statistics")
    command.add_argument("--published-dir", type=Path, help="folder of the published files (default: downloaded)")
    command.add_argument("--state", choices=("ground", "resting"), help="whose values (default: both)")
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_published, writes={"out": ".parquet"}, beside=csv_beside)

    command = commands.add_parser("compare", help="distances between simulators and whether they lie within the natural spread")
    command.add_argument("--reference", type=Path, nargs="+", required=True, help="statistics of the reference, a file for each seed")
    command.add_argument("--candidate", type=Path, nargs="+", required=True, help="statistics to judge, a file for each seed")
    command.add_argument("--out", type=Path, required=True, help="comparison.parquet; a .csv appears beside it")
    command.set_defaults(run=_compare, writes={"out": ".parquet"}, beside=csv_beside)

    command = commands.add_parser("agreement", help="means, differences and correlation over areas of one simulation and a reference")
    command.add_argument("--reference", type=Path, required=True, help="statistics of the reference")
    command.add_argument("--simulator", default="nest-published", help="whose values of the reference (default: %(default)s)")
    command.add_argument("--candidate", type=Path, required=True, help="statistics of one simulation")
    command.add_argument("--state", required=True)
    command.set_defaults(run=_agreement)

    command = commands.add_parser("spike-sample", help="3 %% of the spikes of V1, V2 and FEF from 3.0 to 3.5 s, for knight-fig3")
    command.add_argument("spikes", type=Path, help="spike data set (a folder)")
    command.add_argument("--state", required=True, help="name of the simulated state, as in the configuration")
    command.add_argument("--out", type=Path, required=True, help="spike_sample.parquet")
    command.set_defaults(run=_spike_sample, writes={"out": ".parquet"})

    command = commands.add_parser(
        "published-histograms", help="the published histograms of NEST and GeNN (ground state) in the form of ours"
    )
    command.add_argument("--published-dir", type=Path, help="folder of the published files (default: downloaded)")
    command.add_argument("--out", type=Path, required=True, help="published_histograms.parquet")
    command.set_defaults(run=_published_histograms, writes={"out": ".parquet"})

    command = commands.add_parser("acceptance", help="whether the full model agrees with the published NEST simulation, by fixed limits")
    command.add_argument(
        "--reference", type=Path, nargs="+", required=True, help="published area values, of `python -m analysis published`"
    )
    command.add_argument("--candidate", type=Path, nargs="+", required=True, help="statistics to judge: a file for each state and seed")
    command.add_argument(
        "--histograms", type=Path, nargs="*", default=[], help="histograms of the same runs, and the published ones (published-histograms)"
    )
    command.add_argument(
        "--series",
        type=Path,
        nargs="*",
        default=[],
        help="series.nc of the same runs: whether the state changes a spike of the isolated area",
    )
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        help="acceptance.parquet; acceptance.csv, .md and _overview.csv (all seeds in one table) appear beside it",
    )
    command.set_defaults(run=_acceptance, writes={"out": ".parquet"}, beside=_acceptance_files)


def _published(arguments: argparse.Namespace) -> None:
    from analysis.comparison.published import published
    from analysis.tables import STATISTICS_COLUMNS, write_table

    frame, windows = published(arguments.published_dir, arguments.state)
    write_table(frame, arguments.out, STATISTICS_COLUMNS, windows)


def _compare(arguments: argparse.Namespace) -> None:
    from analysis.comparison.compare import compare
    from analysis.tables import COMPARISON_COLUMNS, write_table

    write_table(compare(arguments.reference, arguments.candidate), arguments.out, COMPARISON_COLUMNS)


def _agreement(arguments: argparse.Namespace) -> None:
    from analysis.comparison.agreement import agreement, as_markdown

    print(as_markdown(agreement(arguments.reference, arguments.candidate, arguments.simulator, arguments.state)))


def _spike_sample(arguments: argparse.Namespace) -> None:
    from analysis.comparison.spike_sample import SAMPLE_COLUMNS, sample_spikes
    from analysis.tables import write_table

    write_table(sample_spikes(arguments.spikes, arguments.state), arguments.out, SAMPLE_COLUMNS, csv=False)


def _published_histograms(arguments: argparse.Namespace) -> None:
    from analysis.statistics.histograms import published_binned, write_histograms

    frame, windows = published_binned(arguments.published_dir)
    write_histograms(frame, arguments.out, windows)


def _acceptance(arguments: argparse.Namespace) -> None:
    from analysis.comparison.acceptance.judge import acceptance, summary
    from analysis.comparison.acceptance.overview import overview, overview_markdown
    from analysis.comparison.acceptance.report import as_markdown
    from analysis.comparison.acceptance.rules import ACCEPTANCE_COLUMNS
    from analysis.tables import add_table
    from procortex.utilities.atomic import whole_files

    frame = acceptance(arguments.reference, arguments.candidate, arguments.histograms, arguments.series)
    table = overview(frame)
    with whole_files() as whole:
        add_table(whole, frame, arguments.out, ACCEPTANCE_COLUMNS)
        with whole(arguments.out.with_suffix(".md")) as temporary:
            temporary.write_text(f"{overview_markdown(table)}\n\n{as_markdown(frame)}\n", encoding="utf-8")
        with whole(arguments.out.with_name(f"{arguments.out.stem}_overview.csv")) as temporary:
            table.to_csv(temporary, index=False)
    print(summary(frame))


def _acceptance_files(path: Path) -> list[Path]:
    return [path.with_suffix(".csv"), path.with_suffix(".md"), path.with_name(f"{path.stem}_overview.csv")]
