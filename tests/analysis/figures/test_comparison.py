"""Distances between simulators: in units of their bands, or as they are where there are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from analysis.figures.comparison import draw
from analysis.statistics.catalogue import STATISTICS
from analysis.tables import COMPARISON_COLUMNS, write_table
from procortex.formats.populations import LAYER_POPULATIONS

VALUES = {"mean_difference": -0.2, "ks": 0.3, "w1": 0.05}


@pytest.fixture
def compared(tmp_path: Path) -> Path:
    """A state with bands of twice the values' size, and one without."""
    rows = []
    for state, band in (("ground", 2.0), ("resting", np.nan)):
        for population in LAYER_POPULATIONS:
            for statistic in STATISTICS:
                for measure, value in VALUES.items():
                    high, verdict = abs(value) * band, "reported" if np.isnan(band) else "inside"
                    rows.append((state, "nest", "cpu", population, statistic, measure, value, -high, high, verdict))
    path = tmp_path / "comparison.parquet"
    write_table(pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS)), path, COMPARISON_COLUMNS)
    return path


def points(axes: Axes) -> set[float]:
    return {round(float(line.get_xdata()[0]), 6) for line in axes.lines if line.get_marker() != "None"}  # type: ignore[index,arg-type]


def test_values_without_bands_are_drawn_and_the_title_says_why(compared: Path) -> None:
    with_bands, without = draw([compared], None).subfigs
    assert with_bands.get_suptitle() == "ground: procortex (CPU) against NEST, 72 of 72 inside"
    assert without.get_suptitle() == "resting: procortex (CPU) against NEST, no bands: too few areas and seeds to know the natural spread"
    assert [points(axes) for axes in with_bands.axes] == [{-0.5}, {0.5}, {0.5}]
    assert [points(axes) for axes in without.axes] == [{value} for value in VALUES.values()]
    assert all(len([line for line in axes.lines if line.get_marker() != "None"]) == 24 for axes in without.axes)
