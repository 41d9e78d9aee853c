# Which figures the experiment has: those that the configuration asks for, as far as its states allow.
from analysis.figures import FEWEST_INTERACTING, FIGURES, LEAST_MS, MOST_SUBSETS, STRUCTURE, THEORY
from analysis.figures.needs import NEEDS
from analysis.stimuli.presentations import presented, timed
from contracts.series import BIN_MS


def file_name(figure):
    """A figure's name in files and rules."""
    return figure.replace("-", "_")


def chosen_figures():
    """Names of the figures that the configuration asks for: all, if it names none."""
    return EXPERIMENT.parameters.figures or list(FIGURES)


def are_all(states):
    """Whether these are all states: figures of the whole experiment belong to no single one."""
    return set(states) == set(EXPERIMENT.states)


def structure_figures(states):
    """Figures of the structure. Of states that share their anatomy, the first has them; its weights are those of the paths."""
    shown = [state for state in anatomies() if state in states]
    return {figure: [f"{file_name(figure)}_{state}" for state in shown] for figure in STRUCTURE}


def theory_figures(states):
    """Figures of the theory; without our stabilisation there is none to show."""
    changed = [state for state in anatomies() if EXPERIMENT.state(state).connectivity.stabilisation != "none"]
    return {
        "theory": [f"theory_{state}" for state in states],
        "stabilisation": ["stabilisation"] * (are_all(states) and stabilised_state() is not None),
        "indegree-changes": [f"indegree_changes_{state}" for state in changed if state in states],
        "over-chi": ["over_chi"] * are_all(states),
    }


def long_enough(figure, states):
    """States whose simulations are long enough for a figure."""
    return [state for state in states if EXPERIMENT.state(state).sim_params.t_sim >= LEAST_MS.get(figure, 0.0)]


def spectrum_states():
    """States whose spikes show one area as an electrode array would see it."""
    return sharing_an_area(long_enough("v1-spectrum", with_spikes(EXPERIMENT.states)), "spike_areas")


def steadiness_states():
    """States whose rates over time are known of one area."""
    return sharing_an_area(with_rates(EXPERIMENT.states), "rate_areas")


def rate_figures(states):
    """Figures of rates over time, of our simulations."""
    return {
        "state-overview": [f"state_overview_{state}_{BACKEND}" for state in with_spikes(states)],
        "v1-spectrum": ["v1_spectrum"] * (are_all(states) and bool(spectrum_states())),
        "rate-over-time": ["rate_over_time"] * (are_all(states) and bool(steadiness_states())),
        "functional-connectivity": [f"functional_connectivity_{own}" for own in BACKENDS if are_all(states) and connected_states(own)],
        "stimulus-response": [f"stimulus_response_{state}_{BACKEND}" for state in stimulated_states(states)],
    }


def interaction_figures(states):
    """Figures of interactions, first seed of our simulations, of states that last long enough and know the rates of enough areas.

    Influences are those of a population beside all others of its area, which therefore have to be known.
    """
    known = {"temporal-hierarchy": "rate_areas", "laminar-interactions": "whole_areas"}
    return {
        figure: [
            f"{file_name(figure)}_{state}_{BACKEND}"
            for state in long_enough(figure, states)
            if len(getattr(EXPERIMENT.state(state).sim_params, areas)) >= FEWEST_INTERACTING
        ]
        for figure, areas in known.items()
    }


def published_figures(states):
    """Figures that compare with the published simulations, and that of the simulations' times."""
    judged, several = are_all(states) and bool(judged_states()), len(EXPERIMENT.seeds) > 1
    return {
        "knight-fig3": ["knight_fig3"] * judged,
        "knight-fig4": ["knight_fig4"] * (judged and bool(several or published_histograms())),
        "phases": ["phases"] * are_all(states),
    }


def subset_states():
    """States that simulate different areas and share a recorded one, which is compared; none if there are fewer than two subsets."""
    values = {state: EXPERIMENT.state(state).sim_params for state in with_spikes(EXPERIMENT.states)}
    shared = set.intersection(*(set(own.spike_areas) for own in values.values())) if values else set()
    first = {own.areas_simulated: state for state, own in reversed(values.items())}
    enough = shared and 2 <= len(first) <= MOST_SUBSETS
    return [state for state, own in values.items() if first[own.areas_simulated] == state] if enough else []


def stimulated_states(states):
    """States with a stimulus that comes while they are simulated, with some time before and after it."""
    found = []
    for state in with_rates(states):
        values = EXPERIMENT.state(state)
        given = values.input_params.model_dump(include={"dc_stimuli", "poisson_stimuli"})
        stimuli = timed([*given["dc_stimuli"], *given["poisson_stimuli"]])
        bins = int(values.sim_params.t_sim // BIN_MS)
        if stimuli and presented(stimuli, values.sim_params.areas_simulated).shown_bins(bins, BIN_MS):
            found.append(state)
    return found


def simulation_figures(states):
    """Figures of the spikes of single states, and of what they are compared with."""
    by_simulator = [f"{state}_{simulator}" for state in states for simulator in simulators(state)]
    return {
        "raster": [f"raster_{name}" for name in by_simulator],
        "violins": [f"violins_{state}" for state in with_spikes(states)],
        "rate-matrix": [f"rate_matrix_{name}" for name in by_simulator],
        "comparison": ["comparison"] * (are_all(states) and bool(comparisons())),
        "subset-rasters": ["subset_rasters"] * (are_all(states) and bool(subset_states())),
    }


def model_figures(states):
    """Figures that need no simulation, as far as the configuration asks for them."""
    return figure_paths(structure_figures(states) | theory_figures(states))


def figures_of(states):
    """Figures of some states, and of the comparison, as far as the configuration asks for them."""
    return figure_paths(files_by_figure(states))


def files_by_figure(states):
    """Of every figure the files that some states have, without folder and ending; none where no state can have it."""
    kinds = (
        structure_figures,
        theory_figures,
        simulation_figures,
        rate_figures,
        interaction_figures,
        published_figures,
        states_figures,
    )
    return {figure: files for kind in kinds for figure, files in kind(states).items()}


def figure_paths(files):
    """Paths of figures, of those that the configuration asks for."""
    return [f"results/{EXPERIMENT.name}/figures/{file}.svg" for figure in chosen_figures() for file in files.get(figure, [])]


def warn_of_missing_figures():
    """Say which figures the configuration names that no state can have: nothing would come of them, and nobody would say why."""
    files = files_by_figure(EXPERIMENT.states)
    for figure in EXPERIMENT.parameters.figures:
        if not files[figure]:
            print(f"warning: figures: {figure} is not drawn: it needs {NEEDS[figure]}", file=sys.stderr)


if workflow.is_main_process:
    warn_of_missing_figures()
