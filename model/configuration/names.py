"""Names of experiments and states, which become folders and files of results."""

from __future__ import annotations

import re

LONGEST_NAME = 150
"""Characters of a name: with that of a figure, an ending and a temporary suffix it makes the name of a file, of at most 255 bytes."""

NAME_PATTERN = rf"^[A-Za-z0-9][A-Za-z0-9_.-]{{0,{LONGEST_NAME - 1}}}$"
NAME_EXPECTED = f"letters, digits, _ - . (a letter or digit first, at most {LONGEST_NAME})"

REPEATS = 20
"""Repetitions at the end of a name that Snakemake takes for a path that contains itself without end."""

RESULTS_OF_ALL = (
    "figures|indegrees|workflow|(acceptance|acceptance_overview|comparison|configuration|functional_agreement_[a-z]+|indegrees_stabilised|"
    r"provenance|report|ro-crate-metadata|stabilisation|sweep)\.(csv|html|json|md|nc|parquet|yaml)"
)
"""Pattern of the files and folders of an experiment that lie beside the folders of its states."""


def folder_findings(name: str) -> list[str]:
    """Say why a folder of results cannot be called so."""
    if not re.fullmatch(NAME_PATTERN, name):
        return [f"is no name for a folder, expected {NAME_EXPECTED}"]
    if re.search(rf"(.+)\1{{{REPEATS - 1}}}$", name):
        return [f"ends with the same letters {REPEATS} times, expected another name"]
    return []


def state_findings(name: str) -> list[str]:
    """Say why a state cannot be called so: its folder lies beside the results of the whole experiment."""
    if re.fullmatch(RESULTS_OF_ALL, name):
        return ["is the name of a result of the whole experiment, expected another name"]
    return folder_findings(name)
