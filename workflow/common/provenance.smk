# What the record of the experiment is of.


def recorded_spikes(wildcards):
    """Spikes of all simulations that ran here."""
    return [path for state in EXPERIMENT.states for backend in backends(state) for path in results_of("spikes", state, backend)]


def recorded_tables(wildcards):
    """Tables that the networks were built from."""
    tables = [
        path
        for state in EXPERIMENT.states
        for path in anatomy_tables(state) + stabilised_tables(state) * (EXPERIMENT.state(state).connectivity.stabilisation == "computed")
    ]
    return list(dict.fromkeys(tables))


def recorded_results(wildcards):
    """Networks, statistics, comparison and figures."""
    networks = [f"results/{EXPERIMENT.name}/{state}/network.nc" for state in EXPERIMENT.states]
    return networks + statistics_of(EXPERIMENT.states) + sweep_tables() + comparisons() + figures_of(EXPERIMENT.states)


def comparison_pages():
    """The comparison as a page, where there is one."""
    return [f"results/{EXPERIMENT.name}/comparison.html"] * bool(comparisons())
