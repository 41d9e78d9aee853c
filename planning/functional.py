"""Functional connectivity: which simulations and recordings have it."""

from __future__ import annotations

from dataclasses import dataclass

from analysis import functional
from analysis.figures.catalogue import FIGURES
from contracts.startup import START_MS
from planning.networks import Networks
from planning.simulations import Simulations
from procortex.utilities.errors import InputError

SIGNALS = {"synaptic-input": 0.0, "bold": functional.SHORTEST_BOLD}
"""Signals that are correlated, and the shortest simulation (ms) for each."""


@dataclass(frozen=True)
class Functional:
    """Functional connectivity of an experiment's simulations."""

    simulations: Simulations
    networks: Networks

    def connected_states(self, simulator: str) -> list[str]:
        """States for which functional connectivity can be computed from a simulator's runs.

        All rates are recorded for at least the shortest window after the start-up, and the states have the same areas, three or more.
        """
        own = {
            state: self.simulations.parameters(state).sim_params
            for state in self.simulations.states
            if simulator in self.simulations.backends(state)
        }
        shortest = START_MS + functional.SHORTEST_WINDOW
        known = [state for state, values in own.items() if values.knows_all_rates and values.t_sim >= shortest]
        enough = [state for state in known if len(own[state].areas_simulated) >= functional.FEWEST_AREAS]
        return [state for state in enough if own[state].areas_simulated == own[enough[0]].areas_simulated]

    def files(self, simulator: str) -> list[str]:
        """Functional connectivity of all simulations on a simulator; by BOLD signals as well, where simulations are long enough."""
        return [
            path
            for state in self.connected_states(simulator)
            for signal, shortest in SIGNALS.items()
            if self.simulations.parameters(state).sim_params.t_sim >= shortest
            for path in self.simulations.results(f"functional_{signal}.nc", state, simulator)
        ]

    def anatomy(self, simulator: str) -> str:
        """Name the anatomy that most of the correlated states have; of several, that of the first state.

        Raises
        ------
        InputError
            If no state is correlated on this simulator.
        """
        files = [self.networks.anatomy_file(state) for state in self.connected_states(simulator)]
        if not files:
            raise InputError(
                f"no figure of functional connectivity on {simulator}: it needs a state that is simulated there,"
                f" {FIGURES['functional-connectivity'].requirement.removeprefix('a state ')}"
            )
        return max(files, key=files.count)

    def experimental(self) -> list[str]:
        """Functional connectivity of recordings, which are raw files: it takes part where the experiment has such files anyway."""
        states = [self.simulations.parameters(state) for state in self.simulations.states]
        raw = any(state.needs_raw_sources or state.needs_published_indegrees or state.connectivity.raw_dir for state in states)
        return ["resources/functional.nc"] * raw
