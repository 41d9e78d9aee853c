"""Communities of areas: as a graph, in the matrix of relative out-degrees, and against shuffled graphs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from analysis.figures.structure.common import bar, matrix, one_anatomy, positive
from analysis.figures.style import CATEGORIES, PALE, WIDTH_IN, panel_letter
from analysis.structure.areas import relative_outdegrees
from analysis.structure.communities import SEED, Communities, as_graph, find_communities
from procortex.formats.populations import AREAS

NETWORKS = {"indegree_anatomical": "Anatomy", "indegree": "Network in use"}
SHOWN_FROM = 0.04
"""Weaker edges lay the graph out but are not drawn."""


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Draw a row for the anatomical in-degrees, and one for those that the network uses where they differ."""
    anatomy = one_anatomy(inputs, "communities")
    names = [name for name in NETWORKS if name == "indegree_anatomical" or not anatomy["indegree"].equals(anatomy["indegree_anatomical"])]
    figure = Figure(figsize=(WIDTH_IN, 3.1 * len(names)))
    rows = figure.subplots(len(names), 3, squeeze=False, width_ratios=(1.4, 1.25, 0.5))
    for row, name, letters in zip(rows, names, ("ABC", "DEF"), strict=False):
        weights = relative_outdegrees(anatomy, name).to_numpy()
        found = find_communities(weights)
        _graph(row[0], weights, found, f"{NETWORKS[name]}, {found.count} communities")
        _sorted_matrix(row[1], weights, found)
        _nulls(row[2], found)
        for axes, letter in zip(row, letters, strict=True):
            panel_letter(axes, letter)
    return figure


def _color(label: int) -> str:
    return CATEGORIES[label % len(CATEGORIES)]


def _ink_on(color: str) -> str:
    """Ink that is legible on a colour."""
    return "white" if sum(to_rgb(color)) < 1.6 else "black"


def _graph(axes: Axes, weights: NDArray[np.float64], found: Communities, title: str) -> None:
    graph = as_graph(weights)
    # springs know no directions, and pull by the root of the weights, which range over six orders of magnitude
    springs = nx.from_numpy_array(np.sqrt(weights + weights.T))
    start = nx.circular_layout([int(node) for node in np.argsort(found.labels, kind="stable")])
    places = nx.spring_layout(springs, weight="weight", pos=start, seed=SEED, k=1.6, iterations=500)
    for source, target, weight in graph.edges(data="weight"):
        if weight >= SHOWN_FROM:
            same = found.labels[source] == found.labels[target]
            axes.annotate(
                "",
                places[target],
                places[source],
                arrowprops={
                    "arrowstyle": "-|>,head_width=0.12,head_length=0.2",
                    "color": _color(found.labels[source]) if same else PALE,
                    "linewidth": 0.3 + 3 * weight,
                    "alpha": 0.75 if same else 0.35,
                    "connectionstyle": "arc3,rad=0.12",
                    "shrinkA": 6,
                    "shrinkB": 6,
                },
                zorder=1,
            )
    for node, (x, y) in places.items():
        color = _color(found.labels[node])
        axes.plot(x, y, "o", markersize=12.5, color=color, markeredgecolor="white", markeredgewidth=0.5, zorder=2)
        axes.annotate(AREAS[node], (x, y), ha="center", va="center", fontsize=4.4, color=_ink_on(color), zorder=3)
    axes.margins(0.08)
    axes.set_title(title)
    axes.set_axis_off()


def _sorted_matrix(axes: Axes, weights: NDArray[np.float64], found: Communities) -> None:
    order = np.argsort(found.labels, kind="stable")
    labels = [AREAS[i] for i in order]
    image = matrix(axes, positive(weights[np.ix_(order, order)]), labels, LogNorm(1e-4, 1.0), size=4.2)
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        for tick, place in zip(ticks, order, strict=True):
            tick.set_color(_color(found.labels[place]))
    start = 0
    for label in range(found.count):
        size = int((found.labels == label).sum())
        axes.add_patch(Rectangle((start - 0.5, start - 0.5), size, size, fill=False, edgecolor="white", linewidth=1.0))
        start += size
    bar(image, axes, "Relative out-degree", extend="min")


def _nulls(axes: Axes, found: Communities) -> None:
    axes.hist(found.null_modularities, bins=15, color="#c4c4c4")
    axes.axvline(found.modularity, color=CATEGORIES[5], linewidth=1.4)
    axes.annotate(
        f"{found.modularity:.2f}", (found.modularity, 1), (-2, -2), xycoords=("data", "axes fraction"), textcoords="offset points",
        ha="right", va="top", color=CATEGORIES[5],
    )  # fmt: skip
    axes.set(xlabel="Modularity", ylabel=f"Of {len(found.null_modularities)} shuffled graphs", yscale="log", ylim=(0.7, None))
    axes.margins(x=0.1)
