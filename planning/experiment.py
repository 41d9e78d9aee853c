"""Read the experiment that the workflow runs: a valid configuration, and a backend that is available where its jobs run."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.figures.catalogue import ALL, FIGURES
from model.configuration import Experiment, load_experiment
from model.configuration.arguments import check_values
from model.configuration.dependencies import dependency_findings
from model.configuration.timing import late_findings, workflow_findings
from planning.given_files import given_findings
from procortex.backends.choose import resolve
from procortex.utilities.errors import InputError
from sources.registry import PUBLISHED, PUBLISHED_T_SIM, RAW


def read_experiment(
    files: Sequence[Path],
    values: Mapping[str, Any],
    arguments: Sequence[str] = (),
    executor: str | None = None,
    check_files: bool = True,
) -> tuple[Experiment, str]:
    """Read and check an experiment.

    Parameters
    ----------
    files
        Configuration files, each an overlay over those before it.
    values
        Values of the command line, which go over all files.
    arguments
        The same as the text that was written there.
    executor
        Name of the service that runs the jobs on other machines, if there is one.
    check_files
        Whether to look for the files and folders that the configuration names; a job may run where some of them cannot be seen.

    Returns
    -------
    tuple
        The experiment, and the backend that simulates it.

    Raises
    ------
    InputError
        With a line for each thing that is wrong.
    """
    check_values(arguments)
    experiment = load_experiment(files, values, dots=False)
    name = experiment.parameters.backend
    backend = resolve(name)
    findings = [*_figure_findings(experiment), *_backend_findings(name, executor), *_published_findings(experiment)]
    if check_files:
        findings += given_findings(experiment)
    found = [*dependency_findings(experiment.states), *late_findings(experiment.states)]
    found += workflow_findings(experiment.states, experiment.parameters.figures)
    findings += [f"states.{state}.{'.'.join(key)}: {text}" for state, key, text in found]
    if findings:
        raise InputError("\n".join(findings))
    return experiment, backend


def hand_on_folders(experiment: Experiment) -> None:
    """Name the configuration's folders of sources to the jobs, by the environment variables that take precedence over them.

    The path of a source is no parameter, so that it must not be part of the parameters of a rule.
    """
    parameters = experiment.parameters
    for registry, folder in ((RAW, parameters.connectivity.raw_dir), (PUBLISHED, parameters.reference.published_dir)):
        if folder:
            os.environ.setdefault(registry.variable, folder)


def _figure_findings(experiment: Experiment) -> Iterator[str]:
    for name in experiment.parameters.figures:
        if name not in (ALL, *FIGURES):
            yield f"figures: there is none called {name!r}, did you mean {difflib.get_close_matches(name, FIGURES, 1, 0)[0]}?"


def _backend_findings(name: str, executor: str | None) -> Iterator[str]:
    if name == "auto" and executor:
        yield f"backend: auto looks for a GPU on this machine, but {executor} runs jobs on others, write backend=cuda or backend=cpu"


def _published_findings(experiment: Experiment) -> Iterator[str]:
    """Name the states that would be compared with a published simulation of another length."""
    for state, values in experiment.states.items():
        lasts, published = values.sim_params.t_sim, PUBLISHED_T_SIM.get(state)
        if values.reference.published and published not in (None, lasts):
            yield (
                f"states.{state}.t_sim: is {lasts:g} ms, but the published simulation lasts {published:g} ms and its statistics depend on "
                f"that: take its time, or write states.{state}.reference: {{published: false}}"
            )
