"""The process that runs the workflow: where it and its jobs find the stages, and what a run that was killed has left."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from contracts.environment import check_checkout, command_environment, forget_working_directory
from procortex.utilities import orphans
from procortex.utilities.errors import Unheard

LOCKS = Path(".snakemake/locks")
"""Snakemake's own: the files that runs in this folder read and write."""
KERNELS = Path(".snakemake/kernels")
"""Names the kernels on which runs were started that may have locks."""


def isolate_jobs() -> None:
    """Let jobs find the stages and this interpreter, and no module of the working directory, and let them end with this process.

    Raises
    ------
    InputError
        If modules in the checkout hide others.
    """
    check_checkout()
    forget_working_directory()
    os.environ.update(command_environment())
    os.environ.update(PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]))
    os.environ[orphans.VARIABLE] = orphans.process_identity()


def hold_folder() -> TextIO | None:
    """Remove the locks of killed runs if no run is alive in the working directory.

    The kernel drops the hold on the file when the process ends, however it ends. A file system may keep the holds of other machines from
    us: if one of them may have left the locks, they stay, and Snakemake says how to remove them.

    Returns
    -------
    TextIO or None
        The open file that says that this run is alive. None if the folder cannot be written or its file system has no holds; what is
        locked then stays locked.
    """
    try:
        return _hold_folder()
    except OSError:
        return None


def _hold_folder() -> TextIO:
    kernel = orphans.running_kernel() + "\n"
    KERNELS.parent.mkdir(exist_ok=True)
    held = KERNELS.open("a+")
    known = True
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # another run is alive, and Snakemake compares its files with ours
        print(
            f"Another run is going on in this folder{_holder(held)}. If Snakemake finds that it needs the same files, do not use --unlock: "
            "wait for that run, or give another --directory.",
            file=sys.stderr,
        )
    else:
        held.seek(0)
        left, ours = any(LOCKS.glob("*.lock")), set(held.readlines()) == {kernel}
        known = ours or not left
        if known:
            held.truncate(0)
        if left and ours:
            print("The run that locked this folder was killed; its locks are removed.", file=sys.stderr)
            shutil.rmtree(LOCKS)
    if known:
        held.write(kernel)
        held.flush()
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


def _holder(file: TextIO) -> str:
    """Name the process that holds a file, as far as the system tells."""
    inode = str(os.fstat(file.fileno()).st_ino)
    try:
        held = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    except OSError:
        return ""
    # number, FLOCK, ADVISORY, READ, process, device:inode, range; waiting ones have an arrow in second place
    pids = [fields[4] for fields in held if len(fields) > 5 and fields[1] == "FLOCK" and fields[5].split(":")[-1] == inode]
    return f" (process {pids[0]})" if pids and int(pids[0]) > 0 else ""


def go_on_unheard(handlers: Iterable[logging.Handler]) -> None:
    """Let a logger go on when nobody reads its messages any more: `snakemake 2>&1 | head` ends what is said, not what runs.

    Parameters
    ----------
    handlers
        Of the logger; those that write files stay as they are.
    """
    for handler in handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler) and handler.stream:
            handler.setStream(Unheard(handler.stream))
