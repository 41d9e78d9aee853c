# Simulations of the experiment, what they need and what they leave.
import math
from collections import Counter


def backends(state):
    """Simulators of a state: ours, and the one it is compared with."""
    return list(dict.fromkeys([BACKEND] + ([reference] if (reference := EXPERIMENT.state(state).reference.simulate) != "none" else [])))


def simulators(state):
    """Simulators of a state, as its statistics name them: those that run here, and that of the spikes that the configuration gives."""
    if not with_spikes([state]):
        return []
    return backends(state) + [REFERENCE] * (EXPERIMENT.reference_spikes(state) is not None)


def reference_files(wildcards):
    """Files of the spikes that the configuration gives, each of which makes the import anew when it changes; the path, if it is none."""
    path = Path(EXPERIMENT.reference_spikes(wildcards.state))
    folder = path if path.is_dir() else path.parent
    patterns = ["_meta.json", "recordings/network_gids.txt", "network_gids.txt", "../network_gids.txt"]
    if path.is_dir():
        patterns += [f"{place}*.{kind}" for place in ("", "recordings/") for kind in ("dat", "gdf", "npy")]
    found = [os.path.normpath(file) for pattern in patterns for file in sorted(folder.glob(pattern))]
    return found if path.is_dir() and found else [str(path), *found]


def simulated_neurons(state):
    """Neurons of a state's network, about: areas differ in size."""
    parameters = EXPERIMENT.state(state)
    return 4.13e6 * len(parameters.sim_params.areas_simulated) / 32 * parameters.network_params.N_scaling


def simulator_threads(wildcards):
    """Threads of a simulation: one for 5,000 neurons, up to 8; a large network takes more, one for 65,000 neurons, as far as there are cores.

    A GPU does the work of the additional ones.
    """
    neurons = simulated_neurons(wildcards.state)
    few = min(8, math.ceil(neurons / 5000))
    return few if wildcards.backend == "cuda" else max(few, round(neurons / 65000))


def simulator_memory_mb(wildcards):
    """Memory of a simulation (MB), from the size of the network: NEST stores synapses and pays for recorded neurons, we do neither."""
    neurons = simulated_neurons(wildcards.state)
    synapses = 24.1e9 / 4.13e6 * neurons * EXPERIMENT.state(wildcards.state).network_params.K_scaling
    per_neuron, per_synapse = (0.04, 50e-6) if wildcards.backend == "nest" else (0.004, 1e-7)
    return int(1000 + neurons * per_neuron + synapses * per_synapse)


def simulator_gpus(wildcards):
    """GPUs that a simulation takes: of this machine's (`--resources gpu=N`) or, on a cluster, those that it asks for."""
    return int(wildcards.backend == "cuda")


def duration_ms(wildcards):
    """Biological time of a state (ms)."""
    return EXPERIMENT.state(wildcards.state).sim_params.t_sim


def with_spikes(states):
    """States of which spikes are recorded."""
    return [state for state in states if EXPERIMENT.state(state).sim_params.records_spikes]


def with_rates(states):
    """States of which population rates over time are known."""
    return [state for state in states if EXPERIMENT.state(state).sim_params.records_rates]


def sharing_an_area(states, known):
    """Of some states those with an area in common, which figures of states side by side show: the area that most of them have.

    `known` is the property of `SimParams` that names the areas of a state.
    """
    areas = {state: getattr(EXPERIMENT.state(state).sim_params, known) for state in states}
    (shown, _), *_ = Counter(area for own in areas.values() for area in own).most_common(1) or [(None, 0)]
    return [state for state, own in areas.items() if shown in own]


def record_options(wildcards):
    """Command-line options of what is recorded, and of the checkpoints."""
    values = EXPERIMENT.state(wildcards.state).sim_params
    options = [f"--checkpoint {values.checkpoint_interval}"]
    if values.recorded_neurons is not None:
        options.append(f"--record-first {values.recorded_neurons}")
    if values.recorded_populations is not None:
        options.append(f"--record {' '.join(values.labels(values.recorded_populations))}")
    if values.recorded_counts:
        options.append("--counts")
    if values.potentials_neurons:
        options.append(f"--potentials {values.potentials_neurons} --potentials-interval {values.potentials_interval}")
        if values.potentials_populations is not None:
            options.append(f"--potentials-of {' '.join(values.labels(values.potentials_populations))}")
    return " ".join(options)


def results_of(name, state, backend):
    """One result of a simulation, for all seeds; of the reference that the configuration gives there is one."""
    if backend == REFERENCE:
        return [f"results/{EXPERIMENT.name}/{state}/{REFERENCE}/{name}"]
    return expand(
        "results/{experiment}/{state}/seed-{seed}/{backend}/{name}",
        experiment=EXPERIMENT.name,
        state=state,
        seed=EXPERIMENT.seeds,
        backend=backend,
        name=name,
    )


def first_spikes(wildcards):
    """Spikes of the first seed: one raster is enough."""
    return results_of("spikes", wildcards.state, wildcards.backend)[:1]


def first_runs(name, states):
    """One result of the first seed of each of some states; our simulations."""
    return [results_of(name, state, BACKEND)[0] for state in states]
