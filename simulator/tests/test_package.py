"""The package as it is installed: a wheel with the kernels, a command, examples that run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from procortex.formats.network import write_network
from procortex.utilities.repository import RELEASE
from tests.networks import small_network

LIBRARY = Path(__file__).resolve().parents[1]


def call(*command: object, folder: Path, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_runs_a_network_by_itself(tmp_path: Path) -> None:
    """Away from the checkout, with the wheel's files alone, the command simulates: kernels are in the wheel, and nothing else is needed."""
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    call("-m", "pip", "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation", "-w", tmp_path, LIBRARY, folder=tmp_path)
    (wheel,) = tmp_path.glob("procortex-*.whl")
    assert wheel.name.startswith(f"procortex-{RELEASE}-py3")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    sources = {path.relative_to(LIBRARY).as_posix() for path in (LIBRARY / "procortex").rglob("*.*") if path.suffix != ".pyc"}
    assert {name for name in names if ".dist-info" not in name} == sources
    metadata = next((tmp_path / "site").glob("*.dist-info"))
    assert "procortex = procortex.__main__:main" in (metadata / "entry_points.txt").read_text()
    assert not re.findall(r"^Requires-Dist: (snakemake|elephant|matplotlib)|^Requires-Dist: (?:nest|neo)[^;]*$",
                          (metadata / "METADATA").read_text(), re.MULTILINE)  # fmt: skip
    write_network(small_network({"V1-23E": 80, "V1-23I": 20}, indegree=10, rate=9000), tmp_path / "network.nc")
    out = call("-P", "-m", "procortex", "run", "network.nc", "--t-sim", 20, "--backend", "cpu", "--out", "spikes", folder=tmp_path,
               PYTHONPATH=str(tmp_path / "site"))  # fmt: skip
    assert "of 100 neurons in 20 ms" in out


def test_the_example_runs(tmp_path: Path) -> None:
    write_network(small_network({"V1-23E": 80, "V1-23I": 20}, indegree=10, rate=9000), tmp_path / "network.nc")
    out = call(LIBRARY / "examples" / "step_by_step.py", "network.nc", "--t-sim", 50, folder=tmp_path, PYTHONPATH=str(LIBRARY))
    first, second = (float(word) for word in re.findall(r"V1-23E +([\d.]+) +([\d.]+)", out)[0])
    assert second > first > 0


def test_the_readme_runs(tmp_path: Path) -> None:
    pytest.importorskip("neo", reason="Neo is not installed")
    write_network(small_network({"V1-23E": 110, "V1-23I": 20, "V1-4E": 50}, indegree=10, rate=9000), tmp_path / "network.nc")
    blocks = re.findall(r"```python\n(.*?)```", (LIBRARY / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 2
    out = call("-c", "\n".join(blocks), folder=tmp_path, PYTHONPATH=str(LIBRARY))
    assert "V1-23I" in out
