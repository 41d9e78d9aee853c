"""The user's modules, paths and matplotlib settings do not reach our commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.environment import ROOT, check_checkout, command_environment
from procortex.utilities.errors import InputError


def run(code: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False)


def test_the_checkout_comes_first_and_the_working_directory_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = [str(ROOT), str(ROOT / "simulator")]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "/somewhere", ".", str(tmp_path), *ours]))
    assert command_environment() == {"PYTHONPATH": os.pathsep.join([*ours, "/somewhere"]), "PYTHONSAFEPATH": "1"}
    monkeypatch.delenv("PYTHONPATH")
    assert command_environment()["PYTHONPATH"] == os.pathsep.join(ours)


@pytest.mark.parametrize("name", ["statistics", "numpy", "sitecustomize"])
def test_modules_in_the_checkout_that_hide_others_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "experiment.py").touch()
    check_checkout(tmp_path)
    (tmp_path / f"{name}.py").touch()
    with pytest.raises(InputError, match=rf"{name}\.py: hides the Python module {name} from our commands; rename or move it$"):
        check_checkout(tmp_path)


def test_the_checkout_hides_nothing() -> None:
    check_checkout()


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", "TkAgg", "nonsense"])
def test_matplotlib_is_loaded_with_its_own_settings(tmp_path: Path, backend: str) -> None:
    (tmp_path / "matplotlibrc").write_bytes(b"image.lut: 4\n# \xff\n")
    code = "from procortex.utilities.matplotlib_defaults import load_matplotlib; load_matplotlib(); import matplotlib as mpl, os; "
    code += "print(mpl.get_backend(), mpl.colormaps['viridis'].N, os.getcwd())"
    done = run(code, tmp_path, MPLBACKEND=backend, MATPLOTLIBRC=str(tmp_path), HOME="/proc", PYTHONPATH=str(ROOT / "simulator"))
    assert done.stdout.split() == ["agg", "256", str(tmp_path)], done.stderr
