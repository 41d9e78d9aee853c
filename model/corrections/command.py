"""Command of the corrections: ``python -m model corrections``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from contracts.atomic import whole_file
from contracts.errors import InputError
from contracts.progress import Progress
from model.configuration import Parameters
from model.corrections.registry import CORRECTIONS

if TYPE_CHECKING:
    from model.corrections.measure import Corrected

PUBLISHED, TOGETHER = "none", "all"
MEASURED = [name for name, correction in CORRECTIONS.items() if correction.stage != "network"]
"""Corrections that change the network at full density."""


def add_corrections(command: argparse.ArgumentParser, configured: Callable[[argparse.Namespace], Parameters]) -> None:
    """Describe the command that says what each correction changes."""
    command.add_argument(
        "--corrections",
        nargs="+",
        choices=[*MEASURED, TOGETHER],
        default=[*MEASURED, TOGETHER],
        metavar="NAME",
        help="default: each, and all",
    )
    command.set_defaults(run=lambda options: _corrections(options, configured(options)))


def _corrections(options: argparse.Namespace, parameters: Parameters) -> None:
    from model.corrections.measure import comparison

    if parameters.connectivity.stabilisation == "published":
        raise InputError(
            "connectivity.stabilisation: is published, which would replace the corrected in-degrees; expected computed or none"
        )
    rows = []
    with Progress("corrections", float(len(options.corrections) + 1), "networks") as progress:
        published: Corrected | None = None
        for name, found in _networks(parameters, options.corrections):
            published = published or found
            rows.append(comparison(name, found, published))
            progress.update(1, name)
    with whole_file(options.out) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False, float_format="%.10g", lineterminator="\n")
    print(f"{options.out}: {len(rows)} networks")


def _networks(parameters: Parameters, names: list[str]) -> Iterator[tuple[str, Corrected]]:
    """Build the published network and the corrected ones, from the raw sources."""
    from model.corrections.measure import corrected
    from model.network.build import anatomy_of

    for name in [PUBLISHED, *names]:
        chosen = {PUBLISHED: (), TOGETHER: tuple(MEASURED)}.get(name, (name,))
        connectivity = parameters.connectivity.model_copy(update={"source": "raw", "corrections": chosen})
        changed = parameters.model_copy(update={"connectivity": connectivity})
        yield name, corrected(anatomy_of(changed), changed)
