"""Results that figures are drawn from, by the names that the catalogue of figures has for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from planning.acceptance import Acceptance
from planning.functional import Functional
from planning.networks import Networks
from planning.side_by_side import SideBySide
from planning.simulations import Simulations
from planning.statistics import Statistics


@dataclass(frozen=True)
class Parts:
    """Parts of the plan that figures ask."""

    simulations: Simulations
    networks: Networks
    statistics: Statistics
    acceptance: Acceptance
    side_by_side: SideBySide
    functional: Functional


@dataclass(frozen=True)
class Owner:
    """Owner of one file of a figure, and the states that it shows.

    Attributes
    ----------
    state, simulator
        Names; empty where the file belongs to all of them.
    states
        States that a figure of states side by side shows.
    """

    state: str = ""
    simulator: str = ""
    states: tuple[str, ...] = ()


FIGURE_INPUTS: Mapping[str, Callable[[Parts, Owner], list[str]]] = {
    # of a run: first seed where nothing else is said
    "spikes": lambda parts, of: [parts.simulations.first_result("spikes", of.state, of.simulator)],
    "series": lambda parts, of: [parts.simulations.first_result("series.nc", of.state, of.simulator)],
    "lags": lambda parts, of: [parts.simulations.first_result("lags.parquet", of.state, of.simulator)],
    "granger": lambda parts, of: [parts.simulations.first_result("granger.parquet", of.state, of.simulator)],
    "series of all seeds": lambda parts, of: parts.simulations.results("series.nc", of.state, of.simulator),
    "statistics of all seeds": lambda parts, of: parts.statistics.of_simulator(of.state, of.simulator),
    # of a state
    "statistics of all simulators": lambda parts, of: parts.statistics.of_state(of.state),
    "own anatomy": lambda parts, of: [f"{parts.simulations.folder}/{of.state}/anatomy.nc"],
    "anatomy": lambda parts, of: [parts.networks.anatomy_file(of.state)],
    "network": lambda parts, of: [f"{parts.simulations.folder}/{of.state}/network.nc"],
    "theory": lambda parts, of: [f"{parts.simulations.folder}/{of.state}/theory.nc"],
    # of a simulator
    "common anatomy": lambda parts, of: [parts.functional.anatomy(of.simulator)],
    "functional connectivity": lambda parts, of: parts.functional.files(of.simulator) + parts.functional.experimental(),
    # of states side by side, on our simulator
    "spikes of states": lambda parts, of: parts.simulations.first_results("spikes", of.states),
    "series of states": lambda parts, of: parts.simulations.first_results("series.nc", of.states),
    "statistics of states": lambda parts, of: parts.simulations.first_results("statistics.parquet", of.states),
    "distributions of states": lambda parts, of: parts.simulations.first_results("distributions.parquet", of.states),
    "statistics of states, all seeds": lambda parts, of: [path for state in of.states for path in parts.statistics.of_simulator(state)],
    "theory of states": lambda parts, of: [f"{parts.simulations.folder}/{state}/theory.nc" for state in of.states],
    "statistics of the metastable state": lambda parts, _: parts.side_by_side.metastable_statistics(),
    # of the experiment
    "all spikes": lambda parts, _: parts.simulations.spikes(),
    "comparison": lambda parts, _: [f"{parts.simulations.folder}/comparison.parquet"],
    "stabilisation": lambda parts, _: [f"{parts.simulations.folder}/stabilisation.nc"],
    "compared in-degrees": lambda parts, _: [f"{parts.simulations.folder}/indegrees"],
    "points": lambda parts, _: [f"{parts.simulations.folder}/sweep.yaml"],
    "sweep": lambda parts, _: [f"{parts.simulations.folder}/sweep.parquet"],
    "spike samples": lambda parts, _: parts.acceptance.samples(),
    "published statistics": lambda parts, _: parts.statistics.published(parts.acceptance.judged_states()),
    "histograms": lambda parts, _: parts.acceptance.histograms(),
}
"""Paths of each, for the owner of one file."""
