"""Communities of functional connectivity, and how alike two partitions are.

Louvain's method (Blondel et al. 2008) through networkx; adjusted Rand index: Hubert and Arabie (1985).
"""

from __future__ import annotations

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import comb

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]

SEED = 1
TRIALS = 20


def louvain_labels(correlation: Matrix, seed: int = SEED, trials: int = TRIALS) -> Labels:
    """Find the communities of areas whose activity goes together.

    Weights of the graph are the correlations; negative and undefined ones join nothing. Schmidt et al. (2018b) take negative ones as
    they are, for which modularity has no meaning: degrees may vanish or be negative.

    Parameters
    ----------
    correlation
        Symmetric matrix (area, area); the diagonal is ignored.
    seed
        Of the first trial.
    trials
        Number of trials; the one of largest modularity counts.

    Returns
    -------
    numpy.ndarray
        Community of each area, numbered from 0 by size, equal ones by their first area.
    """
    weights = np.clip(np.nan_to_num(correlation), 0.0, None)
    np.fill_diagonal(weights, 0.0)
    graph = nx.from_numpy_array(weights)
    if graph.number_of_edges() == 0:
        return np.arange(len(weights), dtype=np.int64)
    found = [nx.community.louvain_communities(graph, seed=trial) for trial in range(seed, seed + trials)]
    best = max(found, key=lambda parts: float(nx.community.modularity(graph, parts)))
    labels = np.empty(len(weights), dtype=np.int64)
    for label, part in enumerate(sorted(best, key=lambda part: (-len(part), min(part)))):
        labels[list(part)] = label
    return labels


def adjusted_rand(first: Labels, second: Labels) -> float:
    """Agreement of two partitions of the same areas: 1 if they are equal, about 0 if one says nothing of the other."""
    table = _contingency(first, second)
    pairs = comb(table, 2).sum()
    rows, columns, everything = comb(table.sum(axis=1), 2).sum(), comb(table.sum(axis=0), 2).sum(), comb(table.sum(), 2)
    expected = rows * columns / everything if everything else 0.0
    largest = (rows + columns) / 2
    if largest == expected:  # both are one community, or both are single areas
        return 1.0
    return float((pairs - expected) / (largest - expected))


def renamed(labels: Labels, like: Labels) -> Labels:
    """Give communities the numbers of those of another partition with which they share most areas, the rest further ones, from 0 on."""
    table = _contingency(labels, like)
    names = {own: other for own, other in zip(*linear_sum_assignment(table, maximize=True), strict=True) if table[own, other]}
    others = [label for label in range(len(table)) if label not in names]
    names |= {label: table.shape[1] + place for place, label in enumerate(others)}
    return np.array([names[label] for label in labels], dtype=np.int64)


def _contingency(first: Labels, second: Labels) -> NDArray[np.int64]:
    """Areas that each community of one partition shares with each of the other."""
    rows, columns = (np.unique(labels, return_inverse=True)[1] for labels in (first, second))
    table = np.zeros((rows.max() + 1, columns.max() + 1), dtype=np.int64)
    np.add.at(table, (rows, columns), 1)
    return table
