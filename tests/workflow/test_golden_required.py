"""Where golden values are required, a skipped golden test is a failure; other tests see no folder of data and no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.command import ROOT

SKIPPED = """
import pytest

@pytest.mark.golden
def test_golden(golden_dir):
    pass

def test_other():
    pytest.skip("for another reason")
"""


HIDDEN = """
import os
import urllib.error
import urllib.request

import pytest

@pytest.fixture(scope="session")
def folder():
    return os.environ.get("PROCORTEX_GOLDEN_DIR")

def test_no_folder(folder):
    assert folder is None

def test_no_network():
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen("https://example.org", timeout=30)

@pytest.mark.golden
def test_golden(golden_dir):
    assert golden_dir.is_dir()
"""
UNMARKED = """
def test_unmarked(golden_dir):
    pass
"""


def run_pytest(folder: Path, content: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a file of tests under the conftest of all tests."""
    shutil.copy(ROOT / "conftest.py", folder)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    golden\n")
    (folder / "test_content.py").write_text(content)
    command = [sys.executable, "-m", "pytest", "-q"]
    variables["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "simulator")])  # where the conftest takes fixtures from
    return subprocess.run(command, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("required", "status"), [("0", pytest.ExitCode.OK), ("1", pytest.ExitCode.TESTS_FAILED)])
def test_skipped_golden_test(tmp_path: Path, required: str, status: int) -> None:
    done = run_pytest(tmp_path, SKIPPED, PROCORTEX_GOLDEN_DIR="", PROCORTEX_REQUIRE_GOLDEN=required)
    assert done.returncode == status, done.stdout
    assert ("skipped although PROCORTEX_REQUIRE_GOLDEN=1" in done.stdout) == (required == "1")


def test_only_golden_tests_see_folders_and_network(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, HIDDEN, PROCORTEX_GOLDEN_DIR=str(tmp_path))
    assert done.returncode == pytest.ExitCode.OK, done.stdout
    assert "3 passed" in done.stdout


def test_a_test_that_needs_a_folder_must_say_so(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, UNMARKED, PROCORTEX_GOLDEN_DIR=str(tmp_path))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "mark them golden: test_content.py::test_unmarked" in done.stderr
