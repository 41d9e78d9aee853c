# What sets the states of an experiment side by side: sweeps, and figures that need particular states.
from dataclasses import replace

from model.configuration.points import FEWEST_CHI, states_over_chi, sweep_points

UNSTABILISED = ("LA", "HA")
"""States of low and of high activity before the stabilisation."""

METASTABLE_CHI = 1.9


def experiment_of(states):
    """The experiment with some of its states."""
    return replace(EXPERIMENT, states={state: EXPERIMENT.state(state) for state in states})


def sweep_tables():
    """The table of a sweep, where there is one."""
    return [f"results/{EXPERIMENT.name}/sweep.parquet"] * bool(EXPERIMENT.parameters.sweep and with_spikes(EXPERIMENT.states))


def sweep_text(wildcards):
    """Text of the swept parameters and of their values in each state; without spikes a state has no statistics and is no point."""
    return yaml.safe_dump(sweep_points(experiment_of(with_spikes(EXPERIMENT.states))), sort_keys=False)


def swept_results(name):
    """One result of every simulation that ran here, of all states and seeds."""
    return [path for state in with_spikes(EXPERIMENT.states) for backend in backends(state) for path in results_of(name, state, backend)]


def bistable_states():
    """States of low and high activity, and the stabilised one with the same connections between areas, as far as there are both of the first."""
    recorded = with_spikes(EXPERIMENT.states)
    if not all(state in recorded for state in UNSTABILISED):
        return []
    return [*UNSTABILISED, *(["ground"] if "ground" in recorded else [])]


def bistable_statistics():
    """Statistics of these states, of our simulations."""
    return [path for state in bistable_states() for path in results_of("statistics.parquet", state, BACKEND)]


def metastable_scan():
    """States over chi whose rates are known of one area, by ascending chi, if enough of them are and spikes are recorded of one."""
    scan = sharing_an_area(states_over_chi(experiment_of(with_rates(EXPERIMENT.states))), "rate_areas")
    return scan if len(scan) >= FEWEST_CHI and with_spikes(scan) else []


def metastable_state():
    """Of these states with spikes that of the published resting state, or the nearest."""

    def distance(state):
        return abs(EXPERIMENT.state(state).connection_params.cc_weights_factor - METASTABLE_CHI)

    return min(with_spikes(metastable_scan()), key=distance)


def metastability_files(name):
    """A result of the first seed of each state over chi, of our simulations, or one that no simulation has."""
    folder = (
        "results/{experiment}/{state}/"
        if name == "theory.nc"
        else f"results/{{experiment}}/{{state}}/seed-{EXPERIMENT.seeds[0]}/{BACKEND}/"
    )
    return expand(folder + name, experiment=EXPERIMENT.name, state=metastable_scan())


def metastable_statistics():
    """Statistics of the metastable state, of our simulations."""
    return results_of("statistics.parquet", metastable_state(), BACKEND) if metastable_scan() else []


def states_figures(states):
    """Figures of states side by side; they belong to no single state."""
    return {
        "bistability": ["bistability"] * (are_all(states) and bool(bistable_states())),
        "metastability": ["metastability"] * (are_all(states) and bool(metastable_scan())),
        "sweep": ["sweep"] * (are_all(states) and bool(sweep_tables())),
    }
