"""Which of several GPUs a simulation takes: one that no other simulation of this machine has claimed."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Claim:
    """A claimed GPU. The claim ends with `release`, or with the process, however that ends.

    Attributes
    ----------
    ordinal
        Its place among the visible GPUs.
    lock
        File descriptor that holds the claim; None where all GPUs were claimed and this one is shared.
    """

    ordinal: int
    lock: int | None

    def release(self) -> None:
        """Let others have it."""
        if self.lock is not None:
            os.close(self.lock)


def claim(pci_bus_ids: Sequence[str], folder: Path | None = None) -> Claim:
    """Claim the first GPU that nobody has; share the first one if all are claimed.

    Parameters
    ----------
    pci_bus_ids
        Addresses of the visible GPUs; they are the same in every process, ordinals are not.
    folder
        Where the claims lie: one empty file for each GPU, locked while it is claimed (default: the system's temporary folder).
    """
    folder = folder or Path(tempfile.gettempdir())
    for ordinal, address in enumerate(pci_bus_ids):
        path = folder / f"procortex-gpu-{address.replace(':', '-').lower()}.lock"
        try:
            lock = _open(path)
        except OSError:  # another user's folder: nothing to claim with, so nothing to keep others off with
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        return Claim(ordinal, lock)
    return Claim(0, None)


def _open(path: Path) -> int:
    """Open a file of claims, which another user may have made: Linux lets nobody else create it anew in a shared folder."""
    try:
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return os.open(path, os.O_RDONLY | os.O_CREAT, 0o444)
