"""Driven networks of two areas that lose their low activity in a second or so: in-degrees of the tables, stronger between the areas.

How much stronger was found by trying: the areas hold each other in high activity, and none would be there alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType

import numpy as np

from model.anatomy import Anatomy
from model.configuration import load_experiment
from model.network.build import unstabilised_anatomy
from model.stabilisation.drive import DrivenNetwork
from model.stabilisation.indegrees import driven_network
from model.stabilisation.iterate import Stabilisation, stabilise
from model.stabilisation.transition import Scan, Transition, find_transition, scan
from procortex.formats.populations import label_areas

COARSE = MappingProxyType({"dt": 0.1, "T": 50.0, "kappa_target": 1.2})


@cache
def anatomy() -> Anatomy:
    """Anatomy of the tables, without stabilisation."""
    return unstabilised_anatomy(load_experiment([], {"stabilisation": "none"}).state())


def two_areas(areas: tuple[str, str], factor: float, **parameters: float) -> DrivenNetwork:
    """Two areas of the tables, with in-degrees between them times a factor."""
    full = driven_network(anatomy())
    of_label = label_areas(full.labels)
    kept = np.isin(of_label, areas)
    between = of_label[kept][:, None] != of_label[kept][None, :]
    return DrivenNetwork(
        labels=tuple(label for label, keep in zip(full.labels, kept, strict=True) if keep),
        indegree=full.indegree[np.ix_(kept, kept)] * np.where(between, factor, 1.0),
        external_indegree=full.external_indegree[kept],
        parameters=replace(full.parameters, **{**COARSE, **parameters}),
    )


def separatrix_network(**parameters: float) -> DrivenNetwork:
    """Zero rates overshoot the saddle point that bounds low activity."""
    return two_areas(("V1", "V2"), 2.8, **parameters)


def fold_network(**parameters: float) -> DrivenNetwork:
    """The state of low activity vanishes."""
    return two_areas(("MT", "FEF"), 150.0, **parameters)


def stubborn_network(**parameters: float) -> DrivenNetwork:
    """Two changes stabilise it."""
    return two_areas(("V1", "V2"), 3.1, **{"T": 40.0, **parameters})


@cache
def first_transition(make: str) -> tuple[DrivenNetwork, Scan, Transition]:
    """A network by the name of its function, its scan and its transition."""
    network = globals()[make]()
    scanned = scan(network)
    found = find_transition(network, scanned)
    assert found is not None
    return network, scanned, found


@cache
def stabilised() -> Stabilisation:
    """The stubborn network, stabilised."""
    return stabilise(stubborn_network())
