"""End with the parent: a job whose Snakemake was killed stops as after SIGTERM and leaves what an interruption leaves."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from pathlib import Path

VARIABLE = "PROCORTEX_WORKFLOW_PROCESS"
"""Environment variable with the identity of the Snakemake process that a command is a job of."""

GRACE_S = 60.0
"""Time to end after SIGTERM: a library may hold the signal back for as long as one of its calls lasts."""
POLL_S = 1.0


def running_kernel() -> str:
    """Name what this machine runs since it was started, so that no other machine has the same name.

    Raises
    ------
    OSError
        If the system does not tell.
    """
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def process_identity(pid: int | None = None) -> str:
    """Name a process so that nothing else is taken for it: number, start time, kernel, namespace of process numbers.

    Parameters
    ----------
    pid
        Number of the process; default: this one.

    Returns
    -------
    str
        The identity, or an empty text if there is no such process, it has ended, or this system does not tell.
    """
    number = os.getpid() if pid is None else pid
    try:
        state, *fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        where = f"{running_kernel()} {Path('/proc/self/ns/pid').readlink()}"
    except (OSError, ValueError):
        return ""
    return "" if state in "ZX" else f"{number} {fields[18]} {where}"


def end_with_workflow() -> None:
    """End this process when the Snakemake process ends that it is a job of; without one nothing happens."""
    end_with(os.environ.get(VARIABLE, ""))


def end_with(identity: str) -> None:
    """End this process by SIGTERM when another one ends.

    Parameters
    ----------
    identity
        What `process_identity` says of the other process. On another machine and in another container the number means another process,
        and nothing is watched.
    """
    pid, _, where = (*identity.split(maxsplit=2), "", "", "")[:3]
    if where and where == process_identity().partition(" ")[2].partition(" ")[2]:
        threading.Thread(target=_end_after, args=(int(pid), identity), name="orphans", daemon=True).start()


def _end_after(pid: int, identity: str) -> None:
    _wait_for_end(pid, identity)
    os.kill(os.getpid(), signal.SIGTERM)  # reaches the main thread as any other signal does
    time.sleep(GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)


def _wait_for_end(pid: int, identity: str) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except (AttributeError, OSError):  # Python or kernel are without it, or the process is gone
        while process_identity(pid) == identity:
            time.sleep(POLL_S)
        return
    try:
        if process_identity(pid) == identity:  # while the descriptor is open nobody else gets the number
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll()
    finally:
        os.close(descriptor)
