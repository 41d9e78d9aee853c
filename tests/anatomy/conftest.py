"""Anatomies that are built once, and golden tables in the shapes of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from model.anatomy import Anatomy, AnatomyParameters, build_anatomy
from sources.fetch import SourceFolder, raw_folder


@pytest.fixture(scope="session")
def raw(raw_dir: Path) -> SourceFolder:
    return raw_folder(raw_dir)


@pytest.fixture(scope="session")
def stable(raw: SourceFolder) -> Anatomy:
    """The published model."""
    return build_anatomy(raw)


@pytest.fixture(scope="session")
def base(raw: SourceFolder) -> Anatomy:
    """The same with anatomical in-degrees."""
    return build_anatomy(raw, AnatomyParameters(stabilisation="none"))


@pytest.fixture(scope="session")
def table(golden_dir: Path) -> Callable[..., pd.DataFrame]:
    """Read a golden table; row labels stay text."""

    def read(name: str, index: str | int | None = 0) -> pd.DataFrame:
        path = golden_dir / "anatomy" / f"{name}.csv"
        first = pd.read_csv(path, nrows=0).columns
        frame = pd.read_csv(path, dtype=dict.fromkeys([*first[:3], "target", "source", "area"], str) if index is None else {first[0]: str})
        return frame if index is None else frame.set_index(first[0])

    return read


@pytest.fixture(scope="session")
def arrays(golden_dir: Path) -> Callable[[str], dict[str, NDArray[Any]]]:
    """Read a golden file of arrays."""

    def read(name: str) -> dict[str, NDArray[Any]]:
        with np.load(golden_dir / "anatomy" / f"{name}.npz") as opened:
            return dict(opened)

    return read


@pytest.fixture(scope="session")
def facts(golden_dir: Path) -> dict[str, Any]:
    """Golden fits and totals."""
    content: dict[str, Any] = json.loads((golden_dir / "anatomy" / "fits_and_totals.json").read_text())
    return content


@pytest.fixture(scope="session")
def nondefault(golden_dir: Path) -> dict[str, Any]:
    """Golden sums and entries for parameters other than the published ones."""
    content: dict[str, Any] = json.loads((golden_dir / "anatomy" / "nondefault.json").read_text())
    return content
