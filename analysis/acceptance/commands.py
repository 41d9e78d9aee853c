"""Commands of the comparison with the published distributions."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def _histograms(arguments: argparse.Namespace) -> None:
    from analysis.binning import bin_counts
    from analysis.histograms import HISTOGRAM_COLUMNS, edges_of, write_histograms
    from analysis.tables import check_name, read_table
    from procortex.utilities.errors import InputError

    check_name(arguments.out)
    counts, windows = read_table(arguments.counts, HISTOGRAM_COLUMNS)
    if len(windows) > 1:
        raise InputError(f"{arguments.counts}: holds the states {', '.join(windows)}; expected the counts of one simulation")
    edges = edges_of(arguments.edges, *windows) if windows else {}
    write_histograms(bin_counts(counts, windows, edges, arguments.counts), arguments.out, windows)


def _spike_sample(arguments: argparse.Namespace) -> None:
    from analysis.spike_sample import SAMPLE_COLUMNS, sample_spikes
    from analysis.tables import write_table

    write_table(sample_spikes(arguments.spikes, arguments.state), arguments.out, SAMPLE_COLUMNS, csv=False)


def _published_histograms(arguments: argparse.Namespace) -> None:
    from analysis.histograms import published_binned, write_histograms

    frame, windows = published_binned(arguments.published_dir)
    write_histograms(frame, arguments.out, windows)


def _acceptance(arguments: argparse.Namespace) -> None:
    from analysis.acceptance.judge import acceptance, summary
    from analysis.acceptance.overview import overview, overview_markdown
    from analysis.acceptance.report import as_markdown
    from analysis.acceptance.rules import ACCEPTANCE_COLUMNS
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


def add_commands(commands: Any) -> None:
    """Add the commands to the command line of the room."""
    command = commands.add_parser(
        "histograms", help="histograms of rates, LvR and correlations over all neurons or pairs of one simulation"
    )
    command.add_argument("counts", type=Path, help="counts.parquet, which `python -m analysis statistics` leaves")
    command.add_argument(
        "--edges", type=Path, help="whose bins to use: another run's histograms.parquet; without it bins of Freedman and Diaconis' width"
    )
    command.add_argument("--out", type=Path, required=True, help="histograms.parquet")
    command.set_defaults(command=_histograms, writes={"out": ".parquet"})

    command = commands.add_parser("spike-sample", help="3 %% of the spikes of V1, V2 and FEF from 3.0 to 3.5 s, for knight-fig3")
    command.add_argument("spikes", type=Path, help="spike data set (a folder)")
    command.add_argument("--state", required=True, help="name of the simulated state, as in the configuration")
    command.add_argument("--out", type=Path, required=True, help="spike_sample.parquet")
    command.set_defaults(command=_spike_sample, writes={"out": ".parquet"})

    command = commands.add_parser(
        "published-histograms", help="the published histograms of NEST and GeNN (ground state) in the form of ours"
    )
    command.add_argument("--published-dir", type=Path, help="folder of the published files (default: downloaded)")
    command.add_argument("--out", type=Path, required=True, help="published_histograms.parquet")
    command.set_defaults(command=_published_histograms, writes={"out": ".parquet"})

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
    command.set_defaults(command=_acceptance, writes={"out": ".parquet"}, beside=_acceptance_files)
