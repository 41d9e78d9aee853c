"""Command of the corrections: ``corrections``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import pandas as pd

from model.configuration import Parameters, resolve_parameters
from model.corrections.registry import CORRECTIONS
from model.corrections.table import markdown
from model.options import add_state_options, chosen_parameters
from procortex.utilities.atomic import write_texts
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress

if TYPE_CHECKING:
    from model.corrections.measure import Corrected

PUBLISHED, TOGETHER = "none", "+"
MEASURED = [name for name, correction in CORRECTIONS.items() if correction.stage != "network"]
"""Corrections that change the network at full density."""


def add_commands(commands: Any) -> None:
    """Add `corrections` to the subparsers of ``python -m model``."""
    command = commands.add_parser("corrections", help="write a table of what each correction of the published model changes")
    add_state_options(command)
    command.add_argument(
        "--corrections",
        nargs="+",
        default=MEASURED,
        metavar="NAME",
        help=f"{', '.join(MEASURED)} (default: each of them), or several at once, joined by {TOGETHER}",
    )
    command.set_defaults(run=_corrections, writes={"out": ".csv"}, beside=lambda out: [out.with_suffix(".md")])


def _corrections(options: argparse.Namespace) -> None:
    from model.corrections.measure import comparison

    parameters = chosen_parameters(options)
    if options.out.suffix != ".csv":
        raise InputError(f"--out: is {options.out}, expected a name that ends in .csv (a .md to read is written beside it)")
    if parameters.connectivity.stabilisation == "published":
        raise InputError("connectivity.stabilisation: is published, which replaces the corrected in-degrees; expected computed or none")
    chosen = {name: resolve_parameters({"corrections": name.split(TOGETHER), "source": "raw"}).connectivity for name in options.corrections}
    with Progress("corrections", float(len(chosen) + 1), "networks") as progress:
        published = _corrected(PUBLISHED, parameters, ())
        rows = [comparison(PUBLISHED, published, published)]
        progress.update(1, PUBLISHED)
        for name, connectivity in chosen.items():
            rows.append(comparison(name, _corrected(name, parameters, connectivity.corrections), published))
            progress.update(1, name)
    table = pd.DataFrame(rows)
    readable = options.out.with_suffix(".md")
    write_texts({options.out: table.to_csv(index=False, float_format="%.10g", lineterminator="\n"), readable: markdown(table) + "\n"})
    print(f"{options.out}, {readable}: {len(rows)} networks")


def _corrected(name: str, parameters: Parameters, corrections: tuple[str, ...]) -> Corrected:
    """Build a network with corrections from the raw sources, and solve its theory."""
    from model.corrections.measure import corrected, without_network
    from model.network.build import anatomy_of, unstabilised_anatomy

    connectivity = parameters.connectivity.model_copy(update={"source": "raw", "corrections": corrections})
    changed = parameters.model_copy(update={"connectivity": connectivity})
    anatomy = unstabilised_anatomy(changed)
    try:
        return corrected(anatomy_of(changed), changed)
    except InputError as error:  # the sources are there: it is the stabilisation that fails, which is a result, too
        print(f"{name}: {error}", file=sys.stderr)
        return without_network(anatomy)
