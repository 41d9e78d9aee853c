"""Command of the theory: ``theory``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from model.configuration.groups import TheoryParams


def add_commands(commands: Any) -> None:
    """Add `theory` to the subparsers of ``python -m model``."""
    defaults = TheoryParams()
    command = commands.add_parser("theory", help="solve the mean-field theory of a network file")
    command.add_argument("network", type=Path, help="network file")
    command.add_argument("--out", type=Path, metavar="PATH", help="NetCDF file to write; without it only the summary is printed")
    command.add_argument("--dt", type=float, default=defaults.dt, help="step in pseudo-time")
    command.add_argument("--T", type=float, default=defaults.T, help="end of the relaxation in pseudo-time")
    command.add_argument("--initial-rates", metavar="WHAT", help="random_uniform, published, or a JSON file; zero rates without it")
    command.add_argument("--initial-rates-iter", type=int, default=defaults.initial_rates_iter, help="number of random starts")
    command.add_argument("--initial-rates-max", type=float, default=defaults.initial_rates_max, help="largest random rate (spikes/s)")
    command.add_argument("--rec-interval", type=float, help="pseudo-time between recorded points")
    command.set_defaults(run=_theory, writes={"out": ".nc"})


def _theory(options: argparse.Namespace) -> None:
    from contracts.theory import write_theory
    from model.configuration import load_experiment
    from model.theory.describe import describe
    from model.theory.meanfield import mean_field_of
    from model.theory.relaxation import HIGH
    from model.theory.starts import initial_rates
    from procortex.formats.network import read_network

    keys = ("dt", "T", "initial_rates", "initial_rates_iter", "initial_rates_max", "rec_interval")
    given = {f"theory_params.{key}": getattr(options, key) for key in keys}
    theory = load_experiment([], given).state().theory_params  # the checks and messages of the configuration
    start = time.perf_counter()
    network = read_network(options.network)
    field = mean_field_of(network)
    every = 1 if theory.rec_interval is None else max(1, round(theory.rec_interval / theory.dt))
    found = describe(field, initial_rates(field.labels, theory), theory.dt, theory.T, every)
    kept = {name: network.attrs[name] for name in ("configuration",) if name in network.attrs}  # whose theory it is
    found = found.assign_attrs(initial_rates=theory.initial_rates or "zero", **kept)
    if options.out:
        write_theory(found, options.out)
    low, resting = found["low_rates"], int(found["settled"].sum())
    print(f"{options.network}: {resting} of {found.sizes['start']} starts come to rest, in {int(found['attractor'].max()) + 1} states")
    if found.attrs["low_activity_found"]:
        kind = "low activity" if float(low.mean()) <= HIGH else "zero rates lead to high activity"
        print(f"{kind}: mean {float(low.mean()):.4g}, largest {float(low.max()):.4g} spikes/s (mean over populations)")
        stable = float(found["eigenvalue_real"][0])
        print(f"critical eigenvalue {stable:.4g}: {'stable' if stable < 1 else 'unstable'}")
    else:
        print(f"no state of low activity; from zero the mean rate ends at {float(found['rates'][0].mean()):.4g} spikes/s")
    print(f"{time.perf_counter() - start:.1f} s")
