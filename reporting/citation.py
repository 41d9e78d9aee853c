"""What CITATION.cff says of this software: title, authors, licence, papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from procortex.utilities.errors import InputError
from procortex.utilities.texts import in_short, read_text


@dataclass(frozen=True)
class Author:
    """A person, or an organisation (without a family name)."""

    name: str
    family: str | None = None
    given: str | None = None
    orcid: str | None = None


@dataclass(frozen=True)
class Paper:
    """A paper that the software stands on."""

    title: str
    doi: str
    year: int
    authors: tuple[Author, ...]


@dataclass(frozen=True)
class Citation:
    """What there is to cite."""

    title: str
    abstract: str
    licence: str
    authors: tuple[Author, ...]
    papers: tuple[Paper, ...]


def read_citation(path: Path) -> Citation:
    """Read ``CITATION.cff``.

    Raises
    ------
    InputError
        If it is missing, or an entry is.
    """
    try:
        values = yaml.safe_load(read_text(path, "the authors of this software"))
        return Citation(
            title=values["title"],
            abstract=" ".join(values["abstract"].split()),
            licence=values["license"],
            authors=tuple(map(_author, values["authors"])),
            papers=tuple(
                Paper(entry["title"], entry["doi"], int(entry["year"]), tuple(map(_author, entry["authors"])))
                for entry in values.get("references", [])
                if entry["type"] == "article"
            ),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: not readable as a Citation File Format file ({in_short(error)})") from None


def _author(entry: Mapping[str, Any]) -> Author:
    if "name" in entry:
        return Author(entry["name"])
    return Author(f"{entry['given-names']} {entry['family-names']}", entry["family-names"], entry["given-names"], entry.get("orcid"))
