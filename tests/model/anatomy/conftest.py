"""Anatomies that are built once, from the tables of the repository."""

from __future__ import annotations

import pytest

from model.anatomy import Anatomy, build_anatomy
from model.anatomy.stabilised import read_published_indegrees, with_indegrees
from model.tables import Tables, read_tables
from sources.checksums import SourceFolder
from tests.helpers.golden_anatomy import arrays, facts, nondefault, raw, table

__all__ = ["arrays", "facts", "nondefault", "raw", "table"]


@pytest.fixture(scope="session")
def tables() -> Tables:
    return read_tables()


@pytest.fixture(scope="session")
def base(tables: Tables) -> Anatomy:
    """The published model with anatomical in-degrees."""
    return build_anatomy(tables)


@pytest.fixture(scope="session")
def stable(base: Anatomy, raw: SourceFolder) -> Anatomy:
    """The published model."""
    return with_indegrees(base, read_published_indegrees(raw))
