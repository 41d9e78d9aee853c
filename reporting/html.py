"""Pages that need nothing but themselves: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

STYLE = """
body { font: 14px/1.45 system-ui, sans-serif; color: #1f2937; background: #fff; margin: 1.5rem 2rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { max-width: 60rem; margin: .4rem 0; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #6b7280; position: sticky; top: 0; background: #fff; vertical-align: bottom; }
tbody tr { border-bottom: 1px solid #e5e7eb; }
tbody tr:hover { background: #f3f4f6; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.outside { background: #fde2cf; font-weight: 600; }
.inside { background: #d6ecf7; }
code { font: 12px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
summary { cursor: pointer; }
"""


def page(title: str, body: Iterable[str]) -> str:
    """Put a page together from pieces of HTML."""
    head = f'<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>'
    content = "\n".join([f"<h1>{escape(title)}</h1>", *body])
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{content}\n</body>\n</html>\n'


def section(title: str, body: Iterable[str]) -> str:
    """Put a heading over pieces of HTML."""
    return f"<section>\n<h2>{escape(title)}</h2>\n" + "\n".join(body) + "\n</section>"


def paragraph(text: str) -> str:
    """Text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def code(text: str) -> str:
    """Text as code."""
    return f"<code>{escape(text)}</code>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], classes: Mapping[str, str] | None = None) -> str:
    """Draw up a table.

    Parameters
    ----------
    header
        Names of the columns; a column named in `classes` gets that class.
    rows
        Cells as HTML, a row for each.
    classes
        CSS class of a column.
    """
    columns = [(classes or {}).get(name, "") for name in header]
    head = "".join(_cell("th", escape(name), of) for name, of in zip(header, columns, strict=True))
    body = "\n".join("<tr>" + "".join(_cell("td", cell, of) for cell, of in zip(row, columns, strict=True)) + "</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def pairs(rows: Mapping[str, str]) -> str:
    """Draw up a table of names and what they stand for, as HTML."""
    body = "\n".join(f"<tr><th>{escape(name)}</th><td>{content}</td></tr>" for name, content in rows.items())
    return f"<table>\n<tbody>\n{body}\n</tbody>\n</table>"


def _cell(tag: str, content: str, name: str) -> str:
    return f'<{tag} class="{name}">{content}</{tag}>' if name else f"<{tag}>{content}</{tag}>"


def number(value: float | None, digits: int = 3) -> str:
    """Write a number with so many significant digits, whole ones in full; nothing for none."""
    if value is None:
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.{digits}g}"
