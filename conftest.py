"""What all tests share: where golden values lie, that they are not silently left out, and that other tests need nothing from outside."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tests.fixtures import full_disk  # noqa: F401 a fixture
from tests.helpers.paths import OFFLINE

REQUIRE_GOLDEN = "PROCORTEX_REQUIRE_GOLDEN"
FOLDERS = ("PROCORTEX_GOLDEN_DIR", "PROCORTEX_RAW_DIR", "PROCORTEX_PUBLISHED_DIR")
FIXTURES = {"golden_dir", "raw_dir", "published_dir"}

SLOW_FIXTURES = {"tiny_run", "swept", "referred", "followed"}
"""Fixtures that run an experiment: whichever test needs one is slow."""

LONG = ("workflow/test_run", "docs/", "workflow/", "config/", "tests/test_nest")
"""What takes longest starts first, so that no process is left with it at the end."""


def pytest_configure() -> None:
    """Let programs that tests start end at an interruption, also where the tests themselves run in the background of a shell.

    Threads of NEST and others sleep while they wait: processes of the tests share the processors.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _folder(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value or not Path(value).is_dir():
        pytest.skip(f"{variable} names no folder")
    return Path(value)


@pytest.fixture(scope="session")
def golden_dir() -> Path:
    """Folder of the golden values."""
    return _folder("PROCORTEX_GOLDEN_DIR")


@pytest.fixture(scope="session")
def raw_dir() -> Path:
    """Folder of the raw anatomical files."""
    return _folder("PROCORTEX_RAW_DIR")


@pytest.fixture(scope="session")
def published_dir() -> Path:
    """Folder of the published statistics."""
    return _folder("PROCORTEX_PUBLISHED_DIR")


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that need folders of data and do not say so; mark what runs an experiment as slow; put the longest first."""
    unmarked = [
        item.nodeid for item in items if FIXTURES & set(getattr(item, "fixturenames", ())) and not item.get_closest_marker("golden")
    ]
    if unmarked:
        raise pytest.UsageError(f"these need a folder of data, mark them golden: {', '.join(unmarked)}")
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: next((k for k, path in enumerate(LONG) if path in item.nodeid), len(LONG)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Hide folders of data and the network from all tests but golden ones, whatever their fixtures are."""
    if item.get_closest_marker("golden"):
        return (yield)
    with patch.dict(os.environ, OFFLINE):
        for name in FOLDERS:
            os.environ.pop(name, None)
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Make a skipped golden test a failure where golden values are required."""
    report = yield
    if report.skipped and os.environ.get(REQUIRE_GOLDEN) == "1" and item.get_closest_marker("golden") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"golden test skipped although {REQUIRE_GOLDEN}=1: {report.longrepr[2]}"
    return report
