"""Cross-correlations and their peaks: planted lags come back, with their sign."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from analysis.dynamics.lags import LONGEST_MS, cross_correlation, lag_axis, lag_matrix, lags, peak
from analysis.dynamics.rate_series import after_start, long_series
from procortex.formats.populations import population_labels
from procortex.formats.series import write_series
from procortex.utilities.errors import InputError
from tests.helpers.anatomy import random_anatomy
from tests.helpers.series import delayed_series, series_of

DELAYS = {"V1": 0, "V2": 7, "V4": 12, "FEF": 31}


def noise(samples: int = 3000, seed: int = 3) -> np.ndarray:
    return np.convolve(np.random.default_rng(seed).normal(size=samples), np.hanning(11), mode="same")


def connected(areas: list[str], without: str = "") -> xr.Dataset:
    """Anatomy in which every area but one receives from all others."""
    anatomy = random_anatomy()
    anatomy["indegree"][:] = 10.0
    of_target = np.array([str(label).split("-")[0] for label in anatomy["target"].to_numpy()])
    alone = of_target == without
    anatomy["indegree"].values[np.ix_(alone, ~alone)] = 0.0
    return anatomy


@pytest.mark.parametrize("delay", [-40, -3, 0, 1, 25, 99])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_peak_lies_at_the_planted_lag(delay: int, sign: float) -> None:
    drive = noise()
    later, earlier = sign * drive[100 - delay : 2700 - delay], drive[100:2700]
    lag, value = peak(cross_correlation(later, earlier))
    assert lag == delay
    assert np.sign(value) == sign
    assert 0.75 < abs(value) < 0.9  # what smoothing leaves of 1, and less where the two overlap less


def test_correlations_are_coefficients_smoothed_by_two_milliseconds() -> None:
    white = np.random.default_rng(1).normal(size=100_000)
    found = cross_correlation(white, np.roll(white, -30))
    lag = lag_axis()
    expected = np.exp(-((lag - 30) ** 2) / 8) / np.sqrt(8 * np.pi)  # a Gaussian of 2 ms in the place of one sample
    np.testing.assert_allclose(found, expected, atol=0.01)
    assert found[lag == 30] == pytest.approx(1 / np.sqrt(8 * np.pi), abs=0.005)


def test_correlations_do_not_wrap_around() -> None:
    first, last = np.zeros((2, 1000))
    first[5], last[-5] = 1.0, 1.0
    assert cross_correlation(first, last)[np.abs(lag_axis()) <= LONGEST_MS].max() < 0.01


def test_peaks_beyond_the_longest_lag_do_not_count() -> None:
    lag = lag_axis()
    far, near = np.exp(-((lag - 120) ** 2) / 50), 0.3 * np.exp(-((lag + 20) ** 2) / 50)
    assert peak(far + near) == pytest.approx((-20, 0.3), abs=1e-6)
    assert peak(-far - near) == pytest.approx((-20, -0.3), abs=1e-6)


def test_a_function_without_peak_has_none() -> None:
    assert np.isnan(peak(np.linspace(0.0, 1.0, len(lag_axis())))).all()


def test_planted_delays_of_areas_come_back() -> None:
    table = lags(after_start(delayed_series(DELAYS)), connected(list(DELAYS)))
    matrix = lag_matrix(table)
    assert list(matrix.index) == list(matrix.columns) == list(DELAYS)
    delays = np.array(list(DELAYS.values()))
    np.testing.assert_allclose(matrix, delays[:, None] - delays[None, :], atol=1)
    np.testing.assert_array_equal(matrix, -matrix.T)
    np.testing.assert_array_equal(np.diag(matrix), 0)


def test_areas_without_input_or_fluctuation_have_no_lag() -> None:
    series = delayed_series(DELAYS)
    series["counts"].loc[{"target": [label for label in series["target"].to_numpy() if label.startswith("V4")]}] = 3
    matrix = lag_matrix(lags(after_start(series), connected(list(DELAYS), without="V2")))
    assert matrix.loc[["V2", "V4"]].isna().all(axis=None)
    assert matrix[["V2", "V4"]].isna().all(axis=None)
    assert matrix.loc[["V1", "FEF"], ["V1", "FEF"]].notna().all(axis=None)


def test_short_series_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "series.nc"
    write_series(series_of(np.ones((8, 2000)), population_labels(["V1"])), path)
    assert long_series(path, 1500.0, "a lag").sizes["time"] == 1500
    write_series(series_of(np.ones((8, 1999)), population_labels(["V1"])), path)
    with pytest.raises(InputError) as error:
        long_series(path, 1500.0, "a lag")
    assert str(error.value) == f"{path}: 1.499 s of rates after the first 500 ms; a lag needs 1.5 s, simulate 2000 ms or more"
