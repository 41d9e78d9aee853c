"""How the commands end when the input is bad: one clear line, exit status 2, no traceback."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor
from types import FrameType
from typing import TextIO

from procortex.utilities.orphans import end_with_workflow

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130

LEAST_ADDRESS_SPACE = 2 << 30
"""Smallest address space (bytes). Python, NumPy, Arrow and HDF5 reserve about 1 GB and use little of that."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of writing alone: a full disk, a quota, a limit of the size of files."""

MOST_FINDINGS = 100
"""Findings that a message shows; one wrong file can hold tens of thousands."""


class InputError(Exception):
    """Something the user gave is wrong.

    The message says what is wrong, where, and what would be right. Several findings at once stand on lines of their own; the text shows
    the first ones, and how many more there are.
    """

    @property
    def findings(self) -> list[str]:
        """All findings, one line each."""
        return super().__str__().split("\n")

    def __str__(self) -> str:
        return "\n".join(shown_findings(self.findings))


def shown_findings(findings: Sequence[str]) -> list[str]:
    """Give the first findings, and a line that counts the others."""
    more = len(findings) - MOST_FINDINGS
    return [*findings[:MOST_FINDINGS], *([f"and {more:,} more findings"] if more > 0 else [])]


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Unheard:
    """A text stream that goes on when nobody reads it or its disk is full: talk must not end a long simulation."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write if that is possible."""
        with contextlib.suppress(OSError, ValueError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush if that is possible."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def run_command(command: Callable[[], None], arguments: argparse.Namespace | None = None) -> int:
    """Run a command and turn what went wrong into an exit status.

    Parameters
    ----------
    command
        The command's body. A termination signal, or a terminal that closes, reaches it as ``KeyboardInterrupt``, so that it cleans up as
        after Ctrl-C.
    arguments
        The command line, which `procortex.utilities.arguments.check_arguments` looks through first. With an output file or folder among
        them, a standard output that nobody reads is no failure.

    Returns
    -------
    int
        0, or 2 for bad input and a failing file system, or 130 after an interruption.
    """
    _open_streams()
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # nohup has it ignored
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        _check_address_space()
        end_with_workflow()
        if arguments is not None:
            from procortex.utilities.arguments import check_arguments, writes_files

            check_arguments(arguments)
            if writes_files(arguments):
                sys.stdout = Unheard(sys.stdout)
        command()
        sys.stdout.flush()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except BrokenPipeError:  # `| head` has read enough
        _drop_stdout()
    except OSError as error:
        print(f"error: {_where(error, arguments)}{error.strerror or error}", file=sys.stderr)
        _drop_stdout()
        return EXIT_BAD_INPUT
    except MemoryError:
        print(
            "error: the memory of this machine is not enough; choose a smaller network, fewer recorded neurons or fewer --jobs",
            file=sys.stderr,
        )
        return EXIT_BAD_INPUT
    except BrokenExecutor:
        print("error: a process of this command was ended, as a rule for want of memory; choose fewer --jobs", file=sys.stderr)
        return EXIT_BAD_INPUT
    except RuntimeError as error:
        if "can't start new thread" not in str(error):
            raise
        print("error: cannot start another thread; raise the limit of processes (ulimit -u, or the container's)", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt as interruption:
        print(f"interrupted: {interruption.args[0] if interruption.args else 'nothing was written'}", file=sys.stderr)
        return EXIT_INTERRUPTED
    return 0


def _check_address_space() -> None:
    """Refuse a limit that leaves too little for the libraries alone: they crash where they cannot start their threads."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_ADDRESS_SPACE:
        there, least = f"{limit / 1e9:.2g} GB", f"{LEAST_ADDRESS_SPACE / 1e9:.2g} GB"
        raise InputError(f"the address space is limited to {there} (ulimit -v); expected at least {least}, or no limit")


def _open_streams() -> None:
    """Give a standard stream that is closed to the null device, lest the next file that is opened takes its number and hears the talk."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    sys.stderr = Unheard(sys.stderr or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def _drop_stdout() -> None:
    """Let the interpreter's last flush go to the null device: it would fail as the one before."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _where(error: OSError, arguments: argparse.Namespace | None) -> str:
    """Name the file of an error, or what else it is about."""
    if error.filename:
        return f"{error.filename}: "
    if error.errno == errno.EMFILE:
        return "the limit of open files is too low, see `ulimit -n`: "
    if error.errno not in NO_ROOM:
        return ""
    from procortex.utilities.arguments import outputs

    return f"{next(outputs(arguments), 'standard output') if arguments else 'standard output'}: "
