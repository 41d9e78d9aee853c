# What the rules ask about the experiment. Everything here follows from the configuration.
import re
import shlex

import yaml

from contracts.errors import EXIT_BAD_INPUT, InputError
from model.configuration import load_experiment
from simulator.backends.base import BACKENDS, resolve
from sources.registry import PUBLISHED, RAW


def read_experiment():
    """The validated experiment and the backend it runs on; a bad configuration ends Snakemake with all findings."""
    try:
        experiment = load_experiment([Path(os.path.relpath(name)) for name in workflow.configfiles], workflow.config_settings.config)
        return experiment, resolve(experiment.parameters.backend)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(EXIT_BAD_INPUT)  # as the stages' commands end; an exception would print where in the rules it came up


EXPERIMENT, BACKEND = read_experiment()


wildcard_constraints:
    experiment=re.escape(EXPERIMENT.name),
    state="|".join(map(re.escape, EXPERIMENT.states)),
    seed="|".join(map(str, EXPERIMENT.seeds)),
    backend="|".join(BACKENDS),
    reference="nest|published",


def registered_files(registry):
    """Where the files of a registry lie once they are fetched."""
    return [f"resources/{registry.name}/{entry.file}" for entry in registry.select(registry.needed)]


def source_option(registry, folder):
    """Command-line option for a local folder to take files from; the environment variable goes before the configuration."""
    folder = os.environ.get(registry.variable) or folder
    return f"--from {shlex.quote(str(folder))}" if folder else ""


def network_parameters(wildcards):
    """Text of the parameters that a state's network depends on; the sources' folders are the workflow's affair."""
    values = EXPERIMENT.state(wildcards.state).network_configuration()
    values["connectivity"].pop("raw_dir", None)
    values["reference"].pop("published_dir", None)
    return yaml.safe_dump(values, sort_keys=False)


def network_sources(wildcards):
    """Registered files that a state's network is built from."""
    parameters = EXPERIMENT.state(wildcards.state)
    published = registered_files(PUBLISHED) if parameters.needs_published_rates else []
    return registered_files(RAW) + published


def backends(state):
    """Simulators of a state: ours, and the one it is compared with."""
    return list(dict.fromkeys([BACKEND] + ([reference] if (reference := EXPERIMENT.state(state).reference.simulate) != "none" else [])))


def references(state):
    """What a state's simulation is compared with."""
    published = ["published"] if EXPERIMENT.state(state).reference.published else []
    return [backend for backend in backends(state) if backend != BACKEND] + published


def simulator_memory_mb(wildcards):
    """Memory of a simulation (MB), from the size of the network: NEST stores synapses and pays for recorded neurons, we do neither."""
    parameters = EXPERIMENT.state(wildcards.state)
    share = len(parameters.sim_params.areas_simulated) / 32 * parameters.network_params.N_scaling
    neurons, synapses = 4.13e6 * share, 24.1e9 * share * parameters.network_params.K_scaling
    per_neuron, per_synapse = (0.04, 50e-6) if wildcards.backend == "nest" else (0.004, 1e-7)
    return int(1000 + neurons * per_neuron + synapses * per_synapse)


def network_rates(wildcards):
    """Rate files of the user that a state's network depends on."""
    return [str(path) for path in EXPERIMENT.state(wildcards.state).rate_files]


def duration_ms(wildcards):
    """Biological time of a state (ms)."""
    return EXPERIMENT.state(wildcards.state).sim_params.t_sim


def record_option(wildcards):
    """Command-line option that limits recording."""
    neurons = EXPERIMENT.state(wildcards.state).sim_params.recorded_neurons
    return "" if neurons is None else f"--record-first {neurons}"


def seeds_of(name, state, backend):
    """One result of a simulation, for all seeds."""
    return expand(
        "results/{experiment}/{state}/seed-{seed}/{backend}/{name}",
        experiment=EXPERIMENT.name,
        state=state,
        seed=EXPERIMENT.seeds,
        backend=backend,
        name=name,
    )


def reference_statistics(wildcards):
    """Statistics that a state's simulation is compared with."""
    if wildcards.reference == "published":
        return "resources/published.parquet"
    return seeds_of("statistics.parquet", wildcards.state, wildcards.reference)


def candidate_statistics(wildcards):
    """Statistics of our own simulation of a state."""
    return seeds_of("statistics.parquet", wildcards.state, BACKEND)


def comparisons_of(states):
    """Comparisons of some states."""
    return [f"results/{EXPERIMENT.name}/{state}/comparison_{reference}.parquet" for state in states for reference in references(state)]
