from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.comparison.distances import (
    Sample,
    freedman_diaconis_edges,
    kl_of_histograms,
    kolmogorov_smirnov,
    kullback_leibler,
    wasserstein,
)
from analysis.statistics.collect import compressed

VALUES = st.lists(st.integers(-50, 50).map(lambda value: value / 8), min_size=1, max_size=60).map(np.array)


@given(VALUES, VALUES)
def test_ks_and_w1_equal_scipys(first: np.ndarray, second: np.ndarray) -> None:
    np.testing.assert_allclose(kolmogorov_smirnov(Sample.of(first), Sample.of(second)), stats.ks_2samp(first, second).statistic, atol=1e-12)
    np.testing.assert_allclose(wasserstein(Sample.of(first), Sample.of(second)), stats.wasserstein_distance(first, second), atol=1e-12)


@given(VALUES, st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))
def test_quantiles_equal_numpys(values: np.ndarray, q: float) -> None:
    np.testing.assert_allclose(Sample.of(values).quantile(q), np.quantile(values, q), atol=1e-12)


def test_kl_by_hand_and_on_the_paper_s_bins() -> None:
    assert kl_of_histograms(np.array([1.0, 3.0, 5.0]), np.array([2.0, 2.0, 0.0])) == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))
    values = np.arange(1000.0)
    edges = freedman_diaconis_edges(Sample.of(values))
    assert edges is not None
    assert len(edges) == np.ceil(999.0 / (2 * 499.5 / 10.0)) == 10  # as many edges as the rule asks for bins
    assert kullback_leibler(Sample.of(values), Sample.of(values)) == 0.0
    assert np.isnan(kullback_leibler(Sample.of(np.ones(5)), Sample.of(values)))


def test_rounded_distributions_keep_their_distances() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(0.001, 0.003, (2, 20_000))
    samples = [Sample(value, count.astype(float)) for value, count in (compressed(values, 10) for values in (first, second))]
    assert samples[0].count.sum() == 20_000
    assert abs(wasserstein(*samples) - stats.wasserstein_distance(first, second)) < 2.0**-20 + 2.0**-10 * 0.003
    exact, counts = compressed(np.array([0.1, 0.1, 1 / 3]), 53)
    assert exact.tolist() == [0.1, 1 / 3]
    assert counts.tolist() == [2, 1]


@pytest.mark.golden
def test_kl_of_the_published_histograms(published_dir: Path) -> None:
    expected = json.loads((published_dir.parent / "kl_published.json").read_text())["chi_1_0"]
    histograms = np.load(published_dir.parent / "ground_pooled_histograms.npz")
    compared = 0
    for statistic, key in (("rate", "rates"), ("lvr", "irregularity"), ("correlation", "corr_coeff")):
        for population, published in expected[key].items():
            if f"{statistic}_{population}_nest" not in histograms:
                continue
            truth = histograms[f"{statistic}_{population}_nest"].astype(float)
            ours = [kl_of_histograms(truth, histograms[f"{statistic}_{population}_genn_seed{seed}"].astype(float)) for seed in (1, 2, 3)]
            # published values were read from a vector figure to 1e-6
            assert np.mean(ours) == pytest.approx(published["genn_vs_nest"]["mean"], abs=2e-6, rel=2e-3), (statistic, population)
            compared += 1
    assert compared == 22
