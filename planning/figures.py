"""Figures of an experiment: those that the configuration asks for, as far as its states allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.figures import FEWEST_INTERACTING, FIGURES, LEAST_MS, STRUCTURE
from analysis.figures.needs import NEEDS
from analysis.stimuli.presentations import presented, timed
from contracts.series import BIN_MS
from planning.acceptance import Acceptance
from planning.functional import Functional
from planning.networks import Networks
from planning.side_by_side import SideBySide
from planning.simulations import Simulations
from planning.statistics import Statistics
from simulator.backends.choose import BACKENDS

Files = Mapping[str, list[str]]
"""Names of the files of each figure, without folder and ending; none where no state can have it."""


def file_name(figure: str) -> str:
    """Write a figure's name as in files and rules."""
    return figure.replace("-", "_")


@dataclass(frozen=True)
class Figures:
    """Figures of an experiment."""

    simulations: Simulations
    networks: Networks
    statistics: Statistics
    acceptance: Acceptance
    side_by_side: SideBySide
    functional: Functional

    def chosen(self) -> list[str]:
        """Names of the figures that the configuration asks for: all, if it names none."""
        return list(self.simulations.experiment.parameters.figures or FIGURES)

    def of(self, states: Collection[str]) -> list[str]:
        """Figures of some states, and of the comparison, as far as the configuration asks for them."""
        return self._paths(self.by_name(states))

    def of_model(self, states: Collection[str]) -> list[str]:
        """Figures that need no simulation, as far as the configuration asks for them."""
        return self._paths({**self._structure(states), **self._theory(states)})

    def missing(self) -> Iterator[str]:
        """Messages about the figures that the configuration names and no state can have, with what they need."""
        files = self.by_name(self.simulations.states)
        for figure in self.simulations.experiment.parameters.figures:
            if not files[figure]:
                yield f"figures: {figure} is not drawn: it needs {NEEDS[figure]}"

    def by_name(self, states: Collection[str]) -> Files:
        """Of every figure the files that some states have."""
        kinds = (self._structure, self._theory, self._simulated, self._rates, self._interactions, self._published, self._side_by_side)
        return {figure: files for kind in kinds for figure, files in kind(states).items()}

    def _paths(self, files: Files) -> list[str]:
        return [f"{self.simulations.folder}/figures/{file}.svg" for figure in self.chosen() for file in files.get(figure, [])]

    def _structure(self, states: Collection[str]) -> Files:
        """Of states that share their anatomy, the first has the figures; the weights are those of the paths."""
        shown = [state for state in self.networks.anatomies() if state in states]
        return {figure: [f"{file_name(figure)}_{state}" for state in shown] for figure in STRUCTURE}

    def _theory(self, states: Collection[str]) -> Files:
        stabilisation = {state: self.simulations.parameters(state).connectivity.stabilisation for state in self.networks.anatomies()}
        whole = self.simulations.are_all(states)
        return {
            "theory": [f"theory_{state}" for state in states],
            "stabilisation": ["stabilisation"] * (whole and self.networks.stabilised_state() is not None),
            "indegree-changes": [
                f"indegree_changes_{state}" for state, kind in stabilisation.items() if kind != "none" and state in states
            ],
            "over-chi": ["over_chi"] * whole,
        }

    def _simulated(self, states: Collection[str]) -> Files:
        whole, simulations = self.simulations.are_all(states), self.simulations
        runs = [f"{state}_{simulator}" for state in states for simulator in simulations.simulators(state)]
        return {
            "raster": [f"raster_{run}" for run in runs],
            "violins": [f"violins_{state}" for state in simulations.with_spikes(states)],
            "rate-matrix": [f"rate_matrix_{run}" for run in runs],
            "comparison": ["comparison"] * (whole and bool(self.statistics.comparisons())),
            "subset-rasters": ["subset_rasters"] * (whole and bool(self.side_by_side.subset_states())),
        }

    def _rates(self, states: Collection[str]) -> Files:
        whole, backend = self.simulations.are_all(states), self.simulations.backend
        return {
            "state-overview": [f"state_overview_{state}_{backend}" for state in self.simulations.with_spikes(states)],
            "v1-spectrum": ["v1_spectrum"] * (whole and bool(self.spectrum_states())),
            "rate-over-time": ["rate_over_time"] * (whole and bool(self.steadiness_states())),
            "functional-connectivity": [
                f"functional_connectivity_{simulator}" for simulator in BACKENDS if whole and self.functional.connected_states(simulator)
            ],
            "stimulus-response": [f"stimulus_response_{state}_{backend}" for state in self.stimulated_states(states)],
        }

    def _interactions(self, states: Collection[str]) -> Files:
        """Influences are those of a population beside all others of its area, which therefore have to be known."""
        known = {"temporal-hierarchy": "rate_areas", "laminar-interactions": "whole_areas"}
        return {
            figure: [
                f"{file_name(figure)}_{state}_{self.simulations.backend}"
                for state in self._long_enough(figure, states)
                if len(getattr(self.simulations.parameters(state).sim_params, areas)) >= FEWEST_INTERACTING
            ]
            for figure, areas in known.items()
        }

    def _published(self, states: Collection[str]) -> Files:
        whole = self.simulations.are_all(states)
        judged, several = whole and bool(self.acceptance.judged_states()), len(self.simulations.experiment.seeds) > 1
        return {
            "knight-fig3": ["knight_fig3"] * judged,
            "knight-fig4": ["knight_fig4"] * (judged and bool(several or self.acceptance.published_histograms())),
            "phases": ["phases"] * whole,
        }

    def _side_by_side(self, states: Collection[str]) -> Files:
        whole = self.simulations.are_all(states)
        return {
            "bistability": ["bistability"] * (whole and bool(self.side_by_side.bistable_states())),
            "metastability": ["metastability"] * (whole and bool(self.side_by_side.metastable_scan())),
            "sweep": ["sweep"] * (whole and bool(self.side_by_side.sweep_tables())),
        }

    def _long_enough(self, figure: str, states: Iterable[str]) -> list[str]:
        """States whose simulations are long enough for a figure."""
        return [state for state in states if self.simulations.parameters(state).sim_params.t_sim >= LEAST_MS.get(figure, 0.0)]

    def spectrum_states(self) -> list[str]:
        """States whose spikes show one area as an electrode array would see it."""
        long_enough = self._long_enough("v1-spectrum", self.simulations.with_spikes(self.simulations.states))
        return self.simulations.sharing_an_area(long_enough, "spike_areas")

    def steadiness_states(self) -> list[str]:
        """States whose rates over time are known in one area."""
        return self.simulations.sharing_an_area(self.simulations.with_rates(self.simulations.states), "rate_areas")

    def stimulated_states(self, states: Iterable[str]) -> list[str]:
        """States with a stimulus that comes while they are simulated, with some time before and after it."""
        return [state for state in self.simulations.with_rates(states) if self._is_stimulated(state)]

    def _is_stimulated(self, state: str) -> bool:
        values = self.simulations.parameters(state)
        written = values.input_params.model_dump(include={"dc_stimuli", "poisson_stimuli"})
        stimuli = timed([*written["dc_stimuli"], *written["poisson_stimuli"]])
        bins = int(values.sim_params.t_sim // BIN_MS)
        return bool(stimuli and presented(stimuli, values.sim_params.areas_simulated).shown_bins(bins, BIN_MS))
