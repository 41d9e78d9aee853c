# Which figures the experiment has: those that the configuration asks for, as far as its states allow.
from analysis.figures import FIGURES, INTERACTIONS, LEAST_MS, MOST_SUBSETS, STRUCTURE, THEORY
from analysis.stimuli import LEAST_AFTER_MS, PAUSE_MS

FEWEST_INTERACTING = 3
"""Areas from which on there is an order among them."""


def file_name(figure):
    """A figure's name in files and rules."""
    return figure.replace("-", "_")


def chosen_figures():
    """Names of the figures that the configuration asks for: all, if it names none."""
    return EXPERIMENT.parameters.figures or list(FIGURES)


def structure_figures(states, figures):
    """Figures of the structure. Of states that share their anatomy, the first has them; its weights are those of the paths."""
    return [
        f"results/{EXPERIMENT.name}/figures/{file_name(figure)}_{state}.svg"
        for state in anatomies()
        if state in states
        for figure in figures
    ]


def theory_figures(states, figures):
    """Figures of the theory. Those of the whole experiment belong to no single state; without our stabilisation there is none to show."""
    whole = set(states) == set(EXPERIMENT.states)
    changed = [state for state in anatomies() if EXPERIMENT.state(state).connectivity.stabilisation != "none"]
    files = {
        "theory": [f"theory_{state}" for state in states],
        "stabilisation": ["stabilisation"] * (whole and stabilised_state() is not None),
        "indegree-changes": [f"indegree_changes_{state}" for state in changed if state in states],
        "over-chi": ["over_chi"] * whole,
    }
    return [f"results/{EXPERIMENT.name}/figures/{file}.svg" for figure in figures for file in files[figure]]


def functional_figures(states):
    """Functional connectivity on every simulator; it belongs to no single state."""
    whole = set(states) == set(EXPERIMENT.states)
    return [f"functional_connectivity_{backend}" for backend in BACKENDS if whole and connected_states(backend)]


def rate_states(figure, states):
    """States whose simulations are long enough for a figure."""
    return [state for state in with_rates(states) if EXPERIMENT.state(state).sim_params.t_sim >= LEAST_MS.get(figure, 0.0)]


def rate_figures(states):
    """Figures of rates over time, of our simulations. Those of the whole experiment belong to no single state."""
    whole = set(states) == set(EXPERIMENT.states)
    files = {
        "state-overview": [f"state_overview_{state}_{BACKEND}" for state in with_spikes(states)],
        "v1-spectrum": ["v1_spectrum"] * (whole and bool(rate_states("v1-spectrum", with_spikes(states)))),
        "rate-over-time": ["rate_over_time"] * (whole and bool(with_rates(states))),
    }
    return [f"results/{EXPERIMENT.name}/figures/{file}.svg" for figure in chosen_figures() for file in files.get(figure, [])]


def interaction_figures(states):
    """Figures of interactions, first seed of our simulations, of states with enough areas that last long enough."""
    enough = [state for state in states if len(EXPERIMENT.state(state).sim_params.areas_simulated) >= FEWEST_INTERACTING]
    return [
        f"results/{EXPERIMENT.name}/figures/{file_name(figure)}_{state}_{BACKEND}.svg"
        for figure in chosen_figures()
        if figure in INTERACTIONS
        for state in rate_states(figure, enough)
    ]


def published_figures(states):
    """Figures that compare with the published simulations, and that of the simulations' times; they belong to no single state."""
    whole, several = set(states) == set(EXPERIMENT.states), len(EXPERIMENT.seeds) > 1
    judged = bool(judged_states())
    return {
        "knight-fig3": ["knight_fig3"] * (whole and judged),
        "knight-fig4": ["knight_fig4"] * (whole and judged and bool(several or published_histograms())),
        "phases": ["phases"] * whole,
    }


def model_figures(states):
    """Figures that need no simulation, as far as the configuration asks for them."""
    chosen = chosen_figures()
    structure = structure_figures(states, [name for name in chosen if name in STRUCTURE])
    return structure + theory_figures(states, [name for name in chosen if name in THEORY])


def subset_states():
    """States that simulate different areas and share one, by which they are compared; none if there are fewer than two subsets."""
    areas = {state: EXPERIMENT.state(state).sim_params.areas_simulated for state in with_spikes(EXPERIMENT.states)}
    shared = set.intersection(*map(set, areas.values())) if areas else set()
    first = {own: state for state, own in reversed(areas.items())}
    return [state for state, own in areas.items() if first[own] == state] if shared and 2 <= len(first) <= MOST_SUBSETS else []


def stimulated_states(states):
    """States with a stimulus that comes while they are simulated, with some time before and after it."""
    found = []
    for state in with_rates(states):
        values = EXPERIMENT.state(state)
        stimuli = (*values.input_params.dc_stimuli, *values.input_params.poisson_stimuli)
        starts = [stimulus.start for stimulus in stimuli if stimulus.start]
        if starts and max(starts) >= PAUSE_MS and min(starts) <= values.sim_params.t_sim - LEAST_AFTER_MS:
            found.append(state)
    return found


def figures_of(states):
    """Figures of some states, and of the comparison, as far as the configuration asks for them."""
    by_simulator = [f"{state}_{simulator}" for state in states for simulator in simulators(state)]
    files = {
        "raster": [f"raster_{name}" for name in by_simulator],
        "violins": [f"violins_{state}" for state in with_spikes(states)],
        "rate-matrix": [f"rate_matrix_{name}" for name in by_simulator],
        "comparison": ["comparison"] * (len(comparisons()) if set(states) == set(EXPERIMENT.states) else 0),
        "functional-connectivity": functional_figures(states),
        **published_figures(states),
        "subset-rasters": ["subset_rasters"] * (set(states) == set(EXPERIMENT.states) and bool(subset_states())),
        "stimulus-response": [f"stimulus_response_{state}_{BACKEND}" for state in stimulated_states(states)],
        **states_figures(states),
    }
    drawn = [f"results/{EXPERIMENT.name}/figures/{file}.svg" for name in chosen_figures() for file in files.get(name, [])]
    return drawn + model_figures(states) + rate_figures(states) + interaction_figures(states)
