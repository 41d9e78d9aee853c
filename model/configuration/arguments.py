"""What Snakemake's command line says about the configuration, checked before Snakemake reads it.

Snakemake reads ``--config`` and ``--configfile`` before the workflow's first line, ends with a traceback where it cannot, and takes the
last of what is given twice. `profiles/default` calls `check_arguments` when Snakemake reads the profile, which comes first.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from contracts.documents import parse_yaml, read_yaml
from model.configuration.keys import GROUPS_OF_KEY, SECTIONS
from procortex.utilities.errors import EXIT_BAD_INPUT, InputError

COMMAND_LINE = "command line"
OPTIONS = {"--config": ("--config", "-C"), "--configfile": ("--configfile", "--configfiles")}
"""Options that Snakemake takes once, with all their values, and their spellings."""

IDENTIFIER = re.compile(r"[a-zA-Z_][\w-]*\w")
"""Keys that Snakemake takes."""


def check_arguments(arguments: Sequence[str], files: Sequence[Path], values: Sequence[str]) -> None:
    """End with one line for each thing that is wrong with the configuration on Snakemake's command line.

    Parameters
    ----------
    arguments
        All arguments.
    files, values
        What Snakemake takes of them as ``--configfile`` and ``--config``.
    """
    findings = _given_twice(arguments)
    for file in files:
        findings += _findings(partial(check_file, file))
    findings += _findings(partial(check_values, values))
    if findings:
        print(f"error: {chr(10).join(findings)}", file=sys.stderr)
        sys.exit(EXIT_BAD_INPUT)


def check_file(path: Path) -> None:
    """Check that Snakemake will read the file, and the same in it as we do.

    Raises
    ------
    InputError
        If it cannot be read or holds something else than plain values by name.
    """
    try:
        content = read_yaml(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such configuration file; config/ holds examples") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error.strerror if isinstance(error, OSError) else error})") from None
    if not isinstance(content, Mapping):
        raise InputError(
            f"{path}: expected a mapping from keys to values, found {'nothing' if content is None else type(content).__name__}"
        )
    if "__use_yte__" in content:
        raise InputError(f"{path}: __use_yte__ is not expected, expected plain values: templates can run programs")


def check_values(values: Sequence[str]) -> None:
    """Check ``KEY=VALUE`` pairs of the command line, as text: Snakemake keeps the last value of a key.

    Raises
    ------
    InputError
        With one line for each thing that is wrong.
    """
    findings: list[str] = []
    seen: dict[str, str] = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not equals:
            findings.append(f"{COMMAND_LINE}: {text}: expected KEY=VALUE")
        elif not IDENTIFIER.fullmatch(key):
            findings.append(f"{COMMAND_LINE}: {key}: {_remedy(key, value)}")
        elif key in seen:
            findings.append(f"{COMMAND_LINE}: {key}: is given twice ({seen[key]} and {value}), expected once")
        else:
            findings += _findings(partial(parse_yaml, value, f"{COMMAND_LINE}: {key}"))
        seen[key] = value
    if findings:
        raise InputError("\n".join(findings))


def _remedy(key: str, value: str) -> str:
    """Say how to write a key that Snakemake does not take: of one letter, or with dots."""
    first, _, rest = key.partition(".")
    if rest and first in SECTIONS:
        return f"Snakemake takes no keys with dots, expected '{first}={{{rest}: {value}}}'"
    if key in GROUPS_OF_KEY:
        return f"Snakemake takes no keys of one letter, expected '{GROUPS_OF_KEY[key][0]}={{{key}: {value}}}'"
    return "Snakemake takes no such key, expected letters, digits, _ and -; for one state 'states={NAME: {KEY: VALUE}}'"


def _given_twice(arguments: Sequence[str]) -> list[str]:
    """Name the options that stand twice, of which Snakemake forgets the first."""
    before = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    return [
        f"{COMMAND_LINE}: {option} is given twice, of which Snakemake takes the last; expected once, with all values behind it"
        for option, spellings in OPTIONS.items()
        if sum(text.partition("=")[0] in spellings for text in before) > 1
    ]


def _findings(check: Callable[[], object]) -> list[str]:
    try:
        check()
    except InputError as error:
        return str(error).split("\n")
    return []
