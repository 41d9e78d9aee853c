"""The version stands in one place; citation and changelog agree with it, and every command prints it."""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from procortex.utilities.repository import RELEASE, repository_version

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted(path.parent.name for path in ROOT.glob("*/__main__.py"))


@pytest.mark.parametrize("command", [*COMMANDS, "procortex"])
def test_every_command_prints_the_version(command: str) -> None:
    run = subprocess.run([sys.executable, "-m", command, "--version"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"procortex {repository_version()}\n", "")


def test_the_commands_are_there() -> None:
    assert {"analysis", "model", "reporting", "sources"} <= set(COMMANDS)


def test_citation_and_changelog_name_the_release() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == RELEASE
    assert isinstance(citation["date-released"], datetime.date)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[?(\d+\.\d+\.\d+)\]?\W+(\d{4}-\d\d-\d\d)\b", changelog, re.MULTILINE)
    assert released[:1] in ([], [(RELEASE, str(citation["date-released"]))])


def test_no_other_file_of_settings_has_a_version_of_its_own() -> None:
    """A package of this repository takes its version from the code (``dynamic = ["version"]``)."""
    files = [ROOT / "pyproject.toml", *ROOT.glob("*/pyproject.toml")]
    assert not [path for path in files if re.search(r"^version\s*=", path.read_text(encoding="utf-8"), re.MULTILINE)]
