# What networks are built from.
import yaml

from contracts.rates import rates_file
from contracts.tables import stabilised_file, table_files
from model.configuration import dependencies
from model.network.output_files import output_files


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
    """Tables that a state's network is built from: anatomical ones, and the user's overrides."""
    connectivity = EXPERIMENT.state(wildcards.state).connectivity
    computed, overrides = connectivity.stabilisation == "computed", connectivity.overrides
    return anatomy_tables(wildcards.state) + (stabilised_tables(wildcards.state) if computed else []) + ([overrides] if overrides else [])


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


def network_rates(wildcards):
    """Files of the user with rates or series that a state's network depends on; of a run the one that is read."""
    parameters = EXPERIMENT.state(wildcards.state)
    series = parameters.series_file
    rates = [rates_file(path) for path in parameters.rate_files]
    outputs = [] if series is None else output_files(series, replaced_populations(parameters))
    return list(dict.fromkeys(map(str, rates + outputs)))


def source_run(state):
    """Folder of the run that other states take as the source of rates and series: our simulator, first seed."""
    return f"results/{EXPERIMENT.name}/{state}/seed-{EXPERIMENT.seeds[0]}/{BACKEND}"


def network_runs(wildcards):
    """What a state's network takes of the runs of other states."""
    files = {"rates": "rates.json", "series": "series.nc"}
    return list(dict.fromkeys(f"{source_run(use.state)}/{files[use.what]}" for use in dependencies.uses(EXPERIMENT.state(wildcards.state))))


def run_options(wildcards):
    """Command-line options that name these runs."""
    names = dict.fromkeys(use.state for use in dependencies.uses(EXPERIMENT.state(wildcards.state)))
    return " ".join(["--run" * bool(names), *(f"{name}={source_run(name)}" for name in names)]).strip()


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


def anatomy_of(state):
    """The anatomy file that a state shares with others: that of the first of them."""
    shared = next(first for first in anatomies() if anatomy_parameters(first) == anatomy_parameters(state))
    return f"results/{EXPERIMENT.name}/{shared}/anatomy.nc"


def stabilised_state():
    """The first state with our stabilisation; None if none has it."""
    computed = [state for state in EXPERIMENT.states if EXPERIMENT.state(state).connectivity.stabilisation == "computed"]
    return next(iter(computed), None)
