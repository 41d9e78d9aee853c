"""``python -m simulator run network.nc --backend cpu|nest|auto --seed S --t-sim MS --out spikes/``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from contracts.errors import InputError, run_command
from simulator.backends.base import BACKENDS, Options, available_threads
from simulator.run import run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="Simulate a network file.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("run", help="simulate a network and write its spikes")
    command.add_argument("network", type=Path, help="network file made by `python -m model build`")
    command.add_argument("--backend", choices=[*BACKENDS, "auto"], default="auto", help="auto: the fastest one that works here")
    command.add_argument("--seed", type=int, default=1, help="seed of the network's random numbers, from 1 (default 1)")
    command.add_argument("--t-sim", type=float, required=True, metavar="MS", help="biological time in ms")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the spike data set")
    command.add_argument("--threads", type=int, default=available_threads(), help="default: all processors this process may use")
    command.add_argument(
        "--precision", choices=["float32", "float64"], default="float32", help="of the neuron state (cpu; default float32)"
    )
    command.add_argument("--record-first", type=int, metavar="N", help="record the first N neurons of each population (default: all)")
    return parser


def _run(arguments: argparse.Namespace) -> None:
    if not 1 <= arguments.seed < 2**32:
        raise InputError(f"--seed {arguments.seed}: expected a number from 1 to {2**32 - 1}")
    if arguments.threads < 1:
        raise InputError(f"--threads {arguments.threads}: expected at least 1")
    if arguments.record_first is not None and arguments.record_first < 1:
        raise InputError(f"--record-first {arguments.record_first}: expected at least 1")
    options = Options(arguments.seed, arguments.threads, arguments.precision, arguments.record_first)
    meta = run(arguments.network, arguments.backend, arguments.t_sim, arguments.out, options)
    seconds = meta.wall_time_s["simulate"]
    print(
        f"{meta.backend}: {sum(meta.spikes.values()):,} spikes of {sum(meta.recorded.values()):,} neurons in {meta.t_sim:g} ms; "
        f"set up {meta.wall_time_s['set_up']:.1f} s, simulated in {seconds:.1f} s (RTF {seconds * 1e3 / meta.t_sim:.2f}), "
        f"peak memory {meta.peak_memory_bytes / 1e9:.2f} GB"
    )


def main() -> int:
    """Run the command line."""
    arguments = _parser().parse_args()
    return run_command(lambda: _run(arguments))


if __name__ == "__main__":
    sys.exit(main())
