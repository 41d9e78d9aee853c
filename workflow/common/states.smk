# What sets the states of an experiment side by side: sweeps, and figures that need particular states.
from model.configuration.points import states_over_chi, sweep_points

UNSTABILISED = ("LA", "HA")
"""States of low and of high activity before the stabilisation."""

METASTABLE_CHI = 1.9


def sweep_tables():
    """The table of a sweep, where there is one."""
    return [f"results/{EXPERIMENT.name}/sweep.parquet"] * bool(EXPERIMENT.parameters.sweep and with_spikes(EXPERIMENT.states))


def sweep_text(wildcards):
    """Text of the swept parameters and of their values in each state."""
    return yaml.safe_dump(sweep_points(EXPERIMENT), sort_keys=False)


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


def metastable_state():
    """Of the states that differ in the strength of the connections between areas that of the published resting state, or the nearest."""

    def distance(state):
        return abs(EXPERIMENT.state(state).connection_params.cc_weights_factor - METASTABLE_CHI)

    return min(states_over_chi(EXPERIMENT), key=distance)


def metastability_files(name):
    """A result of the first seed of each state over chi, of our simulations, or one that no simulation has."""
    folder = (
        "results/{experiment}/{state}/"
        if name == "theory.nc"
        else f"results/{{experiment}}/{{state}}/seed-{EXPERIMENT.seeds[0]}/{BACKEND}/"
    )
    return expand(folder + name, experiment=EXPERIMENT.name, state=states_over_chi(EXPERIMENT))


def metastable_statistics():
    """Statistics of the metastable state, of our simulations."""
    return results_of("statistics.parquet", metastable_state(), BACKEND) if states_over_chi(EXPERIMENT) else []


def whole_scan_recorded():
    """Whether spikes of the states over chi are recorded."""
    scan = states_over_chi(EXPERIMENT)
    return with_spikes(scan) == scan


def states_figures(states):
    """Figures of states side by side; they belong to no single state."""
    whole = set(states) == set(EXPERIMENT.states)
    return {
        "bistability": ["bistability"] * (whole and bool(bistable_states())),
        "metastability": ["metastability"] * (whole and bool(states_over_chi(EXPERIMENT)) and whole_scan_recorded()),
        "sweep": ["sweep"] * (whole and bool(sweep_tables())),
    }
