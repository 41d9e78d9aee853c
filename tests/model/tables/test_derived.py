"""Columns that follow from others, on small made-up data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.tables.axes import LAYERS
from model.tables.derived import completed_fractions, neuron_numbers, normalised_fractions

NAN = np.nan


def test_neuron_numbers_follow_volume_and_density() -> None:
    index = ["V1", "V2"]
    surface = pd.Series([2.0, 10.0], index=index)
    thickness = pd.DataFrame(0.5, index=index, columns=list(LAYERS))
    density = pd.DataFrame({"23": 1000.0, "4": [0.0, 500.0], "5": 100.0, "6": 10.0}, index=index)
    numbers = neuron_numbers(surface, thickness, density, pd.Series(0.8, index=["23", "4", "5", "6"]))
    assert numbers.loc["V1"].tolist() == pytest.approx([800, 200, 0, 0, 80, 20, 8, 2])
    assert numbers.loc["V2", "4E"] == pytest.approx(2000)


def test_measured_goes_before_predicted_and_evidence_before_both() -> None:
    measured = pd.DataFrame([[NAN, 0.4, NAN, 0.3, NAN]])
    exists = pd.DataFrame([[False, True, True, False, False]])
    completed = completed_fractions(measured, pd.DataFrame([[NAN, 0.1, 0.2, 0.1, 0.1]]), exists)
    np.testing.assert_array_equal(completed, [[NAN, 0.4, 0.2, 0.0, NAN]])


def test_rows_are_scaled_to_their_share() -> None:
    completed = pd.DataFrame([[NAN, 0.3], [NAN, 0.0]])
    normalised = normalised_fractions(completed, pd.Series([0.1, 0.0]), 0.2)
    np.testing.assert_allclose(normalised, [[NAN, 0.15, 0.05], [NAN, 0.0, 0.0]])
