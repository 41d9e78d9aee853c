"""What every command checks before it begins: numbers that are numbers, and outputs that destroy nothing."""

from __future__ import annotations

import argparse
import math
import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from procortex.formats.spike_meta import META_NAME
from procortex.utilities.atomic import check_file, check_name, first_existing
from procortex.utilities.errors import InputError
from procortex.utilities.repository import repository_version

FOLDER, IN_PLACE = "/", "./"
"""In the place of suffixes: the command writes a folder, and checks it itself; `IN_PLACE`: it may be the folder that is read."""

Writes = Mapping[str, str | tuple[str, ...]]
"""Options that name what a command writes, with the suffixes that its kind of file has; a parser's default ``writes``."""


class _ShowVersion(argparse.Action):
    """Print the version and end; git is asked only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_arguments: object) -> None:
        """Print and end."""
        print(f"procortex {repository_version()}")
        parser.exit()


def add_version(parser: argparse.ArgumentParser) -> None:
    """Give a command the option ``--version``: release and commit of this repository."""
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print release and commit, and end")


def describe(parser: argparse.ArgumentParser, examples: Mapping[str, str]) -> argparse.ArgumentParser:
    """Give every command its help as description, and an example at the end of its ``--help``.

    Parameters
    ----------
    parser
        With commands; they keep a description and an epilog of their own.
    examples
        Arguments of a call, for each command by name.
    """
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help for choice in action._choices_actions}
            for name, command in action.choices.items():
                text = told.get(name) or ""
                command.description = command.description or (f"{text[:1].upper()}{text[1:]}." if text else None)
                if name in examples:
                    shown = textwrap.indent(f"{parser.prog} {name} {examples[name]}", "  ")
                    command.epilog = "\n\n".join(filter(None, [command.epilog, f"example:\n{shown}"]))
                    command.formatter_class = argparse.RawDescriptionHelpFormatter
    return parser


def csv_beside(path: Path) -> list[Path]:
    """Files that appear beside a table: the same as CSV."""
    return [path.with_suffix(".csv")]


def outputs(arguments: argparse.Namespace) -> Iterator[Path]:
    """Files and folders that a command writes."""
    return (path for name in _writes(arguments) for path in _paths(getattr(arguments, name, None)))


def writes_files(arguments: argparse.Namespace) -> bool:
    """Whether a command writes files, so that what it prints is talk and not its result."""
    return next(outputs(arguments), None) is not None


def check_arguments(arguments: argparse.Namespace) -> None:
    """Check the numbers and the outputs of a command line.

    Parameters
    ----------
    arguments
        Parsed; its ``writes`` says which options name outputs (`Writes`).

    Raises
    ------
    InputError
        If a number is not finite, or an output would replace an input, a folder, another kind of file or a part of a spike data set,
        or cannot be written.
    """
    for name, value in vars(arguments).items():
        for number in value if isinstance(value, list | tuple) else [value]:
            if isinstance(number, float) and not math.isfinite(number):
                raise InputError(f"--{name.replace('_', '-')} {number:g}: expected a finite number")
    writes = _writes(arguments)
    inputs = [path for name, value in vars(arguments).items() if name not in writes for path in _paths(value)]
    written: dict[str, Path] = {}
    for name, suffixes in writes.items():
        for path in _paths(getattr(arguments, name, None)):
            if suffixes == FOLDER:
                _refuse_inputs(path, inputs)
            if suffixes in (FOLDER, IN_PLACE):
                continue
            check_output(path, (suffixes,) if isinstance(suffixes, str) else suffixes, inputs)
            if (other := written.setdefault(os.path.realpath(path), path)) is not path:
                raise InputError(f"{path}: is the same file as {other}; expected a name of its own for each output")
            for file in getattr(arguments, "beside", _nothing)(path):
                _check_beside(file, path, inputs)


def check_output(path: Path, suffixes: Sequence[str], inputs: Sequence[Path] = ()) -> None:
    """Check that a file can be written and replaces nothing but an earlier output.

    Parameters
    ----------
    path
        The file.
    suffixes
        Suffixes of its kind of file: a file of another kind is not replaced.
    inputs
        Files that the command reads.

    Raises
    ------
    InputError
        If it cannot, or would.
    """
    target = Path(os.path.realpath(path))
    check_file(target, path)
    check_name(target, path)
    _refuse_inputs(path, inputs)
    if target.exists() and target.stat().st_size and target.suffix not in suffixes:
        kinds = " or ".join(suffixes)
        raise InputError(f"{path}: is there already and would be lost; expected a name that ends with {kinds}, or one that is free")
    if data_set := next((folder for folder in target.parents if (folder / META_NAME).is_file()), None):
        raise InputError(f"{path}: is in the spike data set {data_set}; expected a file outside it")
    folder = first_existing(target.parent)
    if not folder.is_dir():
        raise InputError(f"{path}: {folder} is a file; expected a folder")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise InputError(f"{path}: no permission to write in {folder}; expected a folder that may be written")


def _refuse_inputs(path: Path, inputs: Sequence[Path]) -> None:
    if path.exists() and any(file.exists() and file.samefile(path) for file in inputs):
        raise InputError(f"{path}: is an input of this command and would be lost; expected another name for the output")


def _check_beside(file: Path, path: Path, inputs: Sequence[Path]) -> None:
    """Check a file that appears beside an output: one that is there without the output is somebody else's."""
    check_output(file, (file.suffix,), inputs)
    if file.is_symlink() or (file.exists() and not path.exists()):
        raise InputError(f"{file}: is there already, beside {path.name} it would be lost; expected another name for the output")


def _nothing(_path: Path) -> list[Path]:
    return []


def _writes(arguments: argparse.Namespace) -> Writes:
    writes: Writes = getattr(arguments, "writes", {})
    return writes


def _paths(value: Any) -> Iterator[Path]:
    """Paths among the values of one option."""
    yield from (item for item in (value if isinstance(value, list | tuple) else [value]) if isinstance(item, Path))
