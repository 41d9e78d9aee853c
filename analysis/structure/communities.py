"""Communities of the graph of areas by the map equation, and whether chance makes as good ones.

Map equation: Rosvall and Bergstrom (2008), through the package infomap. Modularity of directed graphs: Leicht and Newman (2008), through
networkx. Applied to the areas as in Schmidt et al. (2018a), Fig. 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import infomap
import networkx as nx
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Labels = NDArray[np.int64]

SEED = 1
TRIALS = 20
NULL_TRIALS = 2
NULLS = 200
"""Null graphs by default; the published figure has 1000."""


@dataclass(frozen=True)
class Communities:
    """Communities of a graph.

    Attributes
    ----------
    labels
        Community of each node, numbered from 0 by size, equal ones by their first node.
    modularity
        Of the graph under these communities.
    null_modularities
        Of shuffled graphs, each under its own communities.
    """

    labels: Labels
    modularity: float
    null_modularities: Matrix

    @property
    def count(self) -> int:
        """Number of communities."""
        return len(np.unique(self.labels))


def find_communities(weights: Matrix, nulls: int = NULLS, seed: int = SEED) -> Communities:
    """Find the communities of a directed, weighted graph, and those of null graphs.

    Parameters
    ----------
    weights
        Weights [target, source], not negative; the diagonal is ignored.
    nulls
        Number of null graphs, two or more.
    seed
        Seed of the search and of the shuffling.
    """
    labels = infomap_labels(weights, seed)
    generator = np.random.default_rng(seed)
    null_modularities = []
    for _ in range(nulls):
        shuffled = shuffle_targets(weights, generator)
        null_modularities.append(modularity(shuffled, infomap_labels(shuffled, seed, NULL_TRIALS)))
    return Communities(labels, modularity(weights, labels), np.array(null_modularities))


def infomap_labels(weights: Matrix, seed: int = SEED, trials: int = TRIALS) -> Labels:
    """Community of each node, of the shortest description found in some trials; the largest community is 0."""
    network = infomap.Network()
    network.add_nodes(range(len(weights)))
    targets, sources = np.nonzero(_without_diagonal(weights))
    network.add_links((int(source), int(target), float(weights[target, source])) for source, target in zip(sources, targets, strict=True))
    modules = infomap.run(network, seed=seed, num_trials=trials, two_level=True, directed=True).modules()
    found = [modules[node] for node in range(len(weights))]
    by_size = sorted(set(found), key=lambda module: (-found.count(module), found.index(module)))
    return np.array([by_size.index(module) for module in found], dtype=np.int64)


def modularity(weights: Matrix, labels: Labels) -> float:
    """Modularity of a partition of a directed, weighted graph [target, source]."""
    graph = as_graph(weights)
    parts = [set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]
    return float(nx.community.modularity(graph, parts, weight="weight"))


def shuffle_targets(weights: Matrix, generator: np.random.Generator) -> Matrix:
    """Share the outgoing weights of each node out among the other nodes anew: the same weights, at random targets."""
    shuffled = np.zeros_like(weights)
    for source in range(len(weights)):
        others = np.arange(len(weights)) != source
        shuffled[others, source] = generator.permutation(weights[others, source])
    return shuffled


def as_graph(weights: Matrix) -> nx.DiGraph:
    """Directed graph with the attribute `weight`, from a matrix [target, source] without its diagonal."""
    return nx.from_numpy_array(_without_diagonal(weights).T, create_using=nx.DiGraph)


def _without_diagonal(weights: Matrix) -> Matrix:
    return np.where(np.eye(len(weights), dtype=bool), 0.0, weights)
