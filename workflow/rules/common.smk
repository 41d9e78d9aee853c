# What the rules ask about the experiment. Everything here follows from the configuration.
import difflib
import re
import shlex

import yaml

from analysis import functional
from analysis.figures import FIGURES, STRUCTURE, THEORY
from contracts.errors import EXIT_BAD_INPUT, InputError
from contracts.tables import stabilised_file, table_files
from model.configuration import load_experiment
from simulator.backends.choose import BACKENDS, resolve
from sources.registry import PUBLISHED, RAW


def read_experiment():
    """The validated experiment and the backend it runs on; a bad configuration ends Snakemake with all findings."""
    try:
        experiment = load_experiment([Path(os.path.relpath(name)) for name in workflow.configfiles], workflow.config_settings.config)
        backend = resolve(experiment.parameters.backend)
        unknown = [name for name in experiment.parameters.figures if name not in FIGURES]
        findings = [
            f"figures: there is none called {name!r}, did you mean {difflib.get_close_matches(name, FIGURES, 1, 0)[0]}?" for name in unknown
        ]
        if backend not in BACKENDS:
            findings.append(f"backend: {backend} is not available here, expected auto or one of {', '.join(BACKENDS)}")
        if findings:
            raise InputError("\n".join(findings))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(EXIT_BAD_INPUT)  # as the stages' commands end; an exception would print where in the rules it came up
    return experiment, backend


EXPERIMENT, BACKEND = read_experiment()
REFERENCE = "reference"  # simulator of the spikes that the configuration gives


# Folders of the configuration reach the jobs as the variables do that go before them: where a file was found is no parameter.
for registry, folder in ((RAW, EXPERIMENT.parameters.connectivity.raw_dir), (PUBLISHED, EXPERIMENT.parameters.reference.published_dir)):
    if folder:
        os.environ.setdefault(registry.variable, folder)


wildcard_constraints:
    experiment=re.escape(EXPERIMENT.name),
    state="|".join(map(re.escape, EXPERIMENT.states)),
    seed="|".join(map(str, EXPERIMENT.seeds)),
    backend="|".join([*BACKENDS, REFERENCE]),


def network_parameters(wildcards):
    """Text of the parameters that a state's network depends on; the sources' folders are the workflow's affair."""
    values = EXPERIMENT.state(wildcards.state).network_configuration()
    values["connectivity"].pop("raw_dir", None)
    values["reference"].pop("published_dir", None)
    return yaml.safe_dump(values, sort_keys=False)


def anatomy_tables(state):
    """Tables that the anatomy of a state is built from."""
    parameters = EXPERIMENT.state(state)
    folder = parameters.connectivity.tables_dir
    return [] if parameters.needs_raw_sources else [os.path.relpath(path) for path in table_files(folder and Path(folder))]


def stabilised_tables(state):
    """The table of our stabilised in-degrees, where there is one: without it they are computed on the spot."""
    parameters = EXPERIMENT.state(state)
    folder = None if parameters.needs_raw_sources else parameters.connectivity.tables_dir
    path = stabilised_file(folder and Path(folder))
    return [os.path.relpath(path)] * path.is_file()


def network_tables(wildcards):
    """Tables that a state's network is built from."""
    computed = EXPERIMENT.state(wildcards.state).connectivity.stabilisation == "computed"
    return anatomy_tables(wildcards.state) + (stabilised_tables(wildcards.state) if computed else [])


def raw_folder_of(wildcards):
    """Folder of the raw files for a state's network: all of them, or the published in-degrees alone."""
    return "resources/raw" if EXPERIMENT.state(wildcards.state).needs_raw_sources else "resources/indegrees"


def network_sources(wildcards):
    """Folders of registered files that a state's network is built from."""
    parameters = EXPERIMENT.state(wildcards.state)
    needs_raw = parameters.needs_raw_sources or parameters.needs_published_indegrees
    return [raw_folder_of(wildcards)] * needs_raw + ["resources/published"] * parameters.needs_published_rates


def anatomy_sources(wildcards):
    """Folders of registered files that a state's anatomy is built from: it needs no rates."""
    return [folder for folder in network_sources(wildcards) if folder != "resources/published"]


def backends(state):
    """Simulators of a state: ours, and the one it is compared with."""
    return list(dict.fromkeys([BACKEND] + ([reference] if (reference := EXPERIMENT.state(state).reference.simulate) != "none" else [])))


def simulators(state):
    """Simulators of a state, as its statistics name them: those that run here, and that of the spikes that the configuration gives."""
    return backends(state) + [REFERENCE] * (EXPERIMENT.reference_spikes(state) is not None)


def reference_files(wildcards):
    """Files of the spikes that the configuration gives, each of which makes the import anew when it changes; the path, if it is none."""
    path = Path(EXPERIMENT.reference_spikes(wildcards.state))
    folder = path if path.is_dir() else path.parent
    patterns = ["meta.json", "recordings/network_gids.txt", "network_gids.txt", "../network_gids.txt"]
    if path.is_dir():
        patterns += [f"{place}*.{kind}" for place in ("", "recordings/") for kind in ("dat", "gdf", "npy")]
    found = [os.path.normpath(file) for pattern in patterns for file in sorted(folder.glob(pattern))]
    return found if path.is_dir() and found else [str(path), *found]


def simulator_memory_mb(wildcards):
    """Memory of a simulation (MB), from the size of the network: NEST stores synapses and pays for recorded neurons, we do neither."""
    parameters = EXPERIMENT.state(wildcards.state)
    share = len(parameters.sim_params.areas_simulated) / 32 * parameters.network_params.N_scaling
    neurons, synapses = 4.13e6 * share, 24.1e9 * share * parameters.network_params.K_scaling
    per_neuron, per_synapse = (0.04, 50e-6) if wildcards.backend == "nest" else (0.004, 1e-7)
    return int(1000 + neurons * per_neuron + synapses * per_synapse)


def simulator_gpus(wildcards):
    """GPUs that a simulation takes; `--resources gpu=1` keeps simulations from sharing one."""
    return int(wildcards.backend == "cuda")


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


def published_statistics(states):
    """Published statistics, if one of some states asks for them."""
    return ["resources/published.parquet"] * any(EXPERIMENT.state(state).reference.published for state in states)


def candidate_statistics(wildcards):
    """Statistics of our own simulations."""
    return [path for state in EXPERIMENT.states for path in results_of("statistics.parquet", state, BACKEND)]


def reference_statistics(wildcards):
    """Statistics that ours are compared with: of other simulations of the same networks, of given spikes, and published ones."""
    simulated = [
        path for state in EXPERIMENT.states for other in simulators(state)[1:] for path in results_of("statistics.parquet", state, other)
    ]
    return simulated + published_statistics(EXPERIMENT.states)


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


def first_spikes(wildcards):
    """Spikes of the first seed: one raster is enough."""
    return results_of("spikes", wildcards.state, wildcards.backend)[:1]


def file_name(figure):
    """A figure's name in files and rules."""
    return figure.replace("-", "_")


def anatomy_parameters(state):
    """Text of the parameters that the anatomy of a state depends on, whatever its weights are; it is a configuration, too."""
    values = EXPERIMENT.state(state).network_configuration()
    connections = {name: value for name, value in values["connection_params"].items() if name.startswith(("av_", "fac_", "E_"))}
    values["connectivity"].pop("raw_dir", None)
    surface = {"surface": values["network_params"]["surface"]}
    return yaml.safe_dump({"network_params": surface, "connection_params": connections, "connectivity": values["connectivity"]})


def anatomies():
    """For each anatomy of the experiment the first state that has it."""
    first = {}
    for state in EXPERIMENT.states:
        first.setdefault(anatomy_parameters(state), state)
    return list(first.values())


def structure_figures(states, figures):
    """Figures of the structure. Of states that share their anatomy, the first has them; its weights are those of the paths."""
    return [
        f"results/{EXPERIMENT.name}/figures/{file_name(figure)}_{state}.svg"
        for state in anatomies()
        if state in states
        for figure in figures
    ]


def stabilised_state():
    """The first state with our stabilisation; None if none has it."""
    computed = [state for state in EXPERIMENT.states if EXPERIMENT.state(state).connectivity.stabilisation == "computed"]
    return next(iter(computed), None)


def theory_options(wildcards):
    """Command-line options of a state's theory."""
    theory = EXPERIMENT.state(wildcards.state).theory_params.model_dump()
    given = {name: value for name, value in theory.items() if value is not None}
    return " ".join(f"--{name.replace('_', '-')} {shlex.quote(str(value))}" for name, value in given.items())


def theory_rates(wildcards):
    """File of the user that a state's theory starts from."""
    start = EXPERIMENT.state(wildcards.state).theory_params.initial_rates
    return [start] if start not in (None, "random_uniform", "published") else []


def theory_sources(wildcards):
    """Folder of the published rates, if a state's theory starts from them."""
    return ["resources/published"] * (EXPERIMENT.state(wildcards.state).theory_params.initial_rates == "published")


def scanned_state():
    """State whose connections between areas the scan over their strength varies: that in which they are strongest."""
    return max(EXPERIMENT.states, key=lambda state: EXPERIMENT.state(state).connection_params.cc_weights_factor)


def scan_folder():
    """Folder of the registered files that the scan needs: published in-degrees take part only where the experiment has them anyway."""
    parameters = EXPERIMENT.state(scanned_state())
    published = any(EXPERIMENT.state(state).needs_published_indegrees for state in EXPERIMENT.states)
    if parameters.needs_raw_sources:
        return "resources/raw"
    return "resources/indegrees" if published or parameters.connectivity.raw_dir else None


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


def connected_states(backend):
    """States whose areas are correlated on a simulator: simulated for long enough, with the same areas, of which there are enough."""
    own = {state: EXPERIMENT.state(state).sim_params for state in EXPERIMENT.states if backend in backends(state)}
    long = [state for state, values in own.items() if values.t_sim >= functional.T_MIN + functional.SHORTEST_WINDOW]
    same = [state for state in long if own[state].areas_simulated == own[long[0]].areas_simulated]
    return [state for state in same if len(own[state].areas_simulated) >= functional.FEWEST_AREAS]


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


def experimental_connectivity():
    """Functional connectivity of recordings, which are raw files: it takes part where the experiment has such files anyway."""
    states = [EXPERIMENT.state(state) for state in EXPERIMENT.states]
    raw = any(state.needs_raw_sources or state.needs_published_indegrees or state.connectivity.raw_dir for state in states)
    return ["resources/functional.nc"] * raw


def functional_figures(states):
    """Functional connectivity on every simulator; it belongs to no single state."""
    whole = set(states) == set(EXPERIMENT.states)
    return [f"functional_connectivity_{backend}" for backend in BACKENDS if whole and connected_states(backend)]


def chosen_figures():
    """Names of the figures that the configuration asks for: all, if it names none."""
    return EXPERIMENT.parameters.figures or list(FIGURES)


def model_figures(states):
    """Figures that need no simulation, as far as the configuration asks for them."""
    chosen = chosen_figures()
    structure = structure_figures(states, [name for name in chosen if name in STRUCTURE])
    return structure + theory_figures(states, [name for name in chosen if name in THEORY])


def figures_of(states):
    """Figures of some states, and of the comparison, as far as the configuration asks for them."""
    by_simulator = [f"{state}_{simulator}" for state in states for simulator in simulators(state)]
    files = {
        "raster": [f"raster_{name}" for name in by_simulator],
        "violins": [f"violins_{state}" for state in states],
        "rate-matrix": [f"rate_matrix_{name}" for name in by_simulator],
        "comparison": ["comparison"] * (len(comparisons()) if set(states) == set(EXPERIMENT.states) else 0),
        "functional-connectivity": functional_figures(states),
        **published_figures(states),
    }
    drawn = [f"results/{EXPERIMENT.name}/figures/{file}.svg" for name in chosen_figures() for file in files.get(name, [])]
    return drawn + model_figures(states) + rate_figures(states) + interaction_figures(states)
