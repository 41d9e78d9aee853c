# The validated experiment and its wildcards.
import difflib
import re

from snakemake.cli import args_to_api
from snakemake_interface_executor_plugins.registry import ExecutorPluginRegistry

from analysis.figures import FIGURES
from contracts.errors import EXIT_BAD_INPUT, InputError
from model.configuration import dependencies, load_experiment
from model.configuration.arguments import check_values
from model.configuration.timing import late_findings, short_findings
from simulator.backends.choose import BACKENDS, resolve
from sources.registry import PUBLISHED, PUBLISHED_T_SIM, RAW


def remote_executor():
    """Name of what runs the jobs on other machines, if anything does.

    Snakemake tells the rules only when it has read them, so its arguments are looked up among its callers.
    """
    frame = sys._getframe()
    while frame and frame.f_code is not args_to_api.__code__:
        frame = frame.f_back
    name = frame.f_locals["args"].executor if frame else "local"
    return None if ExecutorPluginRegistry().get_plugin(name).common_settings.local_exec else name


def backend_findings(name):
    """What is wrong with the backend of the configuration, here or where the jobs run."""
    if name == "auto" and workflow.is_main_process and (other := remote_executor()):
        return [f"backend: auto looks for a GPU on this machine, but {other} runs jobs on others, write backend=cuda or backend=cpu"]
    if name not in ("auto", *BACKENDS):
        return [f"backend: {name} is not available here, expected auto or one of {', '.join(BACKENDS)}"]
    return []


def read_experiment():
    """The validated experiment and the backend it runs on; a bad configuration ends Snakemake with all findings."""
    try:
        files = [Path(os.path.relpath(name)) for name in workflow.configfiles]
        check_values(workflow.config_settings.config_args or ())
        experiment = load_experiment(files, workflow.config_settings.config, dots=False)
        backend = resolve(experiment.parameters.backend)
        unknown = [name for name in experiment.parameters.figures if name not in FIGURES]
        findings = [
            f"figures: there is none called {name!r}, did you mean {difflib.get_close_matches(name, FIGURES, 1, 0)[0]}?" for name in unknown
        ]
        findings += backend_findings(experiment.parameters.backend)
        for state, values in experiment.states.items():
            lasts, published = values.sim_params.t_sim, PUBLISHED_T_SIM.get(state)
            if values.reference.published and published not in (None, lasts):
                findings.append(
                    f"states.{state}.t_sim: is {lasts:g} ms, but the published simulation lasts {published:g} ms and its statistics depend on "
                    f"that: take its time, or write states.{state}.reference: {{published: false}}"
                )
        if workflow.is_main_process:  # a job may run where a folder is not to be seen that only those here read
            findings += given_findings(experiment)
        found = [*dependencies.dependency_findings(experiment.states), *late_findings(experiment.states)]
        found += short_findings(experiment.states, experiment.parameters.figures)
        findings += [f"states.{state}.{'.'.join(key)}: {text}" for state, key, text in found]
        if findings:
            raise InputError("\n".join(findings))
    except (InputError, OSError) as error:  # OSError: a path that is too long, or may not be read
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
