"""The real snakemake command, in a working directory of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.workflow.command import CORES, LIBRARIES, STAGES, TINY, Outcome, call, lay_traps


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Working directory of a finished run of the tiny experiment, which all processes of the tests share; nobody works in it.

    The user has modules there, others on the path of modules, and called from a notebook.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / "tiny", shared / "tiny.done"
    with (shared / "tiny.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            lay_traps(folder, *STAGES, *LIBRARIES)
            lay_traps(others := shared / "others", *STAGES)
            outcome = call(folder, *CORES, str(TINY), PYTHONPATH=str(others), MPLBACKEND="module://matplotlib_inline.backend_inline")
            assert not [*folder.rglob("*.used"), *others.rglob("*.used")]
            assert outcome.status == 0, outcome.output
            done.touch()
    return folder


@pytest.fixture(scope="module")
def finished(tiny_run: Path) -> Path:
    """A copy of the finished run for each file of tests, beside it: paths to what lies outside are relative."""
    return Path(shutil.copytree(tiny_run, tempfile.mkdtemp(prefix="tiny-", dir=tiny_run.parent), dirs_exist_ok=True))


@pytest.fixture
def snakemake(tmp_path: Path) -> Callable[..., Outcome]:
    """Call snakemake in a fresh working directory."""
    return partial(call, tmp_path)
