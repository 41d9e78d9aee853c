"""Conditions for figures, by the names that the catalogue of figures has for them: who has a figure, and which states it shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from analysis.dynamics.stimuli import presented, timed
from analysis.figures.catalogue import FEWEST_INTERACTING
from analysis.figures.entry import Figure
from planning.figure_inputs import Owner, Parts
from procortex.backends.choose import BACKENDS
from procortex.constants import BIN_MS

Condition = Callable[[Parts, Figure, Collection[str]], list[Owner]]
"""Owners of a figure's files, of some states."""


def _runs(parts: Parts, states: Iterable[str]) -> list[Owner]:
    """Our simulations of some states."""
    return [Owner(state, parts.simulations.backend) for state in states]


def _whole(parts: Parts, states: Collection[str], shown: Iterable[str] = ()) -> list[Owner]:
    """One file for the experiment, if these are all of its states."""
    return [Owner(states=tuple(shown))] if parts.simulations.are_all(states) else []


def _whole_if(condition: Callable[[Parts], object]) -> Condition:
    """One file for an experiment that meets a condition."""
    return lambda parts, _, states: _whole(parts, states) if condition(parts) else []


def _side_by_side(choose: Callable[[Parts, Figure], list[str]]) -> Condition:
    """One file for an experiment that has states to set side by side."""

    def condition(parts: Parts, figure: Figure, states: Collection[str]) -> list[Owner]:
        shown = choose(parts, figure)
        return _whole(parts, states, shown) if shown else []

    return condition


def _long_enough(parts: Parts, figure: Figure, states: Iterable[str]) -> list[str]:
    return [state for state in states if parts.simulations.parameters(state).sim_params.t_sim >= figure.shortest_ms]


def _interacting(areas: str) -> Condition:
    """Our simulations that are long enough and know the rates of enough areas; `areas` is the property of `SimParams` that names them."""

    def condition(parts: Parts, figure: Figure, states: Collection[str]) -> list[Owner]:
        known = {state: getattr(parts.simulations.parameters(state).sim_params, areas) for state in states}
        return _runs(parts, (state for state in _long_enough(parts, figure, states) if len(known[state]) >= FEWEST_INTERACTING))

    return condition


def _spectra(parts: Parts, figure: Figure) -> list[str]:
    """States whose spikes show one area as an electrode array would see it."""
    simulations = parts.simulations
    return simulations.sharing_an_area(_long_enough(parts, figure, simulations.with_spikes(simulations.states)), "spike_areas")


def _steady(parts: Parts, _figure: Figure) -> list[str]:
    """States whose rates over time are known in one area."""
    return parts.simulations.sharing_an_area(parts.simulations.with_rates(parts.simulations.states), "rate_areas")


def _is_stimulated(parts: Parts, state: str) -> bool:
    """Whether a stimulus comes while a state is simulated, with some time before and after it."""
    values = parts.simulations.parameters(state)
    written = values.input_params.model_dump(include={"dc_stimuli", "poisson_stimuli"})
    stimuli = timed([*written["dc_stimuli"], *written["poisson_stimuli"]])
    bins = int(values.sim_params.t_sim // BIN_MS)
    return bool(stimuli and presented(stimuli, values.sim_params.areas_simulated).shown_bins(bins, BIN_MS))


def _anatomies(parts: Parts, states: Collection[str], stabilised: bool) -> list[Owner]:
    """Of states that share their anatomy, the first; `stabilised`: only if its in-degrees are."""
    kinds = {state: parts.simulations.parameters(state).connectivity.stabilisation for state in parts.networks.anatomies()}
    return [Owner(state) for state, kind in kinds.items() if state in states and not (stabilised and kind == "none")]


def _correlated(parts: Parts, _figure: Figure, states: Collection[str]) -> list[Owner]:
    """List the simulators with states whose areas are correlated."""
    all_states = parts.simulations.are_all(states)
    return [Owner(simulator=simulator) for simulator in BACKENDS if all_states and parts.functional.connected_states(simulator)]


def _has_published_distributions(parts: Parts) -> bool:
    """Whether there are distributions to compare with: published ones, or those of other seeds."""
    judged, several = parts.acceptance.judged_states(), len(parts.simulations.experiment.seeds) > 1
    return bool(judged) and (several or bool(parts.acceptance.published_histograms()))


CONDITIONS: Mapping[str, Condition] = {
    "every experiment": _whole_if(lambda _: True),
    "states": lambda _parts, _figure, states: [Owner(state) for state in states],
    "states with spikes": lambda parts, _, states: [Owner(state) for state in parts.simulations.with_spikes(states)],
    "runs with spikes": lambda parts, _, states: [
        Owner(state, simulator) for state in states for simulator in parts.simulations.simulators(state)
    ],
    "our runs with spikes": lambda parts, _, states: _runs(parts, parts.simulations.with_spikes(states)),
    "anatomies": lambda parts, _, states: _anatomies(parts, states, stabilised=False),
    "stabilised anatomies": lambda parts, _, states: _anatomies(parts, states, stabilised=True),
    "stabilisation": _whole_if(lambda parts: parts.networks.stabilised_state() is not None),
    "comparison": _whole_if(lambda parts: parts.statistics.comparisons()),
    "published simulations": _whole_if(lambda parts: parts.acceptance.judged_states()),
    "published distributions": _whole_if(_has_published_distributions),
    "sweep": _whole_if(lambda parts: parts.side_by_side.sweep_tables()),
    "low and high activity": _side_by_side(lambda parts, _: parts.side_by_side.bistable_states()),
    "scan over chi": _side_by_side(lambda parts, _: parts.side_by_side.metastable_scan()),
    "subsets of areas": _side_by_side(lambda parts, _: parts.side_by_side.subset_states()),
    "spikes of an area": _side_by_side(_spectra),
    "rates of an area": _side_by_side(_steady),
    "correlated areas": _correlated,
    "interacting areas": _interacting("rate_areas"),
    # influences are those of a population beside all others of its area, which therefore have to be known
    "interacting whole areas": _interacting("whole_areas"),
    "stimuli": lambda parts, _, states: _runs(
        parts, (state for state in parts.simulations.with_rates(states) if _is_stimulated(parts, state))
    ),
}
"""Owners of the files of a figure."""
