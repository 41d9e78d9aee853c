"""The hierarchy of a planted order, what violates it, and how rises are timed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from analysis.dynamics.hierarchy import AFTER, BEFORE, rank_correlation, rise_times, steepest_rise, temporal_hierarchy, violations_by_chance

AREAS = ["V1", "V2", "V4", "MT", "FEF"]


def frame(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(values, AREAS[: len(values)], AREAS[: len(values)], dtype=float)


def random_lags(seed: int = 1) -> pd.DataFrame:
    upper = np.triu(np.random.default_rng(seed).normal(0, 20, (5, 5)), 1)
    return frame(upper - upper.T)


def test_a_planted_order_comes_back() -> None:
    times = np.array([12.0, 0.0, 3.0, 20.0, 15.0])
    found = temporal_hierarchy(frame(times[:, None] - times[None, :]))
    np.testing.assert_allclose(found.heights, times / 20)
    assert found.span_ms == pytest.approx(20)
    assert (found.violations, found.pairs) == (0, 10)


def test_the_solution_is_that_of_a_general_minimiser() -> None:
    lag = random_lags()
    lag.iloc[0, 3] = lag.iloc[3, 0] = np.nan

    def cost(h: np.ndarray) -> float:
        return float(np.nansum((h[:, None] - h[None, :] - lag.to_numpy()) ** 2))

    best = minimize(cost, np.random.default_rng(2).normal(size=5), tol=1e-12).x
    found = temporal_hierarchy(lag)
    np.testing.assert_allclose(found.heights, (best - best.min()) / np.ptp(best), atol=1e-5)
    assert found.span_ms == pytest.approx(np.ptp(best), rel=1e-5)


def test_a_lag_against_the_order_is_a_violation() -> None:
    times = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
    lag = times[:, None] - times[None, :]
    lag[1, 2], lag[2, 1] = 3.0, -3.0
    lag[3, 4] = lag[4, 3] = 0.0
    found = temporal_hierarchy(frame(lag))
    assert list(found.heights.sort_values().index) == AREAS
    assert (found.violations, found.pairs) == (1, 9)


def test_areas_without_lags_have_no_place() -> None:
    lag = random_lags()
    lag.loc["MT"] = np.nan
    lag["MT"] = np.nan
    found = temporal_hierarchy(lag)
    others = [area for area in AREAS if area != "MT"]
    assert np.isnan(found.heights["MT"])
    pd.testing.assert_series_equal(found.heights[others], temporal_hierarchy(lag.loc[others, others]).heights)
    nothing = temporal_hierarchy(lag * np.nan)
    assert nothing.heights.isna().all()
    assert np.isnan(nothing.span_ms)
    assert nothing.pairs == 0


def test_simultaneous_areas_share_a_place() -> None:
    found = temporal_hierarchy(frame(np.zeros((3, 3))))
    assert (found.heights == 0).all()
    assert (found.span_ms, found.violations, found.pairs) == (0.0, 0, 0)


def test_random_lags_violate_as_often_as_chance_says() -> None:
    size = 25
    shares = []
    for seed in range(20):
        upper = np.triu(np.random.default_rng(seed).normal(0, 20, (size, size)), 1)
        lag = pd.DataFrame(upper - upper.T)
        found = temporal_hierarchy(lag)
        shares.append(found.violations / found.pairs)
    assert violations_by_chance(lag, draws=100) == pytest.approx(np.mean(shares), abs=0.02)
    assert np.mean(shares) > 0.3


def test_rank_correlations_leave_out_what_is_unknown() -> None:
    temporal = pd.Series([0.0, 0.2, np.nan, 0.6, 1.0])
    assert rank_correlation(temporal, np.array([4.0, 3.0, 9.0, 2.0, 1.0]))[0] == pytest.approx(-1)
    assert rank_correlation(temporal, np.array([4.0, 3.0, 9.0, np.nan, 1.0]))[0] == pytest.approx(-1)
    assert np.isnan(rank_correlation(temporal, np.array([4.0, np.nan, 9.0, np.nan, 1.0]))).all()


def test_rises_are_timed_half_way_up() -> None:
    ramp = np.array([2.0, 1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 1.0])
    falling = np.arange(10.0)[::-1]
    np.testing.assert_array_equal(rise_times(np.stack([ramp, falling, np.ones(10)])), [5.0, np.nan, np.nan])
    assert rise_times(np.array([[0.0, 0.0, 3.0, 4.0]])) == pytest.approx(1 + 2 / 3)


def test_the_steepest_rise_is_found_away_from_the_ends() -> None:
    time = np.arange(1000)
    steps = [1 / (1 + np.exp(-(time - start) / width)) for start, width in ((600, 5), (605, 5), (20, 1))]
    assert steepest_rise(np.array(steps[:2])) == pytest.approx(602, abs=1)
    assert BEFORE <= steepest_rise(np.array(steps)) < 1000 - AFTER
