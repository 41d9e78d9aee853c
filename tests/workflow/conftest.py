"""The real snakemake command, in a working directory of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.workflow.command import Outcome, call


@pytest.fixture
def snakemake(tmp_path: Path) -> Callable[..., Outcome]:
    """Call snakemake in a fresh working directory."""
    return partial(call, tmp_path)
