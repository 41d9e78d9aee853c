"""How the commands end when the input is bad: one clear line, exit status 2, no traceback."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

from contracts.orphans import end_with_workflow

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130


class InputError(Exception):
    """Something the user gave is wrong.

    The message says what is wrong, where, and what would be right. Several findings at once stand on lines of their own.
    """


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run_command(command: Callable[[], None]) -> int:
    """Run a command and turn what went wrong into an exit status.

    Parameters
    ----------
    command
        The command's body. A termination signal reaches it as ``KeyboardInterrupt``, so that it cleans up as after Ctrl-C.

    Returns
    -------
    int
        0, or 2 for bad input and a failing file system, or 130 after an interruption.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        end_with_workflow()
        command()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"error: {where}{error.strerror or error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt as interruption:
        print(f"interrupted: {interruption.args[0] if interruption.args else 'nothing was written'}", file=sys.stderr)
        return EXIT_INTERRUPTED
    return 0
