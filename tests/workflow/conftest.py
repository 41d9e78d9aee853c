"""The real snakemake command, in a working directory of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.workflow.command import CORES, TINY, Outcome, call


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Working directory of a finished run of the tiny experiment; nobody changes its results."""
    folder = tmp_path_factory.mktemp("finished")
    outcome = call(folder, *CORES, str(TINY))
    assert outcome.status == 0, outcome.output
    return folder


@pytest.fixture
def snakemake(tmp_path: Path) -> Callable[..., Outcome]:
    """Call snakemake in a fresh working directory."""
    return partial(call, tmp_path)
