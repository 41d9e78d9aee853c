"""The curation of the raw files, computed once."""

from __future__ import annotations

import pytest

from model.curation import Curated, curate
from sources.checksums import SourceFolder
from tests.helpers.golden_anatomy import arrays, facts, raw, table

__all__ = ["arrays", "facts", "raw", "table"]


@pytest.fixture(scope="session")
def curated(raw: SourceFolder) -> Curated:
    return curate(raw)
