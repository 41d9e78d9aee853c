"""Readers of the published NEST and GeNN statistics."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.published import published
from procortex.formats.populations import AREAS, area_populations
from procortex.utilities.errors import InputError
from sources.checksums import SourceFolder
from sources.fetch import published_folder
from sources.published import GROUND_ORDERS, nest_ground_rates, published_statistics
from sources.registry import PUBLISHED, RATES, VALUES

KEYS = ["state", "simulator", "statistic", "area", "population"]


@pytest.fixture(scope="module")
def folder(published_dir: Path) -> SourceFolder:
    return published_folder(published_dir)


@pytest.fixture(scope="module")
def frame(folder: SourceFolder) -> pd.DataFrame:
    return published_statistics(folder)


def made_up(root: Path) -> SourceFolder:
    """Vectors that hold their own index."""
    files = {}
    for chi in ("chi_1_0", "chi_1_9"):
        (root / chi).mkdir()
        for simulator in ("nest", "genn"):
            for stem in ("rates", "irregularity", "corr_coeff"):
                for population in area_populations("V1"):
                    name = f"{chi}/{simulator}_{stem}_{population}.npy"
                    np.save(root / name, np.arange(31.0 if population.startswith("4") else 32.0)[::-1])
                    files[name] = root / name
    return SourceFolder(root, files)


def test_orders_of_areas() -> None:
    nest, genn = GROUND_ORDERS["nest"], GROUND_ORDERS["genn"]
    assert nest[:3] == ("46", "7a", "AITd")
    assert nest[-9:] == ("V1", "V2", "V3", "V3A", "V4", "V4t", "VIP", "VOT", "VP")
    assert genn[-7:] == ("V3A", "V3", "V4t", "V4", "VIP", "VOT", "VP")
    assert set(nest) == set(genn) == set(AREAS)


def test_vectors_get_their_areas(tmp_path: Path) -> None:
    folder = made_up(tmp_path)
    table = published_statistics(folder).set_index(KEYS)["value"]
    assert len(table) == 2 * 2 * 3 * 254
    assert table.index.is_unique
    assert table["ground", "nest", "rate", "46", "23E"] == 31
    assert table["ground", "nest", "lvr", "V3", "23E"] == 5 + 1
    assert table["ground", "genn", "lvr", "V3", "23E"] == 5
    assert table["ground", "nest", "rate", "V1", "4E"] == 8  # TH is left out before it
    assert table["resting", "genn", "correlation", "rank00", "4I"] == 0
    assert nest_ground_rates(folder)["V1"]["4E"] == 8


class Recording(SourceFolder):
    """Folder that keeps the names of the files that were read, once each."""

    read: ClassVar[list[str]] = []

    def path(self, file: str) -> Path:
        self.read.append(file)
        return super().path(file)


@pytest.mark.parametrize(
    ("uses", "read"),
    [
        ((RATES,), nest_ground_rates),
        (VALUES["ground"], lambda folder: published_statistics(folder, ["ground"])),
        (VALUES["resting"], lambda folder: published_statistics(folder, ["resting"])),
        (PUBLISHED.needed, published_statistics),
    ],
)
def test_readers_take_the_files_of_their_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uses: Collection[str], read: Callable[[SourceFolder], object]
) -> None:
    monkeypatch.setattr(Recording, "read", [])
    folder = Recording(tmp_path, made_up(tmp_path).files)
    read(folder)
    assert sorted(folder.read) == sorted(entry.file for entry in PUBLISHED.select(uses))


def test_one_state_is_fetched_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for state, files in ((None, 96), ("ground", 48), ("resting", 48)):
        with pytest.raises(InputError, match=rf"; {files} published files are still needed"):
            published(state=state)


@pytest.mark.golden
def test_equal_to_the_reference(frame: pd.DataFrame, published_dir: Path) -> None:
    expected = pd.read_csv(published_dir.parent / "area_means.csv", dtype={"area": str}).rename(columns={"layer_population": "population"})
    merged = frame.merge(expected, on=KEYS, how="outer", suffixes=("", "_expected"), validate="one_to_one")
    assert len(merged) == len(frame) == len(expected)
    np.testing.assert_allclose(merged["value"], merged["value_expected"], rtol=1e-12, equal_nan=True)


@pytest.mark.golden
def test_areas_of_both_simulators_agree(frame: pd.DataFrame) -> None:
    ground = frame[(frame["state"] == "ground") & (frame["statistic"] == "rate")]
    pairs = ground.pivot_table(index=["population", "area"], columns="simulator", values="value")
    correlations = [np.corrcoef(group["nest"], group["genn"])[0, 1] for _, group in pairs.groupby(level=0)]
    assert min(correlations) > 0.99


@pytest.mark.golden
def test_rates_file(tmp_path: Path, published_dir: Path) -> None:
    out = tmp_path / "fullscale_rates.json"
    command = [sys.executable, "-m", "sources", "rates", "--out", str(out), "--published-dir", str(published_dir)]
    assert subprocess.run(command, check=False).returncode == 0
    rates = json.loads(out.read_text())
    assert list(rates) == list(AREAS)
    assert all(tuple(rates[area]) == area_populations(area) for area in AREAS)
    assert rates["V1"]["23E"] == pytest.approx(0.29217701430802345)
    assert rates["V1"]["5E"] == pytest.approx(8.063635486981678)
