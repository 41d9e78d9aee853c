# What only Snakemake can tell or be told, and the plan that the rules ask. All decisions are in planning/.
from snakemake import cli
from snakemake_interface_executor_plugins.registry import ExecutorPluginRegistry

from procortex.utilities.errors import EXIT_BAD_INPUT, InputError
from planning.process import go_on_unheard, hold_folder, isolate_jobs


def or_end(function):
    """Call a function; bad input ends Snakemake as the stages' commands end, while an exception would print where in the rules it came up."""
    try:
        return function()
    except (InputError, OSError) as error:  # OSError: a path that is too long, or may not be read
        print(f"error: {error}", file=sys.stderr)
        sys.exit(EXIT_BAD_INPUT)


or_end(isolate_jobs)  # before anything is imported that a module of the working directory could hide
go_on_unheard(workflow.logger_manager.logger.handlers)
HELD = hold_folder() if workflow.is_main_process and not workflow.output_settings.dryrun else None

from model.configuration.arguments import check_options
from planning.experiment import hand_on_folders, read_experiment
from planning.plan import Plan


def snakemake_arguments():
    """Snakemake's module, parser and arguments, and where it was called; None where no command line was given.

    Snakemake tells the rules only when it has read them, so they are looked up among its callers.
    """
    frame = sys._getframe()
    while frame and frame.f_code is not cli.args_to_api.__code__:
        frame = frame.f_back
    if not frame:
        return None
    called = getattr(getattr(frame.f_locals.get("workflow_api"), "_workdir_handler", None), "olddir", None) or Path.cwd()
    return cli, frame.f_locals["parser"], frame.f_locals["args"], Path(called)


def remote_executor():
    """Name of the service that runs the jobs on other machines, if there is one."""
    given = snakemake_arguments()
    name = given[2].executor if given else "local"
    return None if ExecutorPluginRegistry().get_plugin(name).common_settings.local_exec else name


if workflow.is_main_process and (given := snakemake_arguments()):
    or_end(lambda: check_options(*given))

plan = Plan(
    *or_end(
        lambda: read_experiment(
            [Path(os.path.relpath(name)) for name in workflow.configfiles],
            workflow.config_settings.config,
            workflow.config_settings.config_args or (),
            executor=remote_executor() if workflow.is_main_process else None,
            check_files=workflow.is_main_process,
        )
    )
)
hand_on_folders(plan.experiment)

if workflow.is_main_process:
    for message in plan.figures.missing():
        print(f"warning: {message}", file=sys.stderr)


wildcard_constraints:
    **plan.simulations.wildcards(),
