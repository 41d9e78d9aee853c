"""Commands of the model: ``python -m model build|anatomy|theory|stabilise|compare-indegrees|corrections|configure|curate|document``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from model.configuration import Parameters, load_experiment
from model.corrections.command import add_corrections
from model.corrections.registry import CORRECTIONS
from model.stabilisation.command import add_compare, add_stabilise
from model.theory.command import add_theory
from procortex.formats.network import write_network
from procortex.utilities.arguments import IN_PLACE, add_version
from procortex.utilities.atomic import write_texts
from procortex.utilities.errors import InputError, run_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m model", description=__doc__)
    add_version(parser)
    commands = parser.add_subparsers(required=True, metavar="command")
    build = commands.add_parser("build", help="build the network file of one state")
    anatomy = commands.add_parser("anatomy", help="write the anatomy that the network of one state has at full density")
    configure = commands.add_parser("configure", help="write all parameters of one state, as YAML")
    stabilise = commands.add_parser("stabilise", help="compute stabilised in-degrees, the table that `stabilisation: computed` takes")
    compare = commands.add_parser("compare-indegrees", help="write tables of what stabilisations change, and of the states they leave")
    corrections = commands.add_parser("corrections", help="write a table of what each correction of the published model changes")
    for command in (build, anatomy, configure, stabilise, compare, corrections):
        command.add_argument(
            "--config",
            type=Path,
            nargs="+",
            action="extend",
            default=[],
            metavar="FILE",
            help="configuration files, later ones over earlier ones",
        )
        command.add_argument("--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="values over those of the files")
        command.add_argument("--state", help="state of the configuration; may be left out where there is only one")
        command.add_argument("--out", type=Path, required=True, metavar="PATH", help="file to write (compare-indegrees: folder)")
    build.add_argument(
        "--run",
        nargs="+",
        action="extend",
        default=[],
        metavar="STATE=FOLDER",
        dest="runs",
        help="for rates or series of `state:NAME`: the folder of results of a run of that state",
    )
    configure.add_argument("--network", action="store_true", help="leave out what the network file does not depend on")
    build.set_defaults(run=_build, writes={"out": ".nc"})
    anatomy.set_defaults(run=_anatomy, writes={"out": ".nc"})
    configure.set_defaults(run=_configure, writes={"out": (".yaml", ".yml")})
    add_stabilise(stabilise, _parameters)
    add_compare(compare, _parameters)
    add_corrections(corrections, _parameters)
    add_theory(commands.add_parser("theory", help="solve the mean-field theory of a network file"))
    curate = commands.add_parser("curate", help="write the tables that the model is built from, from the raw sources or from edited tables")
    source = curate.add_mutually_exclusive_group()
    source.add_argument(
        "--raw-dir", type=Path, metavar="FOLDER", help="folder of the raw sources; without it and --tables they are downloaded"
    )
    source.add_argument("--tables", type=Path, metavar="FOLDER", help="folder of edited tables, whose derived columns are computed anew")
    curate.add_argument(
        "--sln-fit",
        choices=("published", "refit"),
        default="published",
        help="coefficients that predict the laminar origin of connections: the published ones, or fitted to the raw counts",
    )
    curate.add_argument(
        "--corrections",
        nargs="+",
        choices=[name for name, correction in CORRECTIONS.items() if correction.stage == "curation"],
        default=[],
        metavar="NAME",
        help="corrections to make on the way (docs/corrections.md): %(choices)s",
    )
    curate.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="folder to write to")
    curate.set_defaults(run=_curate, writes={"out": IN_PLACE})
    document = commands.add_parser("document", help="write config/schema.json, config/README.md and data/README.md")
    document.add_argument("--out", type=Path, default=Path(), metavar="FOLDER", help="folder that holds config/ and data/")
    document.set_defaults(run=_document, writes={"out": IN_PLACE})
    options = parser.parse_args(arguments)
    return run_command(lambda: options.run(options), options)


def _parameters(options: argparse.Namespace) -> Parameters:
    return load_experiment(options.config, _pairs(options.set, "--set", "KEY=VALUE")).state(options.state)


def _pairs(given: Sequence[str], option: str, expected: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"{option} {text}: expected {expected}")
        if key in pairs:
            raise InputError(f"{option} {key}: is given twice ({pairs[key]} and {value}), expected once")
        pairs[key] = value
    return pairs


def _build(options: argparse.Namespace) -> None:
    from model.network.build import build_network  # the sources and the numerics load in a second that other commands need not wait

    start = time.perf_counter()
    network = build_network(
        _parameters(options), {name: Path(folder) for name, folder in _pairs(options.runs, "--run", "STATE=FOLDER").items()}
    )
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

    parameters = _parameters(options)
    full = anatomy_of(parameters)
    anatomy = anatomy_dataset(full, parameters, factors_of(full, parameters))
    write_anatomy(anatomy, options.out)
    connections = int((anatomy["evidence"] > 0).sum())
    synapses = float((anatomy["indegree"] * anatomy["neurons"]).sum())
    print(
        f"{options.out}: {anatomy.sizes['area']} areas, {float(anatomy['neurons'].sum()):,.0f} neurons, {synapses:,.0f} synapses, "
        f"{connections} connections between areas"
    )


def _configure(options: argparse.Namespace) -> None:
    parameters = _parameters(options)
    values = parameters.network_configuration() if options.network else parameters.model_dump(mode="json")
    write_texts({options.out: yaml.safe_dump(values, sort_keys=False)})


def _curate(options: argparse.Namespace) -> None:
    from model.curation import curate
    from model.tables import read_tables, write_tables
    from sources.fetch import check_folder, raw_folder
    from sources.registry import ANATOMY, RAW

    if options.tables:
        if options.sln_fit != "published":
            raise InputError(f"--sln-fit {options.sln_fit}: needs the raw counts; give --raw-dir instead of --tables")
        if options.corrections:
            raise InputError(f"--corrections {' '.join(options.corrections)}: needs the raw sources; give --raw-dir instead of --tables")
        tables = read_tables(options.tables, ignore_derived=True)
    else:
        # a folder given here goes before the one that the environment names
        raw = check_folder(RAW, options.raw_dir, (ANATOMY,)) if options.raw_dir else raw_folder(uses=(ANATOMY,))
        tables = curate(raw, options.sln_fit, frozenset(options.corrections)).tables
    write_tables(tables, options.out)
    connected = int((tables.connections["evidence"] != "none").sum())
    print(f"{options.out}: {len(tables.areas)} areas, {connected} connections, {tables.neurons.sum().sum():,.0f} neurons in whole areas")


def _document(options: argparse.Namespace) -> None:
    from model.configuration.document import documents
    from model.tables.document import manual

    files = {f"config/{name}": content for name, content in documents().items()} | {"data/README.md": manual()}
    write_texts({options.out / name: content for name, content in files.items()})


if __name__ == "__main__":
    sys.exit(main())
