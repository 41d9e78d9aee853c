"""Comparison with the published simulations of the full model: which states, histograms and series take part."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analysis.comparison.acceptance.rules import GROUND, RESTING
from planning.simulations import Simulations
from procortex.formats.populations import AREAS
from sources.histograms import has_histograms
from sources.registry import PUBLISHED, PUBLISHED_T_SIM

PUBLISHED_HISTOGRAMS = "resources/published_histograms.parquet"


@dataclass(frozen=True)
class Acceptance:
    """Judgement of an experiment's simulations by the published ones."""

    simulations: Simulations

    def judged_states(self) -> list[str]:
        """States that the published simulations compare with, where the experiment asks for it.

        They are of the full model, last as long as the published simulations, and have every spike recorded.
        """
        return [state for state in self.simulations.states if self._is_judged(state)]

    def _is_judged(self, state: str) -> bool:
        values = self.simulations.parameters(state)
        network, simulation = values.network_params, values.sim_params
        full = network.N_scaling == network.K_scaling == 1 and len(simulation.areas_simulated) == len(AREAS)
        as_published = simulation.records_everything and simulation.t_sim == PUBLISHED_T_SIM.get(state)
        return values.reference.published and full and as_published

    def published_histograms(self) -> list[str]:
        """List the published histograms, which are those of the ground state; a folder of published files may be without them."""
        folder = os.environ.get(PUBLISHED.variable)
        at_hand = GROUND in self.judged_states() and (folder is None or has_histograms(Path(folder)))
        return [PUBLISHED_HISTOGRAMS] * at_hand

    def histograms(self) -> list[str]:
        """List the published histograms and those of our own simulations of judged states."""
        return self.published_histograms() + self._results("histograms.parquet", self.judged_states())

    def series(self) -> list[str]:
        """Series of our own simulations of both judged states: areas without input from other areas must be the same in both."""
        states = [state for state in (GROUND, RESTING) if state in self.judged_states()]
        return self._results("series.nc", states) if len(states) == 2 else []

    def statistics(self) -> list[str]:
        """Statistics of our own simulations of judged states."""
        return self._results("statistics.parquet", self.judged_states())

    def samples(self) -> list[str]:
        """List the spike samples and statistics of the first seed of each judged state."""
        names = ("spike_sample.parquet", "statistics.parquet")
        return [self.simulations.first_result(name, state) for state in self.judged_states() for name in names]

    def counted_edges(self, state: str, simulator: str) -> list[str]:
        """Bins in which values are counted at once: the published ones, which do not follow from our own finer counts."""
        return self.published_histograms() if (state, simulator) == (GROUND, self.simulations.backend) else []

    def histogram_edges(self, state: str, seed: int, simulator: str) -> list[str]:
        """Histograms whose bins a simulation takes: the first seed published ones, where there are some, the others those of the first."""
        if seed != self.simulations.experiment.seeds[0]:
            return [self.simulations.first_result("histograms.parquet", state, simulator)]
        return self.published_histograms() if state == GROUND else []

    def outcome(self) -> list[str]:
        """Name the acceptance table and its page, where there is something to judge."""
        return [f"{self.simulations.folder}/{name}" for name in ("acceptance.parquet", "acceptance.html")] * bool(self.judged_states())

    def _results(self, name: str, states: Iterable[str]) -> list[str]:
        return [path for state in states for path in self.simulations.results(name, state)]
