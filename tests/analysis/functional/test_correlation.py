"""Correlation matrices with known values, and their similarity by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.functional.correlation import correlations, similarity, zero_diagonal


def test_known_correlations() -> None:
    x, y = np.array([1.0, -1.0, 1.0, -1.0]), np.array([1.0, 1.0, -1.0, -1.0])
    matrix = correlations(np.array([x, 7 - 3 * x, y, 100 + x + y]))
    half = np.sqrt(0.5)
    expected = [[1, -1, 0, half], [-1, 1, 0, -half], [0, 0, 1, half], [half, -half, half, 1]]
    np.testing.assert_allclose(matrix, expected, atol=1e-12)


def test_equal_to_numpy() -> None:
    signals = np.random.default_rng(1).gamma(2.0, size=(6, 300)) + 1e4
    np.testing.assert_allclose(correlations(signals), np.corrcoef(signals), atol=1e-9)


def test_an_area_without_input_has_no_correlations() -> None:
    rng = np.random.default_rng(2)
    signals = rng.normal(size=(4, 50))
    signals[1], signals[2] = 0.0, 0.1  # 0.1 has a mean that rounding keeps from being exact
    matrix = correlations(signals)
    unknown = np.isnan(matrix)
    assert unknown[[1, 2]].all()
    assert unknown[:, [1, 2]].all()
    assert not unknown[np.ix_([0, 3], [0, 3])].any()


def test_similarity_with_zeros_on_the_diagonal_and_without() -> None:
    first = np.array([[1, 0.2, 0.4], [0.2, 1, 0.6], [0.4, 0.6, 1]])
    second = np.array([[9, 0.4, 0.3], [0.4, 9, 0.8], [0.3, 0.8, 9]])
    a, b = [0.2, 0.4, 0.6] * 2, [0.4, 0.3, 0.8] * 2
    assert similarity(first, second, diagonal=False) == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert similarity(first, second) == pytest.approx(np.corrcoef(a + [0] * 3, b + [0] * 3)[0, 1])
    assert zero_diagonal(first).diagonal().tolist() == [0, 0, 0]
    assert first.diagonal().tolist() == [1, 1, 1]


def test_similarity_leaves_out_areas_without_values() -> None:
    rng = np.random.default_rng(3)
    first, second = (np.corrcoef(rng.normal(size=(5, 20))) for _ in range(2))
    with_gap = first.copy()
    with_gap[2], with_gap[:, 2] = np.nan, np.nan
    kept = np.ix_([0, 1, 3, 4], [0, 1, 3, 4])
    for diagonal in (True, False):
        assert similarity(with_gap, second, diagonal) == pytest.approx(similarity(first[kept], second[kept], diagonal))


def test_similarity_that_is_not_defined() -> None:
    two = np.array([[1, 0.3], [0.3, 1]])
    assert np.isnan(similarity(two, two, diagonal=False))
    assert np.isnan(similarity(np.full((3, 3), np.nan), np.eye(3)))
