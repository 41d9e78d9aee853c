"""Integer tables: quantile functions of truncated normal distributions, Poisson thresholds, the unit of weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from model.network.delays import delay_quantiles
from model.network.initial_state import potential_quantiles
from model.network.quantiles import distinct_classes, midpoints, redrawn_normal_quantiles
from model.network.weight_tables import EVENT_LIMIT, RESOLUTION, weight_levels, weight_quantiles, weight_unit
from procortex.constants import LEVELS
from procortex.poisson import NEVER, poisson_thresholds
from procortex.utilities.errors import InputError

means = st.floats(0.01, 50)
spreads = st.floats(0.01, 2)


@settings(deadline=None)
@given(mean=means, spread=spreads, lower=st.floats(0, 1))
def test_a_table_deviates_from_the_distribution_by_half_a_level(mean: float, spread: float, lower: float) -> None:
    sd = spread * mean
    table = redrawn_normal_quantiles(mean, sd, lower, LEVELS)
    cdf = stats.truncnorm.cdf(table, (lower - mean) / sd, np.inf, loc=mean, scale=sd)
    # the empirical CDF of the table jumps by 1 / LEVELS at each entry, around the true CDF
    np.testing.assert_allclose(cdf, midpoints(LEVELS), rtol=0, atol=1e-5)
    assert (np.diff(table) >= 0).all()
    assert table[0] >= lower


@settings(deadline=None)
@given(mean=means, spread=spreads, dt=st.sampled_from([0.05, 0.1, 0.5]))
def test_delays_are_rounded_half_up_to_steps_of_at_least_one(mean: float, spread: float, dt: float) -> None:
    table = delay_quantiles(mean, spread * mean, dt)
    exact = redrawn_normal_quantiles(mean, spread * mean, dt, LEVELS) / dt
    assert table.dtype == np.int32
    assert (table >= 1).all()
    assert ((exact - table >= -0.5 - 1e-9) & (exact - table < 0.5 + 1e-9)).all()


@pytest.mark.parametrize(("mean", "effective"), [(1.5, 1.554), (0.75, 0.785), (1.707, 1.766), (17.976, 18.484)])
def test_effective_mean_delays(mean: float, effective: float) -> None:
    assert delay_quantiles(mean, mean / 2, 0.1).mean() * 0.1 == pytest.approx(effective, abs=2e-3)


def test_delays_without_spread_last_a_step_at_least() -> None:
    assert set(delay_quantiles(0.25, 0.0, 0.1)) == {3}
    assert set(delay_quantiles(0.01, 0.0, 0.1)) == {1}


@settings(deadline=None)
@given(mean=st.floats(1, 1000), spread=spreads, sign=st.sampled_from([-1, 1]))
def test_weights_keep_their_sign_and_mirror(mean: float, spread: float, sign: int) -> None:
    table = weight_quantiles(sign * mean, spread * mean, 2.0**-6)
    assert (sign * table >= 0).all()
    np.testing.assert_array_equal(table, sign * weight_quantiles(mean, spread * mean, 2.0**-6))
    assert np.abs(table).max() * 2.0**-6 == pytest.approx(weight_levels(mean, spread * mean, lognormal=False)[-1], abs=2.0**-7)


def test_published_weights_keep_mean_and_spread() -> None:
    table = weight_quantiles(87.80849352920845, 8.780849352920845, 2.0**-4) * 2.0**-4
    assert table.mean() == pytest.approx(87.80849352920845, rel=1e-5)
    assert table.std() == pytest.approx(8.780849352920845, rel=1e-3)


def test_initial_potentials_are_normal() -> None:
    table = potential_quantiles(-150.0, 50.0)
    assert len(table) == 65536
    assert stats.kstest(table, stats.norm(-150, 50).cdf).statistic <= 1 / (2 * 65536) + 1e-12
    assert (table > -50).mean() == pytest.approx(0.02275, abs=1e-4)


@settings(deadline=None)
@given(mean=st.one_of(st.floats(0, 20), st.floats(20, 400)))
def test_thresholds_reproduce_the_distribution(mean: float) -> None:
    thresholds = poisson_thresholds(np.array([[mean]]))[0, 0]
    assert thresholds.dtype == np.int32
    assert (np.diff(thresholds.astype(np.int64)) >= 0).all()
    # r > threshold[k] makes more than k events: so the CDF is (threshold + 1) / 2**31
    cdf = np.append((thresholds.astype(np.float64) + 1) / 2**31, 1.0)
    counts = np.arange(len(cdf))
    np.testing.assert_allclose(cdf, stats.poisson.cdf(counts, mean), rtol=0, atol=0.51 * 2.0**-31)
    np.testing.assert_allclose(np.diff(cdf, prepend=0), stats.poisson.pmf(counts, mean), rtol=0, atol=1.01 * 2.0**-31)


def test_thresholds_of_different_means_share_one_table() -> None:
    thresholds = poisson_thresholds(np.array([[0.0, 1.0], [8.0, 0.01]]))
    assert (thresholds[0, 0] == NEVER).all()
    assert (thresholds[1, 0] < NEVER).sum() == thresholds.shape[-1]


@pytest.mark.parametrize("mean", [0.5, 8.0, 300.0])
def test_counting_thresholds_draws_poisson_numbers(mean: float) -> None:
    thresholds = poisson_thresholds(np.array([[mean]]))[0, 0]
    uniform = np.random.default_rng(1).integers(0, 2**31, 100_000)
    events = np.searchsorted(thresholds, uniform, side="left")  # entries below r
    assert events.mean() == pytest.approx(mean, abs=5 * np.sqrt(mean / 100_000))
    assert events.var() == pytest.approx(mean, rel=5 * np.sqrt(2 / 100_000 + 1 / (mean * 100_000)))


@settings(deadline=None)
@given(smallest=st.floats(1e-3, 1e3), ratio=st.floats(1, 30))
def test_the_unit_is_the_largest_power_of_two_that_resolves_the_smallest_weight(smallest: float, ratio: float) -> None:
    unit = weight_unit(np.array([0.0, smallest, -ratio * smallest]), ratio * smallest)
    assert np.log2(unit) == np.round(np.log2(unit))
    assert unit <= RESOLUTION * smallest < 2 * unit
    assert ratio * smallest / unit <= EVENT_LIMIT


def test_weights_too_far_apart_are_refused() -> None:
    with pytest.raises(InputError, match=r"weights between 1 and 1000 pA are too far apart .* at most 64 pA"):
        weight_unit(np.array([1.0, 100.0]), 1000.0)


def test_pairs_of_equal_distribution_share_a_class() -> None:
    mean = np.array([[1.0, 2.0], [2.0, 1.0]])
    classes, of_pair = distinct_classes(mean, 0.1 * mean, np.array([[True, True], [True, False]]))
    np.testing.assert_array_equal(classes, [[1.0, 0.1], [2.0, 0.2]])
    np.testing.assert_array_equal(of_pair, [[0, 1], [1, -1]])
