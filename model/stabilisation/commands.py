"""Commands of the stabilisation: ``stabilise`` and ``compare-indegrees``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from model.options import add_state_options, chosen_parameters
from procortex.utilities.arguments import FOLDER
from procortex.utilities.atomic import whole_file, whole_files, whole_folder
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress


def add_commands(commands: Any) -> None:
    """Add `stabilise` and `compare-indegrees` to the subparsers of ``python -m model``."""
    from model.stabilisation.parameters import StabilisationParameters

    command = commands.add_parser("stabilise", help="compute stabilised in-degrees, the table that `stabilisation: computed` takes")
    add_state_options(command)
    command.add_argument("--record", type=Path, metavar="PATH", help="NetCDF file of what was found on the way")
    for field in fields(StabilisationParameters):
        kind = int if field.name == "max_iterations" else float
        command.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default, help=f"default {field.default}")
    command.set_defaults(run=_stabilise, writes={"out": ".csv", "record": ".nc"})

    command = commands.add_parser("compare-indegrees", help="write tables of what stabilisations change, and of the states they leave")
    add_state_options(command)
    command.add_argument(
        "--chi",
        type=float,
        nargs="+",
        default=list(np.round(np.arange(1.0, 2.55, 0.1), 2)),
        help="strengths of the connections between areas",
    )
    command.set_defaults(run=_compare, writes={"out": FOLDER})


def _stabilise(options: argparse.Namespace) -> None:
    from threadpoolctl import threadpool_limits

    from contracts.stabilisation import write_stabilisation
    from model.network.build import unstabilised_anatomy
    from model.stabilisation.indegrees import driven_network, stabilised
    from model.stabilisation.parameters import StabilisationParameters
    from model.stabilisation.record import stabilisation_record
    from model.stabilisation.table import write_stabilised

    parameters = chosen_parameters(options)
    start = time.perf_counter()
    given = StabilisationParameters(**{field.name: getattr(options, field.name) for field in fields(StabilisationParameters)})
    with threadpool_limits(1):  # the last digits depend on the number of threads
        anatomy = unstabilised_anatomy(parameters)
        network = driven_network(anatomy, given)
        found = stabilised(network, anatomy.parameters)
    with whole_files() as whole:
        if options.record:
            write_stabilisation(stabilisation_record(found), options.record, whole)
        write_stabilised(network.labels, network.indegree, found.indegree, options.out, whole)
    change = np.abs(found.indegree - network.indegree).sum() / network.indegree.sum()
    print(
        f"{options.out}: {len(found.iterations)} changes, {change:.1%} of the in-degrees moved, no transition below kappa = "
        f"{given.kappa_target:g}, {time.perf_counter() - start:.1f} s"
    )


def _compare(options: argparse.Namespace) -> None:
    from contracts.tables import DATA
    from model.anatomy.stabilised import clean_indegrees, read_published_indegrees
    from model.network.assemble import full_scale_circuit
    from model.network.build import unstabilised_anatomy
    from model.stabilisation import compare
    from model.stabilisation.indegrees import computed_indegrees, driven_network
    from sources.fetch import raw_folder
    from sources.registry import STABILISATION

    parameters = chosen_parameters(options)
    connectivity = parameters.connectivity
    anatomy = unstabilised_anatomy(parameters)
    matrices = {"none": anatomy.indegree_raw.to_numpy()}
    matrices["computed"] = computed_indegrees(anatomy, Path(connectivity.tables_dir) if connectivity.tables_dir else DATA)
    try:
        raw = raw_folder(Path(connectivity.raw_dir) if connectivity.raw_dir else None, uses=(STABILISATION,))
        matrices["published"] = clean_indegrees(read_published_indegrees(raw))
    except InputError as error:
        print(f"without the published in-degrees: {error}")
    circuit = full_scale_circuit(anatomy, parameters)
    neurons = anatomy.neurons.to_numpy()
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "summary": lambda: compare.summary(circuit.labels, neurons, matrices),
        "by_layer": lambda: compare.by_layer(circuit.labels, matrices),
        "by_area_pair": lambda: compare.by_area_pair(circuit.labels, neurons, matrices),
        "largest_changes": lambda: compare.largest_changes(circuit.labels, matrices, "computed"),
        "over_chi": lambda: compare.over_chi(circuit, parameters, matrices, options.chi),
        "over_kappa": lambda: compare.over_kappa(driven_network(anatomy), matrices),
    }
    ours = [f"{name}.csv" for name in tables]
    with whole_folder(options.out, ours) as folder, Progress("comparison", len(tables), "tables") as progress:
        for name, make in tables.items():
            with whole_file(folder / f"{name}.csv") as temporary:
                make().to_csv(temporary, index=False, float_format="%.8g", lineterminator="\n")
            progress.update(1, name)
    print(f"{options.out}: {', '.join(f'{name}.csv' for name in tables)}")
