"""Version of this repository: the release, and the commit by git, by the checkout's own files, or by what `git archive` wrote."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RELEASE = "0.1.0"
"""Last release or the one in preparation; a test compares CITATION.cff and CHANGELOG.md with it."""
ARCHIVED = ".git_archival.txt"
"""`git archive`, and the hosts that use it, write the commit into this file (export-subst in .gitattributes)."""
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
PATIENCE = 60
"""Seconds to wait for git."""


@dataclass(frozen=True)
class Version:
    """A version of this repository.

    Attributes
    ----------
    commit
        Full name; None if there is neither a checkout nor an archive of one.
    changed
        Whether files differ from it; None where nothing can tell: no git, or an archive.
    """

    commit: str | None = None
    changed: bool | None = None

    def __str__(self) -> str:
        """Write as Python packages do: 0.1.0+g0123456789ab, followed by .changed if files differ, by .unchecked if that is unknown."""
        if self.commit is None:
            return RELEASE
        return f"{RELEASE}+g{self.commit[:12]}" + {True: ".changed", False: "", None: ".unchecked"}[self.changed]


def version(root: Path = ROOT) -> Version:
    """Find out which version the files in a folder are."""
    return _by_git(root) or Version(_by_files(root) or _archived(root))


def repository_version() -> str:
    """Release and commit this code runs from, as `Version` writes them; the release alone without checkout or archive."""
    return str(version())


def _by_git(root: Path) -> Version | None:
    commit = _git(root, "rev-parse", "--verify", "HEAD")
    changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    if commit is None or changes is None or not COMMIT.fullmatch(commit):  # whatever is called git may print anything
        return None
    return Version(commit, bool(changes))


def _git(root: Path, *arguments: str) -> str | None:
    """Ask git about a checkout; None where there is no git or no checkout.

    The checkout is named, so that git neither takes a repository around it (an archive unpacked there is no part of it), nor another one
    that the environment names, nor refuses one that belongs to another user.
    """
    if not (root / ".git").exists():
        return None
    command = [
        "git",
        "--no-optional-locks",
        "-c",
        f"safe.directory={root}",
        f"--git-dir={root / '.git'}",
        f"--work-tree={root}",
        *arguments,
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        run = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, errors="replace", check=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return run.stdout.strip()


def _by_files(root: Path) -> str | None:
    """Commit by the files of a checkout, as git writes them: for machines without git."""
    folder = root / ".git"
    if folder.is_file():  # a further worktree
        folder = root / _text(folder).removeprefix("gitdir:").strip()
    head = _text(folder / "HEAD")
    shared = folder / (_text(folder / "commondir") or ".")
    if head.startswith("ref:"):
        name = head.removeprefix("ref:").strip()
        packed = (line.split() for line in _text(shared / "packed-refs").splitlines())
        head = _text(shared / name) or next((words[0] for words in packed if words[1:] == [name]), "")
    return head if COMMIT.fullmatch(head) else None


def _archived(root: Path) -> str | None:
    found = COMMIT.search(_text(root / ARCHIVED))
    return found[0] if found else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
