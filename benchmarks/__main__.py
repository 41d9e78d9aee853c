"""``python -m benchmarks simulate|ceilings|table|plot``; without a command, figures of this machine in about two minutes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from benchmarks.machine import describe_machine
from benchmarks.simulate import Case, build_network, default_warm_up, measure, write_json, write_row
from procortex.utilities.arguments import FOLDER, add_version
from procortex.utilities.errors import InputError, run_command
from procortex.utilities.matplotlib_defaults import load_matplotlib

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
LAPTOP = ROOT / "results" / "benchmarks"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and memory; results are JSON files.")
    add_version(parser)
    parser.set_defaults(run=_laptop)
    commands = parser.add_subparsers(metavar="COMMAND", help="without one: the default experiment and V1 on the processor, 2 s each")
    command = commands.add_parser("simulate", help="time simulations of one network")
    command.set_defaults(run=_simulate, writes={"out": FOLDER})
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--network", type=Path, metavar="FILE", help="network file")
    what.add_argument("--config", type=Path, metavar="FILE", help="configuration, to build the network from")
    command.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="values over those of the configuration")
    command.add_argument("--state", help="state of the configuration; may be left out where there is only one")
    command.add_argument("--backend", nargs="+", default=["cpu"])
    command.add_argument("--t-sim", type=float, required=True, metavar="MS", help="biological time in ms, the warm-up included")
    command.add_argument("--warm-up", type=float, metavar="MS", help="not counted, with --record-none (default 500 if t_sim is longer)")
    command.add_argument("--seed", nargs="+", type=int, default=[1])
    command.add_argument("--threads", nargs="+", type=int, default=[None], help="default: what the network is worth")
    command.add_argument("--record-none", action="store_true", help="drop the spikes instead of writing them")
    command.add_argument("--record-first", type=int, metavar="N", help="record the first N neurons of each population (default: all)")
    command.add_argument("--memory", type=float, metavar="GB", help="memory to take on the GPU at most")
    command.add_argument("--phases", action="store_true", help="time the GPU's kernels, with --record-none")
    command.add_argument("--name", help="of the case (default: name of the file, and the state)")
    command.add_argument("--out", type=Path, default=RESULTS, metavar="DIR")
    command = commands.add_parser("ceilings", help="measure what the GPU can do at most")
    command.set_defaults(run=_ceilings, writes={"out": ".json"})
    command.add_argument("--out", type=Path, default=RESULTS / "ceilings.json", metavar="FILE")
    command = commands.add_parser("table", help="print the results as a Markdown table")
    command.set_defaults(run=_table)
    command.add_argument("--results", type=Path, default=RESULTS, metavar="DIR")
    command = commands.add_parser("plot", help="draw the real-time factor against the size of the network, with published times")
    command.set_defaults(run=_plot, writes={"out_svg": ".svg", "out_png": ".png"})
    command.add_argument("--results", type=Path, default=RESULTS, metavar="DIR")
    command.add_argument("--out-svg", type=Path, metavar="FILE")
    command.add_argument("--out-png", type=Path, metavar="FILE")
    command = commands.add_parser("_case")  # one simulation without recording, in a process of its own
    command.set_defaults(run=_case)
    command.add_argument("case")
    command.add_argument("out", type=Path)
    return parser


def _simulate(arguments: argparse.Namespace) -> None:
    source = arguments.network or arguments.config
    name = arguments.name or "-".join(part for part in (source.stem, arguments.state) if part)
    warm_up = default_warm_up(arguments.t_sim) if arguments.warm_up is None else arguments.warm_up
    recording = not arguments.record_none
    if recording and (arguments.phases or arguments.warm_up is not None):
        raise InputError("--phases and --warm-up go with --record-none: the simulator's command times whole simulations")
    if arguments.network and (arguments.set or arguments.state):
        raise InputError("--set and --state go with --config: a network file has its parameters")
    if not 0 <= warm_up < arguments.t_sim:
        raise InputError(f"--warm-up {warm_up:g}: expected less than t_sim = {arguments.t_sim:g} ms")
    with tempfile.TemporaryDirectory() as folder:
        network = arguments.network or build_network(arguments.config, arguments.set, arguments.state, Path(folder))
        for backend, threads, seed in product(arguments.backend, arguments.threads, arguments.seed):
            case = Case(
                name, network, backend, arguments.t_sim, seed, threads, warm_up, recording, arguments.phases, arguments.record_first,
                arguments.memory,
            )  # fmt: skip
            row = measure(case)
            path = write_row(row, arguments.out)
            memory = (row["peak_memory_bytes"] + row["device_memory_bytes"]) / 1e9
            print(f"{path}: set up {row['set_up_s']:.2f} s, RTF {row['real_time_factor']:.3f}, memory {memory:.2f} GB", flush=True)


def _case(arguments: argparse.Namespace) -> None:
    from benchmarks.inprocess import measure_here

    write_json(measure_here(Case.from_json(arguments.case)), arguments.out)


def _ceilings(arguments: argparse.Namespace) -> None:
    from benchmarks.ceilings import measure_ceilings

    measured = measure_ceilings() | {"machine": describe_machine()}
    write_json(measured, arguments.out)
    for name, value in measured["ceilings"].items():
        print(f"{name:20} {value:.3g}")


def _table(arguments: argparse.Namespace) -> None:
    from benchmarks.table import read_results, table

    print(table(*read_results(arguments.results)))


def _plot(arguments: argparse.Namespace) -> None:
    load_matplotlib()
    from benchmarks.plot import draw, read_peers, write_figure
    from benchmarks.table import read_results

    wanted = [(path, kind) for path, kind in ((arguments.out_svg, ".svg"), (arguments.out_png, ".png")) if path]
    if not wanted:
        raise InputError("give --out-svg FILE, --out-png FILE or both")
    for path, kind in wanted:
        if path.suffix != kind:
            raise InputError(f"{path}: expected a name that ends with {kind}")
    figure = draw(read_results(arguments.results)[0], read_peers())
    for path, _ in wanted:
        write_figure(figure, path)


def _laptop(_arguments: argparse.Namespace) -> None:
    shared = ["--state", "ground", "--backend", "cpu", "--t-sim", "2000", "--record-none", "--out", str(LAPTOP)]
    for config, name in (("config", "default-ground"), ("v1", "v1-ground")):
        _run(["simulate", "--config", str(ROOT / "config" / f"{config}.yaml"), "--name", name, *shared])
    _run(["table", "--results", str(LAPTOP)])


def _run(command: Sequence[str]) -> None:
    arguments = _parser().parse_args(command)
    arguments.run(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: options.run(options), options)


if __name__ == "__main__":
    sys.exit(main())
