"""Commands of the figures: ``figure`` and ``document``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from analysis.figures.document import PAGE, figures_help, write_table


def add_commands(commands: Any) -> None:
    """Add `figure` and `document` to the subparsers of ``python -m analysis``."""
    command = commands.add_parser(
        "figure", help="draw a figure", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=figures_help()
    )
    command.add_argument("name", help="one of the figures below")
    command.add_argument("inputs", type=Path, nargs="+", help="files and folders that it is drawn from, see below")
    command.add_argument("--state", help="the state to draw, where the inputs hold several")
    command.add_argument("--out-svg", type=Path, required=True)
    command.add_argument("--out-png", type=Path, required=True)
    command.set_defaults(run=_figure, writes={"out_svg": ".svg", "out_png": ".png"})

    command = commands.add_parser("document", help="bring the table of figures in docs/figures.md up to date")
    command.add_argument("page", type=Path, nargs="?", default=PAGE, help="the page (default: the one of this checkout)")
    command.set_defaults(run=_document, writes={"page": ".md"})


def _figure(arguments: argparse.Namespace) -> None:
    from analysis.figures import draw

    draw(arguments.name, arguments.inputs, arguments.state, arguments.out_svg, arguments.out_png)


def _document(arguments: argparse.Namespace) -> None:
    write_table(arguments.page)
