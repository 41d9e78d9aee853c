"""Shortest paths between populations, where a strong connection is a short one. Schmidt et al. (2018a), Fig. 8."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.sparse.csgraph import csgraph_from_dense, shortest_path

from analysis.structure.connections import connection_classes
from procortex.formats.populations import AREAS, is_inhibitory, label_areas, split_label

Matrix = NDArray[np.float64]

PUBLISHED_G = -4.0
"""Inhibitory relative to excitatory weight in the published analysis of paths; the network itself has another one."""

HIGH_TO_LOW, EQUAL_TYPE, LOW_TO_HIGH = "HL", "HZ", "LH"
TYPE_STEPS = (HIGH_TO_LOW, EQUAL_TYPE, LOW_TO_HIGH)
"""From a higher to a lower architectural type, between equal ones, from a lower to a higher one."""

NO_PREDECESSOR = -9999
"""What scipy writes where a path ends."""


@dataclass(frozen=True)
class AreaPath:
    """The shortest path from one area to another.

    Attributes
    ----------
    populations
        Labels on the way, from the source area to the target area.
    length
        Sum of the lengths of its edges.
    connection_class
        Class of the pair of areas by its SLN.
    type_step
        One of `TYPE_STEPS`.
    """

    populations: tuple[str, ...]
    length: float
    connection_class: str
    type_step: str

    @property
    def areas(self) -> tuple[str, ...]:
        """Areas on the way, each visit once."""
        visits = [split_label(label)[0] for label in self.populations]
        return tuple(area for place, area in enumerate(visits) if place == 0 or visits[place - 1] != area)

    @property
    def is_direct(self) -> bool:
        """Whether the path touches no third area."""
        return len(self.areas) == 2

    @property
    def layers(self) -> tuple[str, ...]:
        """Layer populations on the way."""
        return tuple(split_label(label)[1] for label in self.populations)

    def relays(self) -> list[tuple[str, ...]]:
        """Layer populations that the path visits in each area between the first and the last."""
        stays: list[list[str]] = []
        last = ""
        for label in self.populations:
            area, population = split_label(label)
            if area != last:
                stays.append([])
            stays[-1].append(population)
            last = area
        return [tuple(stay) for stay in stays[1:-1]]


def gain_matrix(indegree: Matrix, weight: Matrix) -> Matrix:
    """Strengths K |J| of the connections between populations [target, source], divided by their largest real eigenvalue.

    No cycle then has a product above 1, so that the logarithms make no negative cycle.
    """
    strength = indegree * np.abs(weight)
    return np.asarray(strength / np.max(np.linalg.eigvals(strength).real))


def with_relative_inhibition(weight: xr.DataArray, g: float, wanted: float = PUBLISHED_G) -> xr.DataArray:
    """Scale the weights (target, source) of inhibitory sources from the relative strength `g` to the wanted one."""
    inhibitory = is_inhibitory([str(label) for label in weight["source"].to_numpy()])
    return weight * xr.DataArray(np.where(inhibitory, wanted / g, 1.0), {"source": weight["source"].to_numpy()}, ("source",))


def shortest_paths(gain: Matrix) -> tuple[Matrix, NDArray[np.int32]]:
    """Shortest paths between all nodes for edges of length log10(1 / gain).

    Parameters
    ----------
    gain
        Gains [target, source], 0 without an edge; edges with a gain above 1 have negative lengths.

    Returns
    -------
    tuple
        Lengths [source, target], infinite where there is no path; and the node before each target on the path [source, target].
    """
    with np.errstate(divide="ignore"):
        lengths = -np.log10(gain.T)
    graph = csgraph_from_dense(lengths, null_value=np.inf)
    distance, before = shortest_path(graph, method="J", return_predecessors=True)  # Johnson: Bellman-Ford, then Dijkstra
    return distance, before


def walk(before: NDArray[np.int32], source: int, target: int) -> list[int]:
    """Nodes of the shortest path from `source` to `target`, both included."""
    nodes = [target]
    while nodes[-1] != source:
        previous = int(before[source, nodes[-1]])
        if previous == NO_PREDECESSOR:
            raise ValueError(f"no path from {source} to {target}")
        nodes.append(previous)
    return nodes[::-1]


def area_paths(anatomy: xr.Dataset, indegree: str = "indegree") -> list[AreaPath]:
    """Find, for each ordered pair of areas, the shortest of the paths from any population of one to any population of the other.

    Pairs without a path are left out.
    """
    labels = [str(label) for label in anatomy["target"].to_numpy()]
    weight = with_relative_inhibition(anatomy["weight_mean"], anatomy.attrs["g"])
    return paths_between_areas(labels, gain_matrix(anatomy[indegree].to_numpy(), weight.to_numpy()), anatomy)


def paths_between_areas(labels: list[str], gain: Matrix, anatomy: xr.Dataset) -> list[AreaPath]:
    """Find the shortest path for each ordered pair of the areas of some populations, see `area_paths`.

    Parameters
    ----------
    labels
        The populations.
    gain
        Strengths of the connections between them [target, source], scaled so that no cycle has a product above 1.
    anatomy
        Anatomy file's content, which classes the pairs.
    """
    distance, before = shortest_paths(gain)
    classes = connection_classes(anatomy, unconnected=True)
    types = anatomy["architectural_type"]
    areas = [area for area in AREAS if area in set(label_areas(labels))]
    members = {area: np.flatnonzero(label_areas(labels) == area) for area in areas}
    found = []
    for source in areas:
        for target in areas:
            if source == target:
                continue
            block = distance[np.ix_(members[source], members[target])]
            place = np.unravel_index(np.argmin(block), block.shape)
            if not np.isfinite(block[place]):
                continue
            nodes = walk(before, int(members[source][place[0]]), int(members[target][place[1]]))
            step = np.sign(int(types.sel(area=target)) - int(types.sel(area=source)))
            found.append(
                AreaPath(
                    tuple(labels[node] for node in nodes),
                    float(block[place]),
                    str(classes.sel(target_area=target, source_area=source).item()),
                    TYPE_STEPS[int(step) + 1],
                )
            )
    return found
