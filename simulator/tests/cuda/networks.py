"""Tables of small networks for the host side of the cuda backend."""

from __future__ import annotations

from procortex.formats.populations import AREAS
from procortex.tables import NetworkTables, network_tables
from tests.networks import small_network

LAYERS = ("23E", "23I", "4E")


def small_tables(sizes: list[list[int]], longest: int = 0, indegree: float = 2) -> NetworkTables:
    """One area for each list of population sizes; delays between areas are lengthened to `longest` steps."""
    labels = {f"{area}-{layer}": n for area, layers in zip(AREAS, sizes, strict=False) for layer, n in zip(LAYERS, layers, strict=False)}
    network = small_network(labels, indegree=indegree, rate=1000)
    if longest:
        network["delay_quantiles"][2, -1] = longest
    return network_tables(network)
