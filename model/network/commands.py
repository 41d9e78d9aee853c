"""Commands of the network: ``build`` and ``anatomy``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from model.options import add_state_options, chosen_parameters, pairs
from procortex.formats.network import write_network


def add_commands(commands: Any) -> None:
    """Add `build` and `anatomy` to the subparsers of ``python -m model``."""
    command = commands.add_parser("build", help="build the network file of one state")
    add_state_options(command)
    command.add_argument(
        "--run",
        nargs="+",
        action="extend",
        default=[],
        metavar="STATE=FOLDER",
        dest="runs",
        help="for rates or series of `state:NAME`: the folder of results of a run of that state",
    )
    command.set_defaults(run=_build, writes={"out": ".nc"})

    command = commands.add_parser("anatomy", help="write the anatomy that the network of one state has at full density")
    add_state_options(command)
    command.set_defaults(run=_anatomy, writes={"out": ".nc"})


def _build(options: argparse.Namespace) -> None:
    from model.network.build import build_network  # the sources and the numerics load in a second that other commands need not wait

    start = time.perf_counter()
    folders = {name: Path(folder) for name, folder in pairs(options.runs, "--run", "STATE=FOLDER").items()}
    network = build_network(chosen_parameters(options), folders)
    write_network(network, options.out)
    streams, changes = int((network["stream_rate"] > 0).sum()), network.sizes["segment"] - 1
    print(
        f"{options.out}: {network.sizes['population']} populations, {int(network['neurons'].sum()):,} neurons, "
        f"{int(network['synapses'].sum()):,} synapses, {streams} Poisson streams, "
        f"{f'{changes} changes of currents, ' * (changes > 0)}{time.perf_counter() - start:.1f} s"
    )


def _anatomy(options: argparse.Namespace) -> None:
    from contracts.anatomy import write_anatomy
    from model.network.anatomy_file import anatomy_dataset
    from model.network.build import anatomy_of, factors_of

    parameters = chosen_parameters(options)
    full = anatomy_of(parameters)
    anatomy = anatomy_dataset(full, parameters, factors_of(full, parameters))
    write_anatomy(anatomy, options.out)
    connections = int((anatomy["evidence"] > 0).sum())
    synapses = float((anatomy["indegree"] * anatomy["neurons"]).sum())
    print(
        f"{options.out}: {anatomy.sizes['area']} areas, {float(anatomy['neurons'].sum()):,.0f} neurons, {synapses:,.0f} synapses, "
        f"{connections} connections between areas"
    )
