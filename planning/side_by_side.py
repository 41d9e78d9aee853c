"""States of an experiment side by side: sweeps, scans over chi, low and high activity, subsets of areas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import yaml

from analysis.figures.catalogue import MOST_SUBSETS
from model.configuration import Experiment
from model.configuration.points import FEWEST_CHI, states_over_chi, sweep_points
from planning.simulations import Simulations

UNSTABILISED = ("LA", "HA")
"""States of low and of high activity before the stabilisation."""

STABILISED = "ground"
"""The stabilised state with the same connections between areas."""

METASTABLE_CHI = 1.9
"""Strength of the connections between areas in the published resting state."""


@dataclass(frozen=True)
class SideBySide:
    """Results over several states of an experiment."""

    simulations: Simulations

    def sweep_tables(self) -> list[str]:
        """Name the table of a sweep, where there is one."""
        return [f"{self.simulations.folder}/sweep.parquet"] * bool(self.simulations.experiment.parameters.sweep and self._with_spikes())

    def sweep_text(self) -> str:
        """Swept parameters and their values in each state, as YAML; a state without spikes has no statistics and is no point."""
        return str(yaml.safe_dump(sweep_points(self._experiment_of(self._with_spikes())), sort_keys=False))

    def swept_results(self, name: str) -> list[str]:
        """One result of every simulation that runs here, of all states with spikes and all seeds."""
        return self.simulations.simulated_results(name, self._with_spikes())

    def bistable_states(self) -> list[str]:
        """States of low and high activity and the stabilised one, where there are both of the first."""
        recorded = self._with_spikes()
        if not all(state in recorded for state in UNSTABILISED):
            return []
        return [*UNSTABILISED, *([STABILISED] if STABILISED in recorded else [])]

    def metastable_scan(self) -> list[str]:
        """States over chi whose rates are known in one area, by ascending chi, if there are enough of them and one has spikes."""
        known = self._experiment_of(self.simulations.with_rates(self.simulations.states))
        scan = self.simulations.sharing_an_area(states_over_chi(known), "rate_areas")
        return scan if len(scan) >= FEWEST_CHI and self.simulations.with_spikes(scan) else []

    def metastable_state(self) -> str | None:
        """Of these states, if there are any, the one with spikes whose chi is nearest to that of the published resting state."""

        def distance(state: str) -> float:
            return abs(self.simulations.parameters(state).connection_params.cc_weights_factor - METASTABLE_CHI)

        return min(self.simulations.with_spikes(self.metastable_scan()), key=distance, default=None)

    def metastable_statistics(self) -> list[str]:
        """Statistics of this state, of our simulations."""
        state = self.metastable_state()
        return [] if state is None else self.simulations.results("statistics.parquet", state)

    def subset_states(self) -> list[str]:
        """States that simulate different areas and share a recorded one, which is compared; none if there are fewer than two subsets."""
        values = {state: self.simulations.parameters(state).sim_params for state in self._with_spikes()}
        shared = set.intersection(*(set(own.spike_areas) for own in values.values())) if values else set()
        first = {own.areas_simulated: state for state, own in reversed(values.items())}
        enough = shared and 2 <= len(first) <= MOST_SUBSETS
        return [state for state, own in values.items() if first[own.areas_simulated] == state] if enough else []

    def _with_spikes(self) -> list[str]:
        return self.simulations.with_spikes(self.simulations.states)

    def _experiment_of(self, states: Iterable[str]) -> Experiment:
        return replace(self.simulations.experiment, states={state: self.simulations.parameters(state) for state in states})
