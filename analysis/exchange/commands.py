"""The commands ``export`` and ``import``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from procortex.utilities.arguments import FOLDER

SUFFIXES = (".h5", ".nix", ".pkl")
"""Of exported files."""


def add_commands(commands: Any) -> None:
    """Add `export` and `import` to the subparsers of ``python -m analysis``."""
    command = commands.add_parser("export", help="spikes, or some of them, as SONATA, Neo or NIX file: docs/exchange.md")
    command.add_argument("spikes", type=Path, help="spike data set (a folder)")
    command.add_argument("--format", choices=("sonata", "neo", "nix"), required=True, help="neo is a pickle of Neo objects")
    command.add_argument("--areas", nargs="+", metavar="AREA", help="areas (default: all recorded ones)")
    command.add_argument("--populations", nargs="+", metavar="POPULATION", help="layer populations such as 23E (default: all)")
    command.add_argument("--t-start", type=float, default=0.0, metavar="MS", help="first time stamp (ms; default %(default)g)")
    command.add_argument("--t-stop", type=float, metavar="MS", help="end of the time stamps, itself left out (ms; default: everything)")
    command.add_argument("--neurons", type=int, metavar="N", help="the first N neurons of each population (default: all recorded ones)")
    command.add_argument("--compress", action="store_true", help="compress SONATA with gzip, which libsonata's packages do not read")
    command.add_argument("--out", type=Path, required=True, help="the file; it appears when it is whole")
    command.set_defaults(run=_export, writes={"out": SUFFIXES})

    command = commands.add_parser("import", help="spikes of NEST or of the original model as a spike data set: docs/exchange.md")
    command.add_argument("recordings", type=Path, help="folder of .dat, .gdf (also .gz, .bz2, .xz) or .npy files, or one recording")
    command.add_argument("--format", choices=("auto", "nest", "original", "procortex"), default="auto", help="default: by the files' names")
    command.add_argument("--t-sim", type=float, required=True, metavar="MS", help="simulated time (ms); later spikes are left out")
    command.add_argument("--dt", type=float, default=0.1, metavar="MS", help="resolution of the simulation (ms; default %(default)g)")
    command.add_argument("--gids", type=Path, metavar="FILE", help="network_gids.txt (default: looked for beside the recordings)")
    command.add_argument("--network", type=Path, metavar="FILE", help="network.nc: the populations, where there is no network_gids.txt")
    command.add_argument("--areas", nargs="+", metavar="AREA", help="areas to keep (default: all)")
    command.add_argument("--simulator", default="imported", help="its name in statistics and figures (default: %(default)s)")
    command.add_argument("--seed", type=int, default=0, help="its seed, to tell several runs apart (default: %(default)d)")
    command.add_argument(
        "--may-fall-silent", action="store_true", help="take runs without a spike, or without one in the last tenth of the time"
    )
    command.add_argument("--out", type=Path, required=True, metavar="SPIKES", help="spike data set (a folder), absent or empty")
    command.add_argument("--overwrite", action="store_true", help="replace another data set that is there")
    command.set_defaults(run=_import, writes={"out": FOLDER})


def _export(arguments: argparse.Namespace) -> None:
    from analysis.exchange.exporting import export

    count = export(
        arguments.spikes,
        arguments.format,
        arguments.out,
        areas=arguments.areas,
        populations=arguments.populations,
        t_start=arguments.t_start,
        t_stop=arguments.t_stop,
        neurons=arguments.neurons,
        compress=arguments.compress,
    )
    print(f"{arguments.out}: {count:,} spikes")


def _import(arguments: argparse.Namespace) -> None:
    from analysis.exchange.importing import Request, import_spikes

    request = Request(
        t_sim=arguments.t_sim,
        dt=arguments.dt,
        gids=arguments.gids,
        network=arguments.network,
        areas=arguments.areas,
        simulator=arguments.simulator,
        seed=arguments.seed,
        may_fall_silent=arguments.may_fall_silent,
        overwrite=arguments.overwrite,
    )
    meta = import_spikes(arguments.recordings, arguments.out, request, arguments.format)
    print(f"{arguments.out}: {sum(meta.spikes.values()):,} spikes of {len(meta.populations)} populations, {meta.t_sim:g} ms")
