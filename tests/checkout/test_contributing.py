"""What CONTRIBUTING.md names is there; forms and continuous integration of the forge are whole and may write nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
FIELDS = {"checkboxes", "dropdown", "input", "markdown", "textarea"}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_files_and_folders_of_the_guide_are_there() -> None:
    words = [word for code in re.findall(r"`([^`\n]+)`", GUIDE) for word in code.split()]
    words += re.findall(r"\]\(([^)#]+)\)", GUIDE) + re.findall(r"(?<=pytest )\S+", GUIDE)
    paths = {word.strip("`") for word in words if "/" in word and not word.startswith(".venv") and word != "spikes/s"}
    assert len(paths) > 15
    assert not [path for path in paths if not list(ROOT.glob(path.rstrip("/")))]


def test_targets_and_checks_of_the_guide_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^    |`)make ([a-z-]+)", GUIDE, re.MULTILINE))
    assert targets > {"dev", "lint", "test"}
    assert not [name for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)]
    hooks = {hook["id"] for hook in read(ROOT / ".pre-commit-config.yaml")["repos"][0]["hooks"]}
    rows = "\n".join(line for line in GUIDE.splitlines() if "HOOK=" in line and line.startswith("|"))
    assert set(re.findall(r"`(?:make lint )?(?:HOOK=)?([a-z-]+)` ?[;|]", rows)) == hooks


@pytest.mark.parametrize("path", [path for path in FORMS if path.name != "config.yml"], ids=lambda path: path.stem)
def test_forms_are_whole(path: Path) -> None:
    form = read(path)
    assert {"name", "description", "labels", "body"} == set(form)
    names = [field["id"] for field in form["body"]]
    assert len(set(names)) == len(names)
    for field in form["body"]:
        assert field["type"] in FIELDS
        assert field["attributes"]["label"]


def test_continuous_integration_runs_the_script_and_may_write_nothing() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets" not in text
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert {"run": "bash .ci/run"} in steps
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", name) for name in used)
    assert all("permissions" not in job and "timeout-minutes" in job for job in workflow["jobs"].values())


def test_continuous_integration_chooses_tests_by_markers_that_exist() -> None:
    """An unknown marker ends pytest before the first test."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    markers = {line.partition(":")[0] for line in settings["markers"]}
    chosen = re.findall(r'pytest .*-m "([^"]+)"', (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert chosen
    assert {word for expression in chosen for word in re.findall(r"\w+", expression)} - {"and", "not", "or"} <= markers
