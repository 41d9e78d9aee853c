# Statistics and what they are compared with.


def published_statistics(states):
    """Published statistics of those states, of some, that ask for them and have been published."""
    return [
        f"resources/published_{state}.parquet"
        for state in with_spikes(states)
        if state in PUBLISHED_T_SIM and EXPERIMENT.state(state).reference.published
    ]


def statistics_memory_mb(wildcards, threads):
    """Memory of the statistics (MB): a process holds the spikes of one area, up to 8 % of all (20 spikes/s and neuron), 24 bytes each."""
    spikes = simulated_neurons(wildcards.state) * 20 * EXPERIMENT.state(wildcards.state).sim_params.t_sim * 1e-3
    return int(2000 + threads * (500 + 0.08 * spikes * 24e-6))


def counted_rates(wildcards):
    """File of a simulation that holds the rates of all populations: counts, where spikes are recorded of some populations or of none."""
    name = "series.nc" if EXPERIMENT.state(wildcards.state).sim_params.recorded_counts else "statistics.parquet"
    return f"results/{{experiment}}/{{state}}/seed-{{seed}}/{{backend}}/{name}"


def candidate_statistics(wildcards):
    """Statistics of our own simulations."""
    return [path for state in with_spikes(EXPERIMENT.states) for path in results_of("statistics.parquet", state, BACKEND)]


def reference_statistics(wildcards):
    """Statistics that ours are compared with: of other simulations of the same networks, of given spikes, and published ones."""
    simulated = [
        path for state in EXPERIMENT.states for other in simulators(state)[1:] for path in results_of("statistics.parquet", state, other)
    ]
    return simulated + published_statistics([state for state in EXPERIMENT.states if compares_with_published(state)])


def compares_with_published(state):
    """Whether a state has values to compare with published ones. Those of the resting state are ranks of all areas, not of some."""
    return state != RESTING or bool(EXPERIMENT.state(state).sim_params.layers_of_all_areas)


def comparisons():
    """The comparison, where there is something to compare with."""
    return [f"results/{EXPERIMENT.name}/comparison.parquet"] if reference_statistics(None) else []


def statistics_of(states):
    """Statistics of all simulations of some states."""
    return [path for state in states for backend in simulators(state) for path in results_of("statistics.parquet", state, backend)]


def state_statistics(wildcards):
    """Statistics of a state: of all its simulations, and published ones."""
    return statistics_of([wildcards.state]) + published_statistics([wildcards.state])


def simulator_statistics(wildcards):
    """Statistics of all simulations of a state on one simulator."""
    return results_of("statistics.parquet", wildcards.state, wildcards.backend)
