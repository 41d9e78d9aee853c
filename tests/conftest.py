"""What all tests share: where golden values lie, and that they are not silently left out."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

REQUIRE_GOLDEN = "PROCORTEX_REQUIRE_GOLDEN"


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Make a skipped golden test a failure where golden values are required."""
    report = yield
    if report.skipped and os.environ.get(REQUIRE_GOLDEN) == "1" and item.get_closest_marker("golden") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"golden test skipped although {REQUIRE_GOLDEN}=1: {report.longrepr[2]}"
    return report
