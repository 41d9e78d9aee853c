"""Programs that a command starts: they end with it, whenever an interruption comes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def running(command: Sequence[str], *, text: bool, stderr: int, env: Mapping[str, str] | None = None, group: bool = False) -> Iterator[Any]:
    """Start a program with a pipe at its standard output; end it where the block is left before it has ended.

    An interruption that comes while the program is being started is delivered when it runs: in the middle of `subprocess.Popen` it would
    leave a program that nobody knows. Blocking the signals does not help, since another thread of this process can take them.

    Parameters
    ----------
    command
        Program and arguments.
    text
        Whether the pipes give text, with what is no UTF-8 replaced.
    stderr
        As for `subprocess.Popen`.
    env
        Environment; this process' own if None.
    group
        Whether the program gets a process group of its own, which is ended as a whole.

    Yields
    ------
    subprocess.Popen

    Raises
    ------
    OSError
        If the program cannot be started.
    """
    came: list[int] = []
    process: subprocess.Popen[Any] | None = None
    try:
        with _noted(came):
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=text,
                errors="replace" if text else None,
                env=env,
                start_new_session=group,
            )
        yield process
    finally:
        if process is not None:
            _end(process, group=group)


@contextmanager
def _noted(came: list[int]) -> Iterator[None]:
    """Note interruptions instead of raising them; deliver them at the end of the block, whichever way it ends."""

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    with ExitStack() as stack:
        if threading.current_thread() is threading.main_thread():  # no other thread runs handlers or may set them
            # a signal that is ignored, or ends this process at once, stays so: the program inherits the first, and the second is no error
            handlers = {number: handler for number in INTERRUPTIONS if callable(handler := signal.getsignal(number))}
            stack.callback(_deliver, came)
            for number, handler in handlers.items():
                stack.callback(signal.signal, number, handler)
            for number in handlers:
                signal.signal(number, note)
        yield


def _deliver(came: Sequence[int]) -> None:
    for number in came:
        signal.raise_signal(number)


def _end(process: subprocess.Popen[Any], *, group: bool) -> None:
    """End a program that still runs, and close its pipes."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            if group:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()  # it may be deaf to what interrupts us
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
