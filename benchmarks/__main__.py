"""``python -m benchmarks simulate --config config/v1.yaml --backend cpu nest --t-sim 1000``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.simulate import Case, build_network, measure, write_row
from contracts.errors import run_command

RESULTS = Path(__file__).resolve().parent / "results"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and memory; results are JSON files.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("simulate", help="time simulations of one configuration")
    command.add_argument("--config", type=Path, required=True, metavar="FILE")
    command.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="values over those of the file")
    command.add_argument("--state", help="state of the configuration; may be left out where there is only one")
    command.add_argument("--backend", nargs="+", default=["cpu"])
    command.add_argument("--t-sim", type=float, required=True, metavar="MS", help="biological time in ms")
    command.add_argument("--seed", nargs="+", type=int, default=[1])
    command.add_argument("--threads", nargs="+", type=int, default=[None], help="default: all processors")
    command.add_argument("--record-first", type=int, metavar="N", help="record the first N neurons of each population (default: all)")
    command.add_argument("--name", help="of the case (default: name of the configuration, and the state)")
    command.add_argument("--out", type=Path, default=RESULTS, metavar="DIR")
    return parser


def _simulate(arguments: argparse.Namespace) -> None:
    name = arguments.name or "-".join(part for part in (arguments.config.stem, arguments.state) if part)
    with tempfile.TemporaryDirectory() as folder:
        network = build_network(arguments.config, arguments.set, arguments.state, Path(folder))
        for backend in arguments.backend:
            for threads in arguments.threads:
                for seed in arguments.seed:
                    case = Case(name, network, backend, arguments.t_sim, seed, threads, arguments.record_first)
                    row = measure(case)
                    path = write_row(row, arguments.out)
                    memory = row["peak_memory_bytes"] / 1e9
                    print(f"{path}: set up {row['set_up_s']:.1f} s, RTF {row['real_time_factor']:.2f}, peak memory {memory:.2f} GB")


def main() -> int:
    """Run the command line."""
    arguments = _parser().parse_args()
    return run_command(lambda: _simulate(arguments))


if __name__ == "__main__":
    sys.exit(main())
