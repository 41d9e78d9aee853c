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
from procortex.utilities.arguments import add_version, describe
from procortex.utilities.errors import run_command

EXAMPLES = {
    "statistics": "spikes --state ground --out statistics.parquet",
    "histograms": "counts.parquet --out histograms.parquet",
    "rates": "spikes --out rates.json",
    "fluctuations": "series.nc --window 1000 --out fluctuations.parquet",
    "series": "spikes --state ground --out series.nc",
    "lags": "series.nc --anatomy anatomy.nc --out lags.parquet",
    "granger": "series.nc --anatomy anatomy.nc --out granger.parquet",
    "published": "--state ground --out published.parquet",
    "compare": "--reference nest/statistics.parquet --candidate cpu/statistics.parquet --out comparison.parquet",
    "agreement": "--reference published.parquet --candidate statistics.parquet --state ground",
    "spike-sample": "spikes --state ground --out spike_sample.parquet",
    "published-histograms": "--out published_histograms.parquet",
    "functional": "series.nc network.nc --out functional.nc",
    "functional-experiment": "--out experiment.nc",
    "functional-agreement": "functional.nc --anatomy anatomy.nc --out agreement.csv",
    "sweep": "sweep.yaml --statistics */statistics.parquet --series */series.nc --out sweep.parquet",
    "figure": "raster spikes --state ground --out-svg raster.svg --out-png raster.png",
    "document": "docs/figures.md",
    "export": "spikes --format sonata --areas V1 V2 --out spikes.h5",
    "import": "recordings --t-sim 1000 --out spikes",
}
"""Shown by ``--help``."""


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
    return describe(parser, EXAMPLES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: options.run(options), options)


if __name__ == "__main__":
    sys.exit(main())
