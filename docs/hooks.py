"""Pages of the documentation site that are written from the code, and links from pages to files outside ``docs/``."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
COPIES = {
    "config/README.md": "reference/configuration.md",
    "data/README.md": "reference/tables.md",
    "CHANGELOG.md": "reference/changelog.md",
}
"""Pages that stand elsewhere in the repository."""

FILES_HEAD = """# Files

Units, dimensions and bounds of every variable, as the code checks them when a file is written and when it is read. Files appear whole or
not at all. Numbers in NetCDF files and values in Parquet files have checksums.

Other files:

| file | content |
|---|---|
| `spikes/area=V1/part-0000.parquet` | columns `population`, `neuron` (index within the population), `step` (time stamp over dt, from 1) |
| `spikes/_meta.json` | what was simulated, on what, how long it took, and the rows and digest of every file of spikes |
| `statistics.parquet`, `.csv` | [Statistics](../statistics.md) |
| `provenance.json`, `configuration.yaml` | [Report and provenance](../provenance.md) |
"""

COMMANDS = ("model", "procortex", "analysis", "sources", "reporting")
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are written here."""
    sys.path[:0] = [str(ROOT), str(ROOT / "simulator")]  # here, as MkDocs restores the path when it has loaded a hook
    pages = {target: (ROOT / source).read_text(encoding="utf-8") for source, target in COPIES.items()}
    pages |= {"reference/commands.md": commands_page(), "reference/files.md": files_page()}
    for target, text in pages.items():
        files.append(File.generated(config, target, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Send links to copied pages there; a link to another file outside ``docs/`` becomes its name."""
    source = {target: name for name, target in COPIES.items()}.get(page.file.src_uri)
    folder = (ROOT / source).parent if source else (ROOT / "docs" / page.file.src_uri).parent

    def link(found: re.Match[str]) -> str:
        text, target = found[1], found[2]
        if "://" in target or target.startswith(("#", "mailto:")):
            return found[0]
        path, hash_, anchor = target.partition("#")
        absolute = (folder / path).resolve()
        if not absolute.is_relative_to(ROOT):
            return found[0]
        inside = absolute.relative_to(ROOT).as_posix()
        inside = COPIES.get(inside) or (inside.removeprefix("docs/") if inside.startswith("docs/") else None)
        if inside is None or files.get_file_from_path(inside) is None:
            if not absolute.exists():
                raise ValueError(f"{page.file.src_uri}: the link to {target} leads nowhere")
            return text if text.startswith("`") else f"{text} (`{absolute.relative_to(ROOT).as_posix()}`)"
        depth = page.file.src_uri.count("/")
        return f"[{text}]({'../' * depth}{inside}{hash_}{anchor})"

    return LINK.sub(link, markdown)


def commands_page() -> str:
    """Write the help of every command."""
    lines = ["# Commands", "", "The text of `--help`. The workflow calls these commands; each can be called by itself.", ""]
    for name in COMMANDS:
        parser = importlib.import_module(f"{name}.__main__")._parser()
        spelt = "procortex" if name == "procortex" else f"python -m {name}"
        lines += [f"## {spelt}", "", parser.description or "", ""]
        for words, command in _subcommands(parser, spelt):
            command.prog = words
            command.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=100)
            lines += [f"### {words}", "", "```text", command.format_help().rstrip(), "```", ""]
    return "\n".join(lines)


def _subcommands(parser: argparse.ArgumentParser, words: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    choices = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for name, command in [item for found in choices for item in found.items()]:
        inner = list(_subcommands(command, f"{words} {name}"))
        yield from inner or [(f"{words} {name}", command)]


def files_page() -> str:
    """Write what every NetCDF file holds: dimensions, units and bounds of its variables."""
    from contracts.anatomy import ANATOMY
    from contracts.functional import FUNCTIONAL
    from contracts.stabilisation import STABILISATION
    from contracts.theory import THEORY
    from procortex.formats.network import NETWORK
    from procortex.formats.potentials import POTENTIALS
    from procortex.formats.series import SERIES

    lines = [FILES_HEAD]
    for kind in (NETWORK, SERIES, POTENTIALS, ANATOMY, THEORY, STABILISATION, FUNCTIONAL):
        name = kind.name[0].upper() + kind.name[1:]
        lines += [f"## {name}", "", f"Written by `{kind.made_by}`.", "", *_table(kind.variables, kind.optional), ""]
        if kind.attributes:
            lines += [f"Attributes: {', '.join(f'`{key}` ({of})' for key, of in kind.attributes.items())}.", ""]
    return "\n".join(lines)


def _table(variables: Mapping[str, Any], optional: Mapping[str, Any]) -> list[str]:
    kinds = {"i": "integer", "f": "float", "t": "text"}
    rows = ["| variable | dimensions | type | unit | range |", "|---|---|---|---|---|"]
    for name, variable in {**variables, **optional}.items():
        low, high = (f"{bound:.6g}" if abs(bound) < float("inf") else "" for bound in (variable.low, variable.high))
        bounds = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else ""
        mark = " (may be missing)" if name in optional else ""
        rows.append(f"| `{name}`{mark} | {', '.join(variable.dims)} | {kinds[variable.kind]} | {variable.unit} | {bounds} |")
    return rows
