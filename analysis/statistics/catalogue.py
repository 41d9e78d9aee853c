"""The catalogue of statistics: names, how each is computed from spike trains, and how its values are stored and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.statistics.correlation import correlations, subsample
from analysis.statistics.definitions import Definition
from analysis.statistics.irregularity import counted_lvr
from analysis.statistics.rates import firing_rates
from analysis.statistics.trains import Trains

Values = NDArray[np.float64]
OfDefinition = Callable[[Definition], Values]


@dataclass(frozen=True)
class Statistic:
    """A statistic of the spike trains of one population.

    Attributes
    ----------
    name
        Name in tables.
    title
        Name in figures and texts.
    values
        From spike trains, and the first neuron that ever spikes, a function that gives for a definition the values of the neurons or pairs
        that it counts. What all definitions share is computed once.
    bits
        Significant bits of stored distributions: values are rounded, so that equal ones can be counted.
    cell
        Width of the cells in which values are counted for histograms; None for rates, whose cells are one spike wide.
    unit
        Unit; empty for a pure number.
    judged
        Whether comparison and acceptance judge it: the published simulations have it, too.
    """

    name: str
    title: str
    values: Callable[[Trains, int], OfDefinition]
    bits: int
    cell: float | None
    unit: str = ""
    judged: bool = False

    @property
    def title_with_unit(self) -> str:
        """Name in tables for readers."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


def _rates(trains: Trains, _first_ever: int) -> OfDefinition:
    rates = firing_rates(trains)
    return lambda _: rates


def _lvr(trains: Trains, _first_ever: int) -> OfDefinition:
    return lambda definition: counted_lvr(trains, definition)


def _correlations(trains: Trains, first_ever: int) -> OfDefinition:
    pairs = correlations(trains, subsample(trains, first_ever))
    return lambda definition: np.nan_to_num(pairs) if definition.undefined_as_zero else pairs[~np.isnan(pairs)]


CATALOGUE: tuple[Statistic, ...] = (
    Statistic("rate", "rate", _rates, bits=53, cell=None, unit="spikes/s", judged=True),  # exact
    Statistic("lvr", "LvR", _lvr, bits=12, cell=2.0**-14, judged=True),
    Statistic("correlation", "correlation", _correlations, bits=10, cell=2.0**-20, judged=True),
)
"""All statistics, in the order of tables."""

BY_NAME: Mapping[str, Statistic] = {statistic.name: statistic for statistic in CATALOGUE}

STATISTICS: tuple[str, ...] = tuple(statistic.name for statistic in CATALOGUE if statistic.judged)
"""Names of the statistics that simulations are compared by."""

PANELS = ("rate", "correlation", "lvr")
"""These statistics in the order of the panels of Knight and Nowotny (2021), Figs. 3 and 4."""
