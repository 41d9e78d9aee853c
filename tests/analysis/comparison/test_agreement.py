"""Agreement of one simulation with a reference: weighted means, differences, correlation over areas."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.comparison.agreement import agreement, as_markdown
from analysis.tables import STATISTICS_COLUMNS, write_table
from procortex.utilities.errors import InputError
from tests.helpers.results import write_statistics


def statistics(path: Path, simulator: str, values: dict[str, float], seed: int = 1, n: float = 1.0) -> Path:
    rows = [("ground", simulator, seed, area, "4E", "rate", value, n * (k + 1)) for k, (area, value) in enumerate(values.items())]
    return write_statistics(path, rows, ["ground"])


OURS = {"V1": 2.0, "V2": 4.0, "MT": 9.0}
NEST = {"V1": 1.0, "V2": 5.0, "MT": 8.0, "46": 3.0}


def test_means_are_weighted_by_population_sizes(tmp_path: Path) -> None:
    ours = statistics(tmp_path / "ours.parquet", "cuda", OURS)
    nest = statistics(tmp_path / "nest.parquet", "nest-published", NEST, n=7.0)
    row = agreement(nest, ours, "nest-published", "ground").iloc[0]
    assert row["mean"] == pytest.approx((2 + 2 * 4 + 3 * 9) / 6)
    assert row["reference"] == pytest.approx((1 + 2 * 5 + 3 * 8) / 6)
    assert row["difference_percent"] == pytest.approx(100 * (37 / 35 - 1))
    assert row["r"] == pytest.approx(np.corrcoef([2, 4, 9], [1, 5, 8])[0, 1])
    assert (row["median"], row["reference_median"], row["areas"]) == (4.0, 5.0, 3)


def test_one_area_has_no_correlation(tmp_path: Path) -> None:
    ours = statistics(tmp_path / "ours.parquet", "cuda", {"V1": 2.0})
    nest = statistics(tmp_path / "nest.parquet", "nest-published", NEST)
    table = agreement(nest, ours, "nest-published", "ground")
    assert np.isnan(table["r"].iloc[0])
    assert as_markdown(table).splitlines()[-1] == "| rate | 4E | 2 | 1 | 100 | nan | 2 | 1 | 1 |"


def test_what_cannot_be_compared_is_named(tmp_path: Path) -> None:
    ours = statistics(tmp_path / "ours.parquet", "cuda", OURS)
    ranks = statistics(tmp_path / "ranks.parquet", "nest-published", {"rank00": 1.0, "rank01": 2.0})
    with pytest.raises(InputError, match="cannot be compared area by area"):
        agreement(ranks, ours, "nest-published", "ground")
    with pytest.raises(InputError, match=r"no knight2021 values of state resting of nest-published; it holds ground of nest-published"):
        agreement(ranks, ours, "nest-published", "resting")
    both = pd.concat([pd.read_parquet(ours), pd.read_parquet(ours).assign(seed=2)])
    write_table(both, tmp_path / "both.parquet", STATISTICS_COLUMNS)
    with pytest.raises(InputError, match="several simulations of state ground"):
        agreement(ranks, tmp_path / "both.parquet", "nest-published", "ground")
