"""``procortex run network.nc --backend cpu|cuda|nest|auto --seed S --t-sim MS --out spikes/``; ``plan`` says what it needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from procortex.backends.base import Options
from procortex.backends.choose import BACKENDS
from procortex.backends.cuda.partition import Shape
from procortex.formats.network import read_network
from procortex.needs import plan
from procortex.run import CHECKPOINT_MS, Outputs, run
from procortex.tables import network_tables
from procortex.utilities.arguments import FOLDER, add_version, describe
from procortex.utilities.errors import InputError, run_command

EXAMPLES = {
    "run": "network.nc --backend auto --seed 1 --t-sim 1000 --out spikes",
    "plan": "network.nc --memory 8 --rates 3 14",
}
"""Shown by ``--help``."""

MOST_RATE, MOST_MULTIPROCESSORS = 1e4, 10_000
"""Firing rate (spikes/s) and multiprocessors beyond those of any neuron and GPU."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="procortex", description="Simulate a network file.")
    add_version(parser)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("run", help="simulate a network and write its spikes")
    command.set_defaults(run=_run, writes={"out": FOLDER})
    _add_common(command)
    command.add_argument("--backend", choices=[*BACKENDS, "auto"], default="auto", help="auto: the fastest one that works here")
    command.add_argument("--seed", type=int, default=1, help="seed of the network's random numbers, from 1 (default 1)")
    command.add_argument("--t-sim", type=float, required=True, metavar="MS", help="biological time in ms")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the spike data set, absent or empty")
    command.add_argument("--overwrite", action="store_true", help="replace a data set of another simulation that is there")
    command.add_argument("--threads", type=int, help="default: what the network is worth, at most a thread per processor")
    command.add_argument(
        "--record-first", type=int, metavar="N", help="record the first N neurons of each population (default: all; 0: none)"
    )
    _add_outputs(command)
    command.add_argument("--record", nargs="+", metavar="LABEL", help="record these populations, such as V1-23E (default: all)")
    command = commands.add_parser("plan", help="say what a simulation needs: bytes per part, smallest GPU, expected events")
    command.set_defaults(run=_plan)
    _add_common(command)
    command.add_argument("--rates", type=float, nargs="+", default=[3.0, 14.0], metavar="HZ", help="firing rates to assume (default 3 14)")
    command.add_argument(
        "--multiprocessors", type=int, default=Shape.multiprocessors, metavar="N", help="of the GPU (default 132, an H200)"
    )
    command.add_argument(
        "--shared-kb", type=int, default=Shape.shared_bytes >> 10, metavar="KB", help="shared memory of a block (default 227, an H200)"
    )
    return describe(parser, EXAMPLES)


def _add_outputs(command: argparse.ArgumentParser) -> None:
    command.add_argument("--counts", action="store_true", help="leave spike counts of all populations in bins of 1 ms (_series.nc)")
    command.add_argument(
        "--potentials",
        type=int,
        default=0,
        metavar="N",
        help="leave membrane potentials and synaptic currents of the first N neurons of each population (_potentials.nc)",
    )
    command.add_argument("--potentials-of", nargs="+", metavar="LABEL", help="of these populations only (default: all)")
    command.add_argument("--potentials-interval", type=float, default=1.0, metavar="MS", help="time between two values (default 1)")
    command.add_argument(
        "--checkpoint",
        type=float,
        default=CHECKPOINT_MS,
        metavar="MS",
        help="biological time between two checkpoints, from which the same command goes on after it was stopped (default %(default)g)",
    )


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("network", type=Path, help="network file made by `python -m model build`")
    command.add_argument(
        "--precision", choices=["float32", "float64"], default="float32", help="of the neuron state (cpu, cuda; default float32)"
    )
    command.add_argument("--memory", type=float, metavar="GB", help="memory to take on the GPU at most (cuda; default: what is free)")


def _memory_bytes(arguments: argparse.Namespace) -> int | None:
    gigabytes: float | None = arguments.memory
    if gigabytes is not None and not 0 < gigabytes < 1e6:
        raise InputError(f"--memory {gigabytes:g}: expected a number of GB above 0")
    return None if gigabytes is None else round(gigabytes * 1e9)


def _plan(arguments: argparse.Namespace) -> None:
    memory_bytes = _memory_bytes(arguments)
    if wrong := [rate for rate in arguments.rates if not 0 <= rate <= MOST_RATE]:
        raise InputError(f"--rates {wrong[0]:g}: expected rates from 0 to {MOST_RATE:g} spikes/s")
    if not 1 <= arguments.multiprocessors <= MOST_MULTIPROCESSORS:
        raise InputError(f"--multiprocessors {arguments.multiprocessors}: expected 1 to {MOST_MULTIPROCESSORS}")
    if not 48 <= arguments.shared_kb <= 1024:
        raise InputError(f"--shared-kb {arguments.shared_kb}: expected 48 to 1024")
    shape = Shape(arguments.multiprocessors, arguments.shared_kb << 10)
    print(plan(network_tables(read_network(arguments.network)), arguments.precision, memory_bytes, arguments.rates, shape))


def _run(arguments: argparse.Namespace) -> None:
    if not 1 <= arguments.seed < 2**32:
        raise InputError(f"--seed {arguments.seed}: expected a number from 1 to {2**32 - 1}")
    if arguments.threads is not None and arguments.threads < 1:
        raise InputError(f"--threads {arguments.threads}: expected at least 1")
    if arguments.record_first is not None and arguments.record_first < 0:
        raise InputError(f"--record-first {arguments.record_first}: expected at least 0")
    options = Options(
        seed=arguments.seed,
        threads=arguments.threads or 0,
        precision=arguments.precision,
        record_first=arguments.record_first,
        record_populations=tuple(arguments.record) if arguments.record else None,
        memory_bytes=_memory_bytes(arguments),
    )
    if arguments.potentials < 0:
        raise InputError(f"--potentials {arguments.potentials}: expected a number of neurons, 0 or more")
    outputs = Outputs(
        counts=arguments.counts,
        potentials_neurons=arguments.potentials,
        potentials_of=tuple(arguments.potentials_of) if arguments.potentials_of else None,
        potentials_interval=arguments.potentials_interval,
        checkpoint_ms=arguments.checkpoint,
    )
    meta = run(arguments.network, arguments.backend, arguments.t_sim, arguments.out, options, outputs, overwrite=arguments.overwrite)
    device = f", {meta.device_memory_bytes / 1e9:.2f} GB on the GPU" if meta.device_memory_bytes else ""
    print(
        f"{meta.backend}: {sum(meta.spikes.values()):,} spikes of {sum(meta.recorded.values()):,} neurons in {meta.t_sim:g} ms; "
        f"set up {meta.wall_time_s['set_up']:.1f} s, simulated and written in {meta.simulate_s:.1f} s (RTF {meta.real_time_factor:.2f}), "
        f"peak memory {meta.peak_memory_bytes / 1e9:.2f} GB{device}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: options.run(options), options)


if __name__ == "__main__":
    sys.exit(main())
