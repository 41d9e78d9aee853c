"""The published values as statistics, and a comparison with them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.comparison.compare import compare
from analysis.comparison.published import published
from analysis.tables import STATISTICS_COLUMNS, write_table
from procortex.formats.populations import AREAS

pytestmark = pytest.mark.golden


@pytest.fixture
def table(tmp_path: Path, published_dir: Path) -> tuple[Path, Path]:
    frame, windows = published(published_dir)
    paths = tmp_path / "nest.parquet", tmp_path / "genn.parquet"
    for path, name in zip(paths, ("nest-published", "genn-published"), strict=True):
        write_table(frame[frame["simulator"] == name], path, STATISTICS_COLUMNS, windows)
    return paths


def test_published_values_have_areas_in_the_ground_state_and_ranks_in_the_resting_state(table: tuple[Path, Path]) -> None:
    frame = pd.read_parquet(table[0])
    rates = frame[frame["statistic"] == "rate"].set_index(["state", "population", "area"])["value"]
    assert rates["ground", "23E", "V1"] == pytest.approx(0.2922, abs=1e-4)  # V1 inside the full NEST run
    assert set(rates["ground", "23E"].index) == set(AREAS)
    assert len(rates["ground", "4E"]) == 31
    assert "rank31" in rates["resting", "23E"].index


def test_the_biased_published_genn_run_is_outside_in_the_ground_state_and_inside_in_the_resting_state(table: tuple[Path, Path]) -> None:
    """The published GeNN means of the ground state come from an earlier, biased run (5E +4 %, 6E +14 %); those at rest do not."""
    frame = compare([table[0]], [table[1]])
    outside = frame[frame["verdict"] == "outside"]
    assert (outside["value"].abs() > outside["band_high"] * (1 + 1e-9)).all()  # equal fractions are no difference
    judged = frame[frame["verdict"] != "reported"].groupby(["state", "measure"])["verdict"]
    assert set(frame["measure"]) == {"mean_difference", "ks_areas", "w1_areas", "kl_areas"}
    means = frame[(frame["state"] == "ground") & (frame["measure"] == "mean_difference") & (frame["statistic"] == "rate")]
    outside = means.loc[means["verdict"] == "outside", "population"]
    assert {"5E", "6E"} <= set(outside)
    assert (judged.get_group(("resting", "mean_difference")) == "inside").all()
    ks = frame[(frame["state"] == "ground") & (frame["measure"] == "ks_areas") & (frame["statistic"] == "rate")].set_index("population")
    assert ks.loc["5E", "value"] == pytest.approx(0.156, abs=5e-4)
