"""Statistics of an experiment, and what they are compared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.comparison.acceptance.rules import RESTING
from planning.simulations import Simulations
from sources.registry import PUBLISHED_T_SIM


@dataclass(frozen=True)
class Statistics:
    """Statistics of an experiment's simulations."""

    simulations: Simulations

    def of(self, states: Iterable[str]) -> list[str]:
        """Statistics of all simulations of some states."""
        simulations = self.simulations
        return [path for state in states for simulator in simulations.simulators(state) for path in self.of_simulator(state, simulator)]

    def of_simulator(self, state: str, simulator: str | None = None) -> list[str]:
        """Statistics of all simulations of a state on one simulator (default: ours)."""
        return self.simulations.results("statistics.parquet", state, simulator)

    def published(self, states: Iterable[str]) -> list[str]:
        """List the published statistics of those of some states that ask for them and have been published."""
        return [
            f"resources/published_{state}.parquet"
            for state in self.simulations.with_spikes(states)
            if state in PUBLISHED_T_SIM and self.simulations.parameters(state).reference.published
        ]

    def of_state(self, state: str) -> list[str]:
        """Statistics of a state: of all its simulations, and published ones."""
        return self.of([state]) + self.published([state])

    def candidates(self) -> list[str]:
        """Statistics of our own simulations."""
        return [path for state in self.simulations.with_spikes(self.simulations.states) for path in self.of_simulator(state)]

    def references(self) -> list[str]:
        """Statistics that ours are compared with: of other simulations of the same networks, of the user's spikes, and published ones."""
        others = [(state, other) for state in self.simulations.states for other in self.simulations.simulators(state)[1:]]
        simulated = [path for state, other in others for path in self.of_simulator(state, other)]
        return simulated + self.published(state for state in self.simulations.states if self.compares_with_published(state))

    def compares_with_published(self, state: str) -> bool:
        """Whether a state has values to compare with published ones. Those of the resting state are ranks of all areas, not of some."""
        return state != RESTING or bool(self.simulations.parameters(state).sim_params.layers_of_all_areas)

    def comparisons(self) -> list[str]:
        """Name the comparison, where there is something to compare with."""
        return [f"{self.simulations.folder}/comparison.parquet"] * bool(self.references())

    def comparison_pages(self) -> list[str]:
        """Name the comparison as a page, where there is one."""
        return [f"{self.simulations.folder}/comparison.html"] * bool(self.references())

    def rates_file(self, state: str, seed: str, simulator: str) -> str:
        """Name the result with the rates of all populations: counts, where spikes are recorded of some populations or of none."""
        name = "series.nc" if self.simulations.parameters(state).sim_params.recorded_counts else "statistics.parquet"
        return f"{self.simulations.folder}/{state}/seed-{seed}/{simulator}/{name}"

    def published_pattern(self) -> str:
        """Pattern of the states whose statistics have been published."""
        return "|".join(PUBLISHED_T_SIM)
