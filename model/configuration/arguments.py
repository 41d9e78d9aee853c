"""What Snakemake's command line and profiles say about the configuration, checked before Snakemake reads it.

Snakemake reads ``--config`` and ``--configfile`` before the workflow's first line, ends with a traceback where it cannot, and takes the
last of what is given twice. `profiles/default` calls `check_command_line` when Snakemake reads the profile, which comes first; the
workflow calls `check_options` once more, as another profile can take the place of that one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from contracts.documents import parse_yaml, read_yaml
from model.configuration.keys import GROUPS_OF_KEY, SECTIONS
from procortex.utilities.errors import EXIT_BAD_INPUT, InputError, shown_findings

COMMAND_LINE = "command line"
ONCE = ("config", "configfile")
"""Options that Snakemake takes once, with all their values."""

PROFILE_KEYS = {"config": "config", "configfile": "configfile", "configfiles": "configfile"}
"""Keys of a profile that stand for these options."""

COUNTS = ("cores", "jobs", "local_cores")
"""Options without which nothing runs where they are 0: Snakemake waits for ever."""

YTE = "__use_yte__"
"""Key by which a YAML file is a template, which can run programs."""

IDENTIFIER = re.compile(r"[a-zA-Z_][\w-]*\w")
"""Keys that Snakemake takes."""

TARGETS = "targets stand before the options, or behind --"


class _Given(argparse.Namespace):
    """Options as a parser sets them, which counts how often those are given that Snakemake takes once."""

    def __init__(self) -> None:
        super().__init__()
        self.__dict__["times"] = dict.fromkeys(ONCE, 0)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ONCE and value:  # defaults are empty
            self.times[name] += 1
        super().__setattr__(name, value)


def check_command_line(cli: Any, arguments: Sequence[str]) -> None:
    """End with one line for each thing that is wrong with Snakemake's command line, or with the profiles that it names.

    Parameters
    ----------
    cli
        The module ``snakemake.cli``.
    arguments
        All arguments.
    """
    if findings := _command_line_findings(cli, arguments):
        print(f"error: {chr(10).join(shown_findings(findings))}", file=sys.stderr)
        sys.exit(EXIT_BAD_INPUT)


def _command_line_findings(cli: Any, arguments: Sequence[str]) -> list[str]:
    options = _parsed(cli, arguments)
    findings = _given_twice(options)
    for number, file in enumerate(options.configfile or ()):
        lines = _findings(partial(read_configuration, file))
        # a target behind the option is one of its values
        swallowed = number > 0 and file.suffix not in (".yaml", ".yml", ".json")
        findings += [f"{line}; if it is a target: {TARGETS}" if swallowed else line for line in lines]
    findings += _findings(partial(check_values, options.config or ()))
    findings += _profile_findings(_profiles(cli, options.profile or ()), options)
    findings += _findings(partial(_check_counts, options))
    return findings + _findings(partial(_check_cache, Path(cli.get_appdirs().user_cache_dir)))


def check_options(cli: Any, parser: Any, options: Any, folder: Path) -> None:
    """Check what Snakemake has taken from its command line and from profiles; without `profiles/default` nobody did before.

    Parameters
    ----------
    cli
        The module ``snakemake.cli``.
    parser, options
        Snakemake's parser, and what it found.
    folder
        Where Snakemake was called: paths start there, whatever ``--directory`` says.

    Raises
    ------
    InputError
        With one line for each thing that is wrong.
    """
    sources = parser.get_source_to_settings_dict()
    given = _parsed(cli, sources["command_line"][""][1] if "command_line" in sources else ())
    read = [Path(source.partition("|")[2]) for source in sources if source.startswith("config_file|")]
    findings = _given_twice(given)
    with contextlib.chdir(folder):
        named = _profiles(cli, [*(options.profile or ()), options.workflow_profile])  # Snakemake may have taken nothing from them
        findings += _profile_findings([*named, *read], given)
    findings += _findings(partial(_check_counts, options))
    if findings:
        raise InputError("\n".join(findings))


def _parsed(cli: Any, arguments: Sequence[str]) -> _Given:
    options: _Given = cli.get_argument_parser().parse_known_args(list(arguments), _Given())[0]
    return options


def _profiles(cli: Any, names: Sequence[str | None]) -> list[Path]:
    """Files of profiles; one that is not there is named by Snakemake."""
    found = [cli.get_profile_dir(name) for name in names if name and name != "none"]
    return [Path(profile[1]) for profile in found if profile]


def _given_twice(options: _Given) -> list[str]:
    return [
        f"{COMMAND_LINE}: --{option} is given twice, of which Snakemake takes the last; expected once, with all values behind it"
        for option, times in options.times.items()
        if times > 1
    ]


def read_configuration(path: Path) -> Mapping[Any, Any]:
    """Read a configuration file, which Snakemake reads as well.

    Raises
    ------
    InputError
        If it cannot be read or holds something else than plain values by name.
    """
    content = _content(path)
    if not isinstance(content, Mapping):
        raise InputError(
            f"{path}: expected a mapping from keys to values, found {'nothing' if content is None else type(content).__name__}"
        )
    if YTE in content:
        raise InputError(f"{path}: {YTE} is not expected, expected plain values: templates can run programs")
    return content


def check_values(values: Sequence[str], where: str = COMMAND_LINE) -> None:
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
            findings.append(f"{where}: {text}: expected KEY=VALUE{f'; if it is a target: {TARGETS}' if where == COMMAND_LINE else ''}")
        elif not IDENTIFIER.fullmatch(key):
            findings.append(f"{where}: {key}: {_remedy(key, value)}")
        elif key in seen:
            findings.append(f"{where}: {key}: is given twice ({seen[key]} and {value}), expected once")
        else:
            findings += _findings(partial(parse_yaml, value, f"{where}: {key}"))
        seen[key] = value
    if findings:
        raise InputError("\n".join(findings))


def _content(path: Path) -> Any:
    try:
        return read_yaml(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such configuration file; config/ holds examples") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error.strerror if isinstance(error, OSError) else error})") from None


def _profile_findings(profiles: Sequence[Path], given: _Given) -> list[str]:
    places = {option: "on the command line" for option, times in given.times.items() if times}
    different = {path.resolve(): path for path in profiles}
    return [line for path in different.values() for line in _findings(partial(_check_profile, path, places))]


def _check_profile(path: Path, places: dict[str, str]) -> None:
    """Check what a profile says about the configuration; one that is a template is a program, which only Snakemake can read.

    Parameters
    ----------
    path
        File of the profile.
    places
        Where options were given before, by name; those of the profile are added.
    """
    try:
        content = _content(path)
    except InputError:
        if YTE in path.read_text(encoding="utf-8", errors="replace"):
            return
        raise
    if not isinstance(content, Mapping) or YTE in content:
        return
    findings = []
    for key, value in content.items():
        option = PROFILE_KEYS.get(str(key).lstrip("-"))
        if option is None or not value:
            continue
        if option in places:
            findings.append(f"{path}: {key}: is given {places[option]}, too, and Snakemake takes one of both; expected in one place")
            continue
        places[option] = f"in {path}"
        if option == "configfile":
            for file in value if isinstance(value, list) else [_from_profile(path, str(value))]:
                findings += _findings(partial(read_configuration, Path(str(file))))
        else:
            pairs = [f"{name}={inner}" for name, inner in value.items()] if isinstance(value, Mapping) else value
            findings += _findings(partial(check_values, pairs if isinstance(pairs, list) else [str(pairs)], f"{path}: {key}"))
    if findings:
        raise InputError("\n".join(findings))


def _from_profile(profile: Path, name: str) -> Path:
    """Path of a file as Snakemake finds one that a profile names: in its folder, or in the working directory."""
    path = Path(os.path.expandvars(name)).expanduser()
    return profile.parent / path if (profile.parent / path).exists() else path


def _check_counts(options: Any) -> None:
    """Refuse numbers of processors and jobs with which Snakemake would never end."""
    counts = {name: getattr(options, name, None) for name in COUNTS}
    findings = [
        f"--{name.replace('_', '-')}: is {count}, expected at least 1"
        for name, count in counts.items()
        if isinstance(count, int) and count < 1
    ]
    if findings:
        raise InputError("\n".join(findings))


def _check_cache(folder: Path) -> None:
    """Make the folder of Snakemake's cache, as it does itself, and a file there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror}), but Snakemake keeps its cache there; set XDG_CACHE_HOME to a folder that can"
        ) from None


def _remedy(key: str, value: str) -> str:
    """Say how to write a key that Snakemake does not take: of one letter, or with dots."""
    first, _, rest = key.partition(".")
    if rest and first in SECTIONS:
        return f"Snakemake takes no keys with dots, expected '{first}={{{rest}: {value}}}'"
    if key in GROUPS_OF_KEY:
        return f"Snakemake takes no keys of one letter, expected '{GROUPS_OF_KEY[key][0]}={{{key}: {value}}}'"
    return "Snakemake takes no such key, expected letters, digits, _ and -; for one state 'states={NAME: {KEY: VALUE}}'"


def _findings(check: Callable[[], object]) -> list[str]:
    try:
        check()
    except InputError as error:
        return error.findings
    return []
