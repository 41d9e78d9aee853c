"""Progress of what takes more than a few seconds: a bar on a terminal and in a notebook, now and then a line in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from tqdm import tqdm

LOG_INTERVAL_S = 10.0


def _shows_bars(stream: object) -> bool:
    """Whether a bar that is drawn again and again shows as one line: on terminals and in notebooks."""
    terminal = getattr(stream, "isatty", lambda: False)()
    return bool(terminal) or type(stream).__module__.startswith("ipykernel")


class Progress:
    """Report how far a long piece of work has come.

    Parameters
    ----------
    name
        What is being done.
    total
        Amount of work, in `unit`.
    unit
        Unit of the amount: ``ms`` reports the real-time factor as well.
    done
        Work that was done before, in an earlier attempt.
    """

    def __init__(self, name: str, total: float, unit: str, done: float = 0.0) -> None:
        self.name = name
        self.total = total
        self.unit = unit
        self.done = self._before = done
        self._start = time.perf_counter()
        self._last_line = self._start
        self._bar = tqdm(total=total, initial=done, desc=name, unit=unit, file=sys.stderr, disable=not _shows_bars(sys.stderr), leave=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None and self._bar.disable:
            self._print_line("")
        self._bar.close()

    def update(self, amount: float, note: str = "") -> None:
        """Add finished work; `note` says more about it (spikes so far, memory)."""
        self.done += amount
        if not self._bar.disable:
            self._bar.set_postfix_str("  ".join(part for part in (self._real_time_factor(), note) if part), refresh=False)
            self._bar.update(amount)
        elif time.perf_counter() - self._last_line >= LOG_INTERVAL_S:
            self._print_line(note)

    def _real_time_factor(self) -> str:
        if self.unit != "ms" or self.done <= self._before:
            return ""
        return f"RTF {(time.perf_counter() - self._start) * 1e3 / (self.done - self._before):.3g}"

    def _print_line(self, note: str) -> None:
        self._last_line = time.perf_counter()
        elapsed = self._last_line - self._start
        now = self.done - self._before
        left = f"{elapsed * (self.total - self.done) / now:.0f} s left" if now else ""
        parts = [
            f"{self.name}: {self.done:,.0f} of {self.total:,.0f} {self.unit}",
            f"{elapsed:.1f} s",
            self._real_time_factor(),
            left if self.done < self.total else "done",
            note,
        ]
        print("  ".join(part for part in parts if part), file=sys.stderr, flush=True)
