# Files and folders that the configuration names: whether they are there, before anything runs, in the words of those who read them.
from contracts.populations import population_labels
from contracts.rates import existing_rates, read_rates
from contracts.tables import existing_tables
from model.circuit.overrides import read_overrides
from model.configuration.given_files import given_files
from model.network.output_files import existing_output
from sources.fetch import existing_folder
from sources.registry import PUBLISHED, RAW


def given_findings(experiment):
    """What is wrong with these files and folders: a line each, with the key, and the state where not all have it."""
    states_of = {}
    for state, parameters in experiment.states.items():
        for given in given_files(experiment, state):
            if not made_here(given, experiment.name):
                for text in lines_about(given, parameters):
                    states_of.setdefault((".".join(given.key), text), []).append(state)
    return [
        f"{before}{key}: {text}"
        for (key, text), states in states_of.items()
        for before in ([""] if len(states) == len(experiment.states) else [f"states.{state}." for state in states])
    ]


def made_here(given, name):
    """Whether a path is a result of this experiment: the workflow makes it where it is not there, and says where it cannot."""
    is_result = given.path.suffix in (".json", ".parquet", ".nc") or given.path.name == "spikes"
    return is_result and given.path.parts[:2] == ("results", name)


def lines_about(given, parameters):
    """What whoever reads a file or folder would say of it; nothing if it is there."""
    checks = {
        "rates": check_rates,
        "series": lambda path: existing_output(path, replaced_populations(parameters)),
        "overrides": read_overrides,
        "tables": existing_tables,
        "raw": lambda path: check_source(RAW, path),
        "published": lambda path: check_source(PUBLISHED, path),
        "spikes": check_spikes,
    }
    try:
        checks[given.content](given.path)
    except InputError as error:
        return str(error).split("\n")
    return []


def replaced_populations(parameters):
    """Populations of which a network takes the series."""
    return population_labels(parameters.replaced_areas("het_current_nonstat"))


def check_rates(path):
    """Check that there are rates, and what a file of the user's own holds; that of a run is read where it is needed."""
    if existing_rates(path).suffix not in (".parquet", ".nc"):
        read_rates(path)


def check_source(registry, folder):
    """Check the folder of a registry's files, if it is the one that counts: the variable goes before it."""
    if not os.environ.get(registry.variable):
        existing_folder(registry, folder)


def check_spikes(path):
    """Check that there are spikes."""
    from analysis.exchange.importing import detect  # takes as long to load as all the rest

    detect(path)
