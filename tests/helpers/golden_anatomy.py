"""What tests of the curation and of the anatomy share: the raw files, golden tables in the shapes of ours, comparisons."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike, NDArray

from sources.checksums import SourceFolder
from sources.fetch import raw_folder

Table = Callable[..., pd.DataFrame]
Arrays = Callable[[str], dict[str, NDArray[Any]]]


def assert_close(found: ArrayLike, expected: ArrayLike, rel: float = 1e-9, absolute: float = 0.0) -> None:
    np.testing.assert_allclose(np.asarray(found, dtype=float), np.asarray(expected, dtype=float), rtol=rel, atol=absolute)


def assert_same_table(found: pd.DataFrame, expected: pd.DataFrame, rel: float = 1e-9, absolute: float = 0.0) -> None:
    assert list(map(str, found.index)) == list(map(str, expected.index))
    assert list(map(str, found.columns)) == list(map(str, expected.columns))
    assert_close(found, expected, rel, absolute)


def close(value: float | list[float] | tuple[float, ...], rel: float = 1e-9) -> Any:
    return pytest.approx(value, rel=rel, abs=0)


@pytest.fixture(scope="session")
def raw(raw_dir: Path) -> SourceFolder:
    return raw_folder(raw_dir)


@pytest.fixture(scope="session")
def table(golden_dir: Path) -> Table:
    """Read a golden table; row labels stay text."""

    def read(name: str, index: str | int | None = 0) -> pd.DataFrame:
        path = golden_dir / "anatomy" / f"{name}.csv"
        first = pd.read_csv(path, nrows=0).columns
        frame = pd.read_csv(path, dtype=dict.fromkeys([*first[:3], "target", "source", "area"], str) if index is None else {first[0]: str})
        return frame if index is None else frame.set_index(first[0])

    return read


@pytest.fixture(scope="session")
def arrays(golden_dir: Path) -> Arrays:
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
