"""How many processors this process may use: by affinity, and by the quota of its control group (containers, batch jobs)."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from procortex.utilities.errors import InputError

FEWEST_ALLOWED = 64
"""Threads that may be asked for on any machine: with more than the processors nothing is gained, but little is lost."""
PER_PROCESSOR = 2
"""Threads for each processor that may be asked for on large machines."""


def available_processors(process: Path = Path("/proc/self")) -> int:
    """Count the processors that this process may use.

    Parameters
    ----------
    process
        Folder in which Linux describes the process; without one there is no quota.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = min((_quota(group) for group in _groups(process)), default=math.inf)
    return max(1, min(allowed, math.ceil(quota))) if math.isfinite(quota) else allowed


def check_threads(option: str, threads: int) -> None:
    """Refuse a number of threads that the machine cannot be meant to run; say it in a line if it is above the processors.

    Raises
    ------
    InputError
        If the number is not from 1 to 64, or to twice the processors where these are more.
    """
    processors = available_processors()
    most = max(FEWEST_ALLOWED, PER_PROCESSOR * processors)
    usable = f"{processors} processor{'s' * (processors > 1)} can be used here"
    if not 1 <= threads <= most:
        raise InputError(f"{option} {threads}: expected 1 to {most} ({usable})")
    if threads > processors:
        print(f"{option} {threads}: {usable}; a larger number is slower", file=sys.stderr, flush=True)


def _groups(process: Path) -> Iterator[Path]:
    """Folders of the control groups whose quotas hold for a process: its own and all above, in both versions of the interface."""
    for mount, root, version in _mounts(process):
        path = next((path for path, kind in _memberships(process) if kind == version), None)
        if path is None:
            continue
        # in a container the path may be the host's, which cannot be seen from inside: then the group is the mount itself
        inside = Path(path).relative_to(root) if Path(path).is_relative_to(root) else Path()
        folder = mount / inside if ".." not in inside.parts and (mount / inside).is_dir() else mount
        yield from (group for group in (folder, *folder.parents) if group.is_relative_to(mount))


def _mounts(process: Path) -> Iterator[tuple[Path, str, int]]:
    """Where control groups are mounted, which group is on top there, and the version of the interface."""
    for line in _lines(process / "mountinfo"):
        place, _, kind = line.partition(" - ")
        if len(kind.split()) < 3 or len(place.split()) < 5:
            continue
        root, mount = (part.encode().decode("unicode_escape") for part in place.split()[3:5])  # a blank is written \\040
        if kind.split()[0] == "cgroup2":
            yield Path(mount), root, 2
        elif kind.split()[0] == "cgroup" and "cpu" in kind.split()[2].split(","):
            yield Path(mount), root, 1


def _memberships(process: Path) -> Iterator[tuple[str, int]]:
    """Control groups of a process, and the version of the interface."""
    for line in _lines(process / "cgroup"):
        hierarchy, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if hierarchy == "0" or "cpu" in controllers.split(","):
            yield path, 2 if hierarchy == "0" else 1


def _quota(group: Path) -> float:
    """Processors that a control group may use at a time; infinite without a quota."""
    words = " ".join(_lines(group / "cpu.max")).split()
    words = words or [word for name in ("quota", "period") for word in _lines(group / f"cpu.cfs_{name}_us")]
    try:
        quota, period = (float(word) for word in words)
    except ValueError:  # `max`, or no such files
        return math.inf
    return quota / period if quota > 0 and period > 0 else math.inf


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []
