"""The catalogue of figures in words: for ``--help``, and as the table of docs/figures.md."""

from __future__ import annotations

import textwrap
from pathlib import Path

from analysis.figures.catalogue import CATALOGUE
from analysis.figures.entry import Figure
from procortex.utilities.atomic import write_texts
from procortex.utilities.errors import InputError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "figures.md"
BEGIN, END = "<!-- table of figures: python -m analysis document -->", "<!-- end of the table of figures -->"
WIDTH = 100


def figures_help() -> str:
    """List all figures by category: name, what it shows, what it is drawn from."""
    lines = []
    for category in dict.fromkeys(figure.category for figure in CATALOGUE):
        lines.append(f"{category}:")
        for figure in CATALOGUE:
            if figure.category == category:
                text = f"{figure.shows}; from {figure.inputs.replace('`', '')}"
                lines += textwrap.wrap(text, WIDTH, initial_indent=f"  {figure.name:<24}", subsequent_indent=" " * 26)
    return "\n".join(lines)


def figures_table() -> str:
    """Write all figures as a table in Markdown."""
    rows = ["| name | input | shows | shortest simulation | needs | drawn |", "|---|---|---|---|---|---|"]
    return "\n".join([*rows, *map(_row, CATALOGUE)])


def _row(figure: Figure) -> str:
    of_model = "`snakemake figures_structure`" if figure.category in ("Structure", "Theory") else ""
    drawn = ", ".join(filter(None, ["by name" if figure.extra else "always", of_model]))
    shortest = f"{figure.shortest_ms:g} ms" if figure.shortest_ms else ""
    return f"| `{figure.name}` | {figure.inputs} | {figure.shows} | {shortest} | {figure.requirement} | {drawn} |"


def with_table(text: str, page: Path) -> str:
    """Put the table of figures between its markers in a page.

    Raises
    ------
    InputError
        If the page does not have the markers.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise InputError(f"{page}: has no table of figures; expected the lines {BEGIN} and {END} around it")
    return f"{before}{BEGIN}\n\n{figures_table()}\n\n{END}{after}"


def write_table(page: Path) -> None:
    """Bring the table of figures in a page up to date.

    Raises
    ------
    InputError
        If there is no such page, or it does not have the markers.
    """
    if not page.is_file():
        raise InputError(f"{page}: no such page")
    write_texts({page: with_table(page.read_text(encoding="utf-8"), page)})
