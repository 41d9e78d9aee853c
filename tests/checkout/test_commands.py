"""Every command says what it does and shows a call that it takes."""

from __future__ import annotations

import argparse
import importlib
import shlex
from collections.abc import Iterator

import pytest

STAGES = ("model", "procortex", "analysis", "sources", "reporting")


def commands() -> Iterator[tuple[str, argparse.ArgumentParser, argparse.ArgumentParser]]:
    for stage in STAGES:
        parser = importlib.import_module(f"{stage}.__main__")._parser()
        (choices,) = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        for name, command in choices.items():
            yield name, parser, command


@pytest.mark.parametrize(("name", "parser", "command"), [pytest.param(*found, id=f"{found[1].prog} {found[0]}") for found in commands()])
def test_a_command_has_a_description_and_an_example_that_it_takes(
    name: str, parser: argparse.ArgumentParser, command: argparse.ArgumentParser
) -> None:
    assert command.description
    shown = command.format_help().rpartition("example:")[2]
    if name == "acceptance":  # its many inputs are in docs/validation.md
        return
    words = shlex.split(shown)
    prog = parser.prog.split()
    assert words[: len(prog)] == prog
    assert parser.parse_args(words[len(prog) :])
