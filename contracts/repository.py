"""Which version of this repository the code is."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def repository_version() -> str:
    """Commit of the checkout this code runs from, with a + if files differ from it; ``unknown`` outside a checkout."""
    return _git("describe", "--always", "--dirty=+", "--abbrev=12") or "unknown"


def commit() -> tuple[str | None, bool]:
    """Full name of the checkout's commit, and whether files differ from it; None outside a checkout."""
    name = _git("rev-parse", "HEAD")
    return name, bool(name and _git("status", "--porcelain", "--untracked-files=no"))


def _git(*arguments: str) -> str | None:
    """Ask git about the checkout; None where there is no git or no checkout."""
    try:
        run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return run.stdout.strip()
