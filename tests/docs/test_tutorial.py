"""Every block of the tutorial runs, in its order, in a copy of the repository, and gives what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from tests.helpers.paths import OFFLINE, ROOT

PAGE = ROOT / "docs" / "tutorial.md"
IGNORED = (".git", ".venv", ".snakemake", "results", "resources", "logs", ".*_cache", ".hypothesis", "__pycache__", "tests")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.workflow


@dataclass(frozen=True)
class Block:
    """A block of the page: a file (its first line names it), commands, or what they print."""

    language: str
    text: str

    @property
    def file(self) -> str | None:
        named = re.match(r"# (tutorial/\S+)\n", self.text)
        return named[1] if named else None


BLOCKS = [Block(*found) for found in BLOCK.findall(PAGE.read_text())]


def run(command: str, folder: Path) -> str:
    """Run commands as a reader would; no folder of data is known and nothing can be downloaded."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PROCORTEX_", "PYTHONPATH"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={**inherited, **OFFLINE, "PATH": path, "XDG_CACHE_HOME": str(folder / ".cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The repository after all blocks, and what each block of commands printed."""
    folder = tmp_path_factory.mktemp("tutorial") / "procortex"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*IGNORED))
    (folder / "tutorial").mkdir()
    printed = {}
    for block in BLOCKS:
        if block.file:
            (folder / block.file).write_text(block.text)
        elif block.language == "bash":
            printed[block.text] = run(block.text, folder)
    return folder, printed


def test_every_block_is_a_file_or_commands_or_what_they_print() -> None:
    assert len(BLOCKS) > 8
    for k, block in enumerate(BLOCKS):
        assert block.file or block.language in {"bash", "text"}, block.text
        assert block.language != "text" or BLOCKS[k - 1].language == "bash"


def test_commands_print_what_the_page_shows(followed: tuple[Path, dict[str, str]]) -> None:
    _, printed = followed
    shown = [(BLOCKS[k - 1].text, block.text.splitlines()) for k, block in enumerate(BLOCKS) if block.language == "text"]
    assert shown
    for command, lines in shown:
        assert set(lines) <= set(printed[command].splitlines()), printed[command]


def test_the_removed_connection_is_gone(followed: tuple[Path, dict[str, str]]) -> None:
    folder, printed = followed
    before, after = (
        pd.read_csv(path, dtype={"target": str, "source": str}).set_index(["target", "source"])
        for path in (folder / "data" / "connections.csv", folder / "tutorial" / "tables" / "connections.csv")
    )
    assert before.loc[("V1", "V2"), "fln_normalised"] > 0
    assert not after.loc[("V1", "V2"), "fln_normalised"] > 0
    assert "changed default/seed-1/cpu/statistics.parquet" in printed["python tutorial/changes.py\n"]


def test_the_statistic_has_a_value_for_each_population(followed: tuple[Path, dict[str, str]]) -> None:
    folder, _ = followed
    table = pd.read_csv(folder / "results" / "before" / "cv.csv")
    assert len(table) == 16
    assert table["value"].dropna().between(0, 5).all()
    counted = table["n"] > 0  # neurons with two intervals or more: down-scaled as here, not every population has one
    assert (table["value"].notna() == counted).all()
    assert set(table["area"][counted]) == {"V1", "V2"}


def test_the_subset_is_one_area(followed: tuple[Path, dict[str, str]]) -> None:
    folder, printed = followed
    table = pd.read_csv(folder / "results" / "alone" / "default" / "seed-1" / "cpu" / "statistics.csv")
    assert set(table["area"]) - {"all"} == {"V1"}
    assert re.search(r"before +after +alone", printed["python tutorial/rates.py\n"])


def test_the_report_is_there(followed: tuple[Path, dict[str, str]]) -> None:
    folder, _ = followed
    assert "Experiment <strong>before" in (folder / "results" / "before" / "report.html").read_text()
