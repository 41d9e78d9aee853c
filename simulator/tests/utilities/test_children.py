"""A program that a command starts ends with the block that runs it, whenever an interruption comes."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from procortex.utilities.children import INTERRUPTIONS, running
from procortex.utilities.errors import _interrupt

SLEEP = ["sleep", "600"]
AS_TEXT: dict[str, Any] = {"text": True, "stderr": subprocess.DEVNULL}


@pytest.fixture
def handlers():
    """Those of a command."""
    before = {number: signal.signal(number, _interrupt) for number in INTERRUPTIONS}
    yield dict.fromkeys(INTERRUPTIONS, _interrupt)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("sent", INTERRUPTIONS)
def test_an_interruption_while_the_program_is_started(monkeypatch, handlers, sent, group):
    """The worst moment: the program runs, and nobody has its number yet."""
    started: list[int] = []
    real = subprocess.Popen

    class Interrupted(real):  # type: ignore[type-arg, misc, valid-type]
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self.pid)
            os.kill(os.getpid(), sent)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    with pytest.raises(KeyboardInterrupt), running(SLEEP, group=group, **AS_TEXT):
        pytest.fail("the interruption was lost")
    assert not Path(f"/proc/{started[0]}").exists()
    assert {number: signal.getsignal(number) for number in INTERRUPTIONS} == handlers


def test_an_interruption_while_a_program_that_does_not_exist_is_started(monkeypatch, handlers):
    def missing(*_arguments: Any, **_options: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "Popen", missing)
    with pytest.raises(KeyboardInterrupt), running(SLEEP, **AS_TEXT):
        pass
    assert signal.getsignal(signal.SIGTERM) is handlers[signal.SIGTERM]


def test_signals_that_are_ignored_stay_ignored_in_the_program(handlers):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    with running(["bash", "-c", "kill -HUP $$; echo goes on"], **AS_TEXT) as process:
        assert process.communicate(timeout=60)[0] == "goes on\n"


def test_the_program_ends_with_the_block():
    with running(SLEEP, **AS_TEXT) as process:
        assert process.poll() is None
    assert process.returncode == -signal.SIGKILL
