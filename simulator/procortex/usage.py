"""Processor time that a stretch of this process takes, and that other programs take meanwhile: how busy the machine was."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STATES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
"""Columns of /proc/stat; further ones are parts of the first."""
IDLE = ("idle", "iowait")
NOTHING: Mapping[str, float] = {"processor_s": 0.0, "others_s": 0.0}
"""Totals before the first attempt."""


class Usage:
    """Processor seconds since the object was made.

    Parameters
    ----------
    statistics
        Where Linux counts the time of its processors.
    """

    def __init__(self, statistics: Path = Path("/proc/stat")) -> None:
        self._statistics = statistics
        self._own, self._all = time.process_time(), self._all_s()

    def totals(self, before: Mapping[str, Any]) -> dict[str, float | None]:
        """Add up with earlier attempts.

        Parameters
        ----------
        before
            What this gave then (`NOTHING` before the first attempt); what is missing there was not counted.

        Returns
        -------
        dict
            ``processor_s`` of this process, all its threads, and ``others_s`` of all other programs on the machine, other virtual
            machines that took the processor included; None where it is not counted.
        """
        own, whole = time.process_time() - self._own, self._all_s()
        others = None if whole is None or self._all is None else max(0.0, whole - self._all - own)
        values: dict[str, float | None] = {"processor_s": own, "others_s": others}
        return {name: _sum(value, before.get(name)) for name, value in values.items()}

    def _all_s(self) -> float | None:
        """Seconds that all processors together have worked."""
        try:
            _, *ticks = self._statistics.read_text().split("\n", 1)[0].split()
            counted = dict(zip(STATES, map(int, ticks), strict=False))
        except (OSError, ValueError):
            return None
        return sum(value for state, value in counted.items() if state not in IDLE) / os.sysconf("SC_CLK_TCK")


def _sum(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else round(now + before, 3)
