"""Targets of the workflow: everything, the results of one state, and what the record of an experiment names."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from planning.acceptance import Acceptance
from planning.figures import Figures
from planning.side_by_side import SideBySide
from planning.simulations import Simulations
from planning.statistics import Statistics

OTHER_TARGETS = frozenset({"default", "all", "figures", "figures_structure"})
"""Names of rules that a state cannot have. The state of a configuration that names none is called default."""


@dataclass(frozen=True)
class Targets:
    """Files that a call of the workflow makes."""

    simulations: Simulations
    statistics: Statistics
    side_by_side: SideBySide
    acceptance: Acceptance
    figures: Figures

    def everything(self) -> list[str]:
        """Everything that the configuration asks for."""
        return [
            *self.statistics.of(self.simulations.states),
            *self.side_by_side.sweep_tables(),
            *self.statistics.comparisons(),
            *self.acceptance.outcome(),
            *self.figures.of(self.simulations.states),
            *self.statistics.comparison_pages(),
            f"{self.simulations.folder}/provenance.json",
        ]

    def states(self) -> list[str]:
        """States that are targets by their names."""
        return [state for state in self.simulations.states if state not in OTHER_TARGETS]

    def of(self, states: Collection[str]) -> list[str]:
        """Statistics and figures of some states."""
        return self.statistics.of(states) + self.figures.of(states)

    def recorded(self) -> list[str]:
        """Networks, statistics, comparison and figures, whose checksums the record holds."""
        networks = [f"{self.simulations.folder}/{state}/network.nc" for state in self.simulations.states]
        statistics = self.statistics.of(self.simulations.states)
        tables = [*self.side_by_side.sweep_tables(), *self.statistics.comparisons()]
        return [*networks, *statistics, *tables, *self.figures.of(self.simulations.states)]
