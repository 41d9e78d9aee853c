# Functional connectivity: which simulations and recordings have it.
from analysis import functional


def connected_states(backend):
    """States whose areas are correlated on a simulator: all rates known for long enough, of the same areas, of which there are enough."""
    own = {state: EXPERIMENT.state(state).sim_params for state in EXPERIMENT.states if backend in backends(state)}
    shortest = functional.T_MIN + functional.SHORTEST_WINDOW
    known = [state for state, values in own.items() if values.knows_all_rates and values.t_sim >= shortest]
    enough = [state for state in known if len(own[state].areas_simulated) >= functional.FEWEST_AREAS]
    return [state for state in enough if own[state].areas_simulated == own[enough[0]].areas_simulated]


def functional_files(wildcards):
    """Functional connectivity of all simulations on a simulator; by BOLD signals as well, where simulations are long enough."""
    signals = {"synaptic-input": 0.0, "bold": functional.SHORTEST_BOLD}
    return [
        path
        for state in connected_states(wildcards.backend)
        for signal, shortest in signals.items()
        if EXPERIMENT.state(state).sim_params.t_sim >= shortest
        for path in results_of(f"functional_{signal}.nc", state, wildcards.backend)
    ]


def common_anatomy(wildcards):
    """The anatomy that most of the correlated states have; of several, that of the first state."""
    files = [anatomy_of(state) for state in connected_states(wildcards.backend)]
    if not files:
        raise WorkflowError(
            f"no figure of functional connectivity on {wildcards.backend}: it needs a state that is simulated there,"
            f" {NEEDS['functional-connectivity'].removeprefix('a state ')}"
        )
    return max(files, key=files.count)


def experimental_connectivity():
    """Functional connectivity of recordings, which are raw files: it takes part where the experiment has such files anyway."""
    states = [EXPERIMENT.state(state) for state in EXPERIMENT.states]
    raw = any(state.needs_raw_sources or state.needs_published_indegrees or state.connectivity.raw_dir for state in states)
    return ["resources/functional.nc"] * raw
