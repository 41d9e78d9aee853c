"""Results as a table: rows of the same case in one line, with the distance to the machine's ceilings."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ceilings import shares
from procortex.utilities.errors import InputError

COLUMNS = (
    "case", "neurons", "synapses", "state", "backend", "machine", "recording", "real-time factor [min, max]", "set-up (s)",
    "memory (GB)", "events/s", "phases (µs per step)", "share of the ceilings",
)  # fmt: skip
NOTABLE = 0.1
"""Processors that other programs may use without a word about it."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Summary:
    """All seeds of one case on one machine.

    Attributes
    ----------
    rows
        As `benchmarks.simulate.measure` gives them.
    """

    rows: tuple[Row, ...]

    def __getitem__(self, name: str) -> Any:
        return self.rows[0].get(name)

    def values(self, name: str) -> list[float]:
        """One value for each seed that has it."""
        return [row[name] for row in self.rows if row.get(name) is not None]

    def median(self, name: str) -> float:
        """Median over the seeds, 0 if no row has the value."""
        return float(statistics.median(self.values(name) or [0.0]))

    def phases(self) -> dict[str, float]:
        """Mean of each phase (microseconds per step) over the seeds."""
        measured = [row["phases_us_per_step"] for row in self.rows if row.get("phases_us_per_step")]
        return {phase: statistics.fmean(times[phase] for times in measured) for phase in (measured[0] if measured else {})}

    def mean_row(self) -> dict[str, Any]:
        """Row that stands for the seeds."""
        middle = {name: self.median(name) for name in ("real_time_factor", "events_per_s")}
        return dict(self.rows[0]) | middle | {"phases_us_per_step": self.phases()}


def read_results(folder: Path) -> tuple[list[dict[str, Any]], dict[str, dict[str, float]]]:
    """Read the rows of results in a folder, and the ceilings of each device.

    Raises
    ------
    InputError
        If there are none, or a file is no JSON.
    """
    rows, ceilings = [], {}
    for path in sorted(folder.glob("*.json")):
        try:
            values = dict(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError, RecursionError) as error:
            raise InputError(f"{path}: not readable as JSON ({error}); measure again") from None
        if "ceilings" in values:
            ceilings[str(values["device"])] = values["ceilings"]
        elif "real_time_factor" in values:
            rows.append(values)
    if not rows:
        raise InputError(f"{folder}: no results here; make some with `python -m benchmarks simulate … --out {folder}`")
    return rows, ceilings


def summaries(rows: Iterable[Row]) -> list[Summary]:
    """Gather the seeds of each case, in the order of size, state and speed."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        same = tuple(row.get(name) for name in ("case", "state", "backend", "device", "threads", "t_sim_ms"))
        groups.setdefault((*same, row.get("recording", True)), []).append(row)
    gathered = [Summary(tuple(sorted(group, key=lambda row: int(row["seed"])))) for group in groups.values()]
    return sorted(gathered, key=lambda s: (s["synapses"], s["case"], s["state"] or "", s.median("real_time_factor")))


def table(rows: Iterable[Row], ceilings: Mapping[str, Mapping[str, float]]) -> str:
    """Write results as a Markdown table, one line for each case on each machine."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    lines += ["| " + " | ".join(_cells(summary, ceilings.get(str(summary["device"])))) + " |" for summary in summaries(rows)]
    return "\n".join(lines)


def _cells(summary: Summary, ceilings: Mapping[str, float] | None) -> list[str]:
    factors = summary.values("real_time_factor")
    spread = f" [{min(factors):.3g}, {max(factors):.3g}]" if len(factors) > 1 else ""
    host, device = (max(summary.values(name), default=0) / 1e9 for name in ("peak_memory_bytes", "device_memory_bytes"))
    recording = summary.rows[0].get("recording", True)
    others = max(summary.values("processors_of_others"), default=0.0)
    reached = shares(summary.mean_row(), ceilings) if ceilings and summary["backend"] == "cuda" and summary["dt_ms"] else {}
    return [
        str(summary["case"]),
        f"{summary['neurons']:.3g}",
        f"{summary['synapses']:.3g}",
        str(summary["state"] or ""),
        str(summary["backend"]),
        str(summary["device"]) + (f"; other programs used {others:.1f} processors" if others >= NOTABLE else ""),
        "on" if recording else "off",
        f"{summary.median('real_time_factor'):.3g}{spread}",
        f"{summary.median('set_up_s'):.2f}",
        f"{host:.2f}" + (f" + {device:.2f} on the GPU" if device else ""),
        f"{summary.median('events_per_s'):.2e}",
        ", ".join(f"{phase} {time:.3g}" for phase, time in summary.phases().items()),
        ", ".join(f"{phase} {share:.0%}" for phase, share in reached.items()),
    ]
