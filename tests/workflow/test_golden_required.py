"""Where golden values are required, a skipped golden test is a failure."""

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


@pytest.mark.parametrize(("required", "status"), [("0", pytest.ExitCode.OK), ("1", pytest.ExitCode.TESTS_FAILED)])
def test_skipped_golden_test(tmp_path: Path, required: str, status: int) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    golden\n")
    (tmp_path / "test_skipped.py").write_text(SKIPPED)
    variables = {**os.environ, "PROCORTEX_GOLDEN_DIR": "", "PROCORTEX_REQUIRE_GOLDEN": required}
    done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout
    assert ("skipped although PROCORTEX_REQUIRE_GOLDEN=1" in done.stdout) == (required == "1")
