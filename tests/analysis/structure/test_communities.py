"""Communities that were planted are found, and chance makes none."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.structure.communities import find_communities, infomap_labels, modularity, shuffle_targets

SIZES = (6, 5, 4)
PLANTED = np.repeat(np.arange(len(SIZES)), SIZES)


@pytest.fixture
def planted() -> np.ndarray:
    rng = np.random.default_rng(3)
    same = PLANTED[:, None] == PLANTED[None, :]
    weights = np.where(same, 1.0, 0.02) * rng.uniform(0.5, 1.5, same.shape)
    return weights / weights.sum(axis=0)


def test_planted_communities_are_found(planted: np.ndarray) -> None:
    found = find_communities(planted, nulls=20)
    assert found.labels.tolist() == PLANTED.tolist()
    assert found.count == len(SIZES)
    assert found.modularity > found.null_modularities.max()
    assert (found.modularity - found.null_modularities.mean()) / found.null_modularities.std(ddof=1) > 3


def test_the_largest_community_comes_first(planted: np.ndarray) -> None:
    order = np.argsort(-PLANTED, kind="stable")
    labels = infomap_labels(planted[np.ix_(order, order)])
    assert labels.tolist() == PLANTED[order].tolist()


def test_equal_seeds_give_equal_results(planted: np.ndarray) -> None:
    first, second = (find_communities(planted, nulls=5, seed=7) for _ in range(2))
    assert first.null_modularities.tolist() == second.null_modularities.tolist()


def test_modularity_of_two_pairs_by_hand() -> None:
    weights = np.array([[0.0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, 0]])  # pairs 0-1 and 2-3, and 2 -> 1
    # 5 edges, 4 inside; (in, out) sums of the first pair 3, 2 and of the second 2, 3
    assert modularity(weights, np.array([0, 0, 1, 1])) == pytest.approx(4 / 5 - (3 * 2 + 2 * 3) / 25)


def test_shuffling_keeps_what_a_node_sends(planted: np.ndarray) -> None:
    shuffled = shuffle_targets(planted, np.random.default_rng(1))
    off_diagonal = ~np.eye(len(planted), dtype=bool)
    for source in range(len(planted)):
        mask = off_diagonal[:, source]
        assert sorted(shuffled[mask, source]) == sorted(planted[mask, source])
    assert not np.diag(shuffled).any()
    assert (shuffled != np.where(off_diagonal, planted, 0)).any()
