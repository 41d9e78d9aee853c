"""Files and folders that the configuration names: whether they are there, before anything runs, in the words of those who read them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from contracts.rates import existing_rates, read_rates
from contracts.tables import existing_tables
from model.configuration import Experiment, Parameters
from model.configuration.given_files import Content, Given, given_files
from model.network.overrides import read_overrides
from model.network.synaptic_output_files import existing_output
from procortex.formats.populations import population_labels
from procortex.utilities.errors import InputError
from sources.checksums import existing_folder
from sources.registry import PUBLISHED, RAW, Registry


def given_findings(experiment: Experiment) -> list[str]:
    """Name what is wrong with these files and folders: a line each, with the key, and the state where not all have it."""
    states_of: dict[tuple[str, str], list[str]] = {}
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


def made_here(given: Given, name: str) -> bool:
    """Whether a path is a result of this experiment: the workflow makes it where it is missing, and says where it cannot."""
    is_result = given.path.suffix in (".json", ".parquet", ".nc") or given.path.name == "spikes"
    return is_result and given.path.parts[:2] == ("results", name)


def lines_about(given: Given, parameters: Parameters) -> list[str]:
    """Lines that the reader of a file or folder would say about it; none if it is there."""
    checks: Mapping[Content, Callable[[Path], object]] = {
        "rates": _check_rates,
        "series": lambda path: existing_output(path, replaced_populations(parameters)),
        "overrides": read_overrides,
        "tables": existing_tables,
        "raw": lambda path: _check_source(RAW, path),
        "published": lambda path: _check_source(PUBLISHED, path),
        "spikes": _check_spikes,
    }
    try:
        checks[given.content](given.path)
    except InputError as error:
        return error.findings
    return []


def replaced_populations(parameters: Parameters) -> tuple[str, ...]:
    """Labels of the populations of which a network takes the series."""
    return population_labels(parameters.replaced_areas("het_current_nonstat"))


def _check_rates(path: Path) -> None:
    """Check that there are rates, and the content of a file of the user's own; that of a run is read where it is needed."""
    if existing_rates(path).suffix not in (".parquet", ".nc"):
        read_rates(path)


def _check_source(registry: Registry, folder: Path) -> None:
    """Check the folder of a registry's files, unless the environment variable names another, which goes before it."""
    if not os.environ.get(registry.variable):
        existing_folder(registry, folder)


def _check_spikes(path: Path) -> None:
    from analysis.exchange.importing import detect  # takes as long to load as all the rest

    detect(path)
