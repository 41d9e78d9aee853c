"""An anatomy file of random numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.anatomy import write_anatomy
from tests.helpers.anatomy import random_anatomy


@pytest.fixture(scope="session")
def anatomy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("anatomy") / "anatomy.nc"
    write_anatomy(random_anatomy(), path)
    return path
