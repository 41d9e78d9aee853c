"""Communities of matrices that have some, and agreement of partitions with known values."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.functional.communities import adjusted_rand, louvain_labels, renamed


def blocks(sizes: list[int], inside: float, outside: float) -> np.ndarray:
    group = np.repeat(np.arange(len(sizes)), sizes)
    return np.where(group[:, None] == group[None, :], inside, outside)


@pytest.mark.parametrize("outside", [0.1, 0.0, -0.4])
def test_blocks_are_found_whatever_the_sign_between_them(outside: float) -> None:
    order = np.random.default_rng(4).permutation(10)
    matrix = blocks([3, 5, 2], 0.6, outside)[np.ix_(order, order)]
    sizes_first = {0: 1, 1: 0, 2: 2}  # the largest is number 0
    expected = [sizes_first[group] for group in np.repeat([0, 1, 2], [3, 5, 2])[order]]
    assert louvain_labels(matrix).tolist() == expected


def test_negative_correlations_join_nothing() -> None:
    assert louvain_labels(np.where(np.eye(4), 1.0, -0.5)).tolist() == [0, 1, 2, 3]


def test_an_area_without_values_is_on_its_own() -> None:
    matrix = blocks([3, 3], 0.6, 0.05)
    matrix[4], matrix[:, 4] = np.nan, np.nan
    assert louvain_labels(matrix).tolist() == [0, 0, 0, 1, 2, 1]


def test_the_seed_fixes_the_result() -> None:
    matrix = np.corrcoef(np.random.default_rng(5).normal(size=(32, 60)))
    first = louvain_labels(matrix)
    assert (first == louvain_labels(matrix)).all()
    assert len(set(first)) > 1


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([0, 0, 1, 1], [1, 1, 0, 0], 1.0),
        ([0, 0, 1, 1], [0, 0, 1, 2], 4 / 7),
        ([0, 0, 1, 1], [0, 1, 0, 1], -0.5),
        ([0, 0, 0, 0], [0, 1, 2, 3], 0.0),
        ([0, 0, 0, 0], [5, 5, 5, 5], 1.0),
        ([0, 1, 2, 3], [3, 2, 1, 0], 1.0),
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2], 0.24242424),
    ],
)
def test_adjusted_rand(first: list[int], second: list[int], expected: float) -> None:
    a, b = np.array(first), np.array(second)
    assert adjusted_rand(a, b) == pytest.approx(expected)
    assert adjusted_rand(b, a) == pytest.approx(expected)


def test_random_partitions_do_not_agree() -> None:
    rng = np.random.default_rng(6)
    values = [adjusted_rand(rng.integers(0, 3, 32), rng.integers(0, 4, 32)) for _ in range(300)]
    assert np.mean(values) == pytest.approx(0, abs=0.015)


def test_renamed_partitions_share_names_where_they_share_areas() -> None:
    like = np.array([0, 0, 0, 1, 1, 1])
    assert renamed(np.array([1, 1, 1, 0, 0, 0]), like).tolist() == [0, 0, 0, 1, 1, 1]
    assert renamed(np.array([2, 2, 0, 1, 1, 1]), like).tolist() == [0, 0, 2, 1, 1, 1]
    assert renamed(np.array([0, 0, 0, 0, 0, 0]), like).tolist() in ([0] * 6, [1] * 6)
    assert renamed(np.array([0, 1, 2, 3, 4, 5]), like).tolist()[0] == 0
    assert len(set(renamed(np.array([0, 1, 2, 3, 4, 5]), like).tolist())) == 6
