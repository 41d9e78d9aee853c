"""Granger causality: equal to statsmodels, true links found, absent ones not more often than the level says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, levene
from statsmodels.api import OLS, add_constant
from statsmodels.tsa.api import VAR

from analysis.dynamics.granger import influence, lagged_products

ORDER = 4


def simulated(links: dict[tuple[int, int], float], series: int, samples: int, seed: int) -> np.ndarray:
    """Autoregressive series with links {(target, source): weight} at lag 2, shape (series, samples)."""
    x = np.random.default_rng(seed).normal(size=(series, samples))
    for t in range(2, samples):
        x[:, t] += 0.4 * x[:, t - 1]
        for (target, source), weight in links.items():
            x[target, t] += weight * x[source, t - 2]
    return x


def past_of(x: np.ndarray, members: list[int]) -> np.ndarray:
    """Lagged values of some series, shape (samples, regressors)."""
    return np.stack([x[member, ORDER - lag : x.shape[1] - lag] for member in members for lag in range(1, ORDER + 1)], axis=1)


def test_sums_of_products_are_those_of_the_lagged_design() -> None:
    x = np.random.default_rng(1).normal(5.0, 3.0, (5, 60))
    past = lagged_products(x, ORDER)
    members = np.array([3, 0, 4])
    gram = past.gram(members)
    lagged = np.stack([past.series[members, ORDER - lag : 60 - lag] for lag in range(ORDER + 1)], axis=1)
    lagged -= lagged.mean(axis=2, keepdims=True)
    np.testing.assert_allclose(gram, np.einsum("iat,jbt->iajb", lagged, lagged), atol=1e-11)


def test_influences_are_those_of_statsmodels() -> None:
    x = 7.0 + 3.0 * simulated({(2, 0): 0.3, (2, 1): 0.1}, 4, 500, seed=2)
    found = influence(lagged_products(x, ORDER), 2, np.array([0, 1, 3]))
    full = VAR(x[[2, 0, 1, 3]].T).fit(ORDER, trend="c")
    for place, others in enumerate(([2, 1, 3], [2, 0, 3], [2, 0, 1])):
        without = VAR(x[others].T).fit(ORDER, trend="c")
        residuals, reduced = full.resid[:, 0], without.resid[:, 0]
        assert found.value[place] == pytest.approx(np.log(reduced.var() / residuals.var()), rel=1e-9)
        n = len(residuals)
        scaled = [values * np.sqrt((n - 1) / (n - 1 - ORDER * count)) for values, count in ((residuals, 4), (reduced, 3))]
        assert found.p[place] == pytest.approx(levene(*scaled).pvalue, rel=1e-6)
        nested = [OLS(x[2, ORDER:], add_constant(past_of(x, members))).fit() for members in ([2, 0, 1, 3], others)]
        assert found.p_f_test[place] == pytest.approx(nested[0].compare_f_test(nested[1])[1], rel=1e-6)


def test_true_links_are_found_and_absent_ones_are_not() -> None:
    links = {(1, 0): 0.3, (2, 1): 0.3, (3, 2): 0.3}
    past = lagged_products(simulated(links, 5, 20_000, seed=3), ORDER)
    for target in range(5):
        sources = np.delete(np.arange(5), target)
        found = influence(past, target, sources)
        for source, value, p, p_f_test in zip(sources, found.value, found.p, found.p_f_test, strict=True):
            if (target, int(source)) in links:
                assert value == pytest.approx(np.log(1 + 0.3**2), abs=0.02)  # the source's innovations, not its predictable part
                assert p < 1e-3
                assert p_f_test < 1e-9
            else:  # above all not 0 to 2, whose whole influence goes through 1
                assert value < 0.003
                assert p > 0.05
                assert p_f_test > 1e-4


def test_the_f_test_holds_its_level_and_levenes_test_lies_below() -> None:
    p, p_f_test = [], []
    for seed in range(60):
        past = lagged_products(simulated({}, 6, 600, seed=100 + seed), ORDER)
        found = influence(past, 0, np.arange(1, 6))
        p += list(found.p)
        p_f_test += list(found.p_f_test)
    low, high = binom.interval(0.999, len(p), 0.05)
    assert low <= (np.array(p_f_test) < 0.05).sum() <= high
    assert (np.array(p) < 0.05).sum() <= low


def test_silent_series_take_no_part() -> None:
    x = np.random.default_rng(4).normal(size=(4, 200))
    x[1] = 3.0
    x[2] = 0.0
    x[2, -2] = 1.0  # constant in the stretch that is two samples behind
    np.testing.assert_array_equal(lagged_products(x, ORDER).fluctuating(), [True, False, False, True])
    alone = influence(lagged_products(x, ORDER), 0, np.array([], dtype=int))
    assert alone.value.size == alone.p.size == alone.p_f_test.size == 0
