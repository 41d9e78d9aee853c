"""The pages "add a figure" and "add a statistic": their code runs in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.helpers.paths import OFFLINE
from tests.helpers.spikes import write_spikes

ROOT = Path(__file__).resolve().parents[2]
IGNORED = (".git", ".venv", ".snakemake", "results", "resources", "logs", ".*_cache", ".hypothesis", "__pycache__", "tests", "benchmarks")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^(?:#|\.\.) (\S+?)(?:: (among the imports|at the end of CATALOGUE))?\n")

pytestmark = pytest.mark.workflow


def follow(page: str, folder: Path) -> list[str]:
    """Copy the repository, do what a page says with files, and give the commands of its last block."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*IGNORED))
    blocks = BLOCK.findall((ROOT / "docs" / page).read_text())
    for language, text in blocks:
        if language == "bash":
            continue
        named = NAMED.match(text)
        assert named, text
        path, where, body = folder / named[1], named[2], text[named.end() :]
        if where is None:
            assert not path.exists()
            path.write_text(body.lstrip("\n"))
            continue
        content = path.read_text()
        assert content.count("\n)\n") >= 1
        start = content.index("\nCATALOGUE") if where == "at the end of CATALOGUE" else content.index("\nfrom ")
        place = content.index("\n)\n", start) + 1 if where == "at the end of CATALOGUE" else content.index("\n\n\n", start) + 1
        path.write_text(content[:place] + body + content[place:])
    assert blocks[-1][0] == "bash"
    return str(blocks[-1][1]).splitlines()


def run(command: str, folder: Path, checkout: Path) -> str:
    """Run a command in a folder, with the code of a copy of the repository."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PROCORTEX_")}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    places = {"PYTHONPATH": str(checkout), "PATH": path, "XDG_CACHE_HOME": str(checkout / ".cache")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={**inherited, **OFFLINE, **places},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def spikes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up spikes."""
    folder = tmp_path_factory.mktemp("made-up") / "spikes"
    write_spikes(folder, ("V1", "TH"), 1, neurons=20, t_sim=2000.0)
    return folder


def test_a_figure_is_three_files(tmp_path: Path, spikes: Path) -> None:
    checkout = tmp_path / "procortex"
    document, figure, plan = follow("add_a_figure.md", checkout)
    run(f"python -m analysis statistics {spikes} --state ground --out statistics.parquet", tmp_path, checkout)
    run(document, tmp_path, checkout)
    assert "| `rate-histogram` | statistics |" in (checkout / "docs" / "figures.md").read_text()
    run(figure, tmp_path, checkout)
    assert (tmp_path / "histogram.svg").stat().st_size > 0
    planned = run(plan, checkout, checkout)
    assert re.search(r"plot_rate_histogram +4", planned)
    assert "results/default/figures/rate_histogram_ground_cpu.svg" in planned
    assert "how many populations fire" in run("python -m analysis figure --help", tmp_path, checkout)


def test_a_statistic_is_two_files(tmp_path: Path, spikes: Path) -> None:
    checkout = tmp_path / "procortex"
    commands = follow("add_a_statistic.md", checkout)
    shutil.copytree(spikes, tmp_path / "spikes")
    run("\n".join(commands), tmp_path, checkout)
    table = pd.read_csv(tmp_path / "statistics.csv")
    values = table[table["statistic"] == "cv"]
    assert len(values) == len(table[table["statistic"] == "lvr"])
    assert values["value"].dropna().between(0, 5).all()
    assert set(pd.read_parquet(tmp_path / "histograms.parquet")["statistic"]) == {"rate", "lvr", "correlation", "cv"}
    old = tmp_path / "old"
    run(f"python -m analysis statistics {spikes} --state ground --out {old}/statistics.parquet", tmp_path, ROOT)
    before = pd.read_csv(old / "statistics.csv")
    pd.testing.assert_frame_equal(table[table["statistic"] != "cv"].reset_index(drop=True), before)
