"""Notebooks run from the first cell to the last, and say what their texts promise."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from procortex.utilities.progress import Progress
from tests.helpers.paths import ROOT

FOLDER = ROOT / "docs" / "notebooks"


@pytest.mark.slow
@pytest.mark.nest
@pytest.mark.parametrize("name", ["multi_area_model", "simulator_alone"])
def test_notebooks_run(tmp_path: Path, name: str) -> None:
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    folder = tmp_path / "docs" / "notebooks"
    folder.mkdir(parents=True)
    for part in ("config", "data", "model", "contracts", "sources", "simulator", "analysis"):
        (tmp_path / part).symlink_to(ROOT / part)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    shown = "\n".join(str(output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
    assert "image/png" in shown
    assert "Traceback" not in shown
    shutil.rmtree(folder)


def test_notebooks_are_stored_without_outputs() -> None:
    """Outputs would be old as soon as the code changes."""
    for path in FOLDER.glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells), path


def test_progress_bars_show_in_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream(io.StringIO):
        pass

    for module, bar in (("ipykernel.iostream", True), ("io", False)):
        Stream.__module__ = module
        stream = Stream()
        monkeypatch.setattr("sys.stderr", stream)
        with Progress("count", 2, "ms") as progress:
            progress.update(1)
            progress.update(1)
        assert ("count: 100%" in stream.getvalue()) is bar
