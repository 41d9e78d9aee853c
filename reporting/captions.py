"""What captions and front page of the report say about the experiment; Snakemake asks for it when it writes the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from procortex.utilities.errors import InputError
from reporting.html import number
from reporting.page import OTHERS, differing, flatten, value_text
from reporting.record import Record, Run, read_record

OF_ANATOMY = ("connectivity.source", "connectivity.stabilisation")
OF_NETWORK = ("network_params.N_scaling", "network_params.K_scaling", "sim_params.areas_simulated", "connectivity.stabilisation")
"""Parameters that are named whether states differ in them or not."""
DURATION = ("sim_params.t_sim",)
ALL_AREAS = 32
PAGE = "provenance.html"


class Captions:
    """Texts in reStructuredText; empty as long as the record is not there, so that a report of a part is possible.

    Parameters
    ----------
    path
        ``provenance.json``; read when the first text is asked for.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _record(self) -> Record | None:
        try:
            return read_record(self._path)
        except InputError:
            return None

    def footer(self, wildcards: Any, files: Iterable[Any] = (), of: str = "simulation") -> str:
        """Parameters and provenance under a caption: those of the figure's state and simulator, or of all.

        Parameters
        ----------
        wildcards
            Of the rule that drew the figure.
        files
            Of the report, by name (``target``): the page of the provenance is pointed to if it is among them.
        of
            What the figure shows: a ``simulation``, the ``network`` that is simulated, or the ``anatomy`` at full density.
        """
        if self._record is None:
            return ""
        text = footer(self._record, wildcards.get("state"), wildcards.get("backend"), of)
        return text + f"All of it: {PAGE}_.\n" * any(file.target == PAGE for file in files)

    def front(self) -> str:
        """Tables of the front page: what differs between the states, and what was run."""
        return "" if self._record is None else front(self._record)

    def scaled(self) -> bool:
        """Whether a network is smaller than the published one."""
        states = {} if self._record is None else self._record.configuration["states"]
        return any(values["network_params"][name] != 1 for values in states.values() for name in ("N_scaling", "K_scaling"))


def footer(record: Record, state: str | None, backend: str | None, of: str) -> str:
    """Text under the caption of a figure of a state and a simulator, or of all (None)."""
    states: Mapping[str, Mapping[str, Any]] = record.configuration["states"]
    shown = {name: flatten(values) for name, values in states.items() if state in (None, name)}
    names = _names(states, OF_ANATOMY if of == "anatomy" else OF_NETWORK, () if of == "simulation" else DURATION)
    parameters = {name: "; ".join(_values(values, names)) for name, values in shown.items()}
    lines = [f"*Parameters.* {_literal(f'{name} state: {values}')}." for name, values in parameters.items()]
    runs = [run for run in record.runs if state in (None, run.state) and backend in (None, run.backend)]
    if of == "simulation" and runs:
        devices = "; ".join(dict.fromkeys(f"{run.backend} ({run.device})" for run in runs))
        lines += [f"*Simulations.* {_literal(devices)}; {_seeds(record)}; {_cost(runs)}."]
    lines += [f"*Provenance.* {_commit(record)}; finished {_time(record)}."]
    return "\n\n" + "\n\n".join(lines) + "\n"


def front(record: Record) -> str:
    """Tables of the front page."""
    states: Mapping[str, Mapping[str, Any]] = record.configuration["states"]
    flat = {name: flatten(values) for name, values in states.items()}
    names = _names(states, OF_NETWORK, ())
    parameters = [[f"``{name}``", *(_literal(_value(values, name)) for values in flat.values())] for name in names]
    runs = [
        [
            *(run.state, str(run.seed), run.backend, number(run.simulate_s), number(run.real_time_factor)),
            *(number(run.processors_of_others, 2), number(run.spikes)),
        ]
        for run in record.runs
    ]
    tables = [_list_table(["Parameter", *flat], parameters)]
    tables += [_list_table(["State", "Seed", "Simulator", "Seconds", "RTF", "Others", "Spikes"], runs)] * bool(runs)
    devices = "; ".join(dict.fromkeys(f"{run.backend} on {run.device}" for run in record.runs))
    about = [f"Simulated by {_literal(devices)}. RTF: seconds of simulation, writing included, per biological second. {OTHERS}"] * bool(
        runs
    )
    about += [f"{_commit(record)}; finished {_time(record)}."]
    return "\n\n" + "\n\n".join(tables + about) + "\n"


def _names(states: Mapping[str, Mapping[str, Any]], always: Sequence[str], never: Sequence[str]) -> list[str]:
    """Names of the parameters to show: some always, and those in which states differ."""
    shown = dict.fromkeys([*always, *DURATION, *differing(states)])
    return [name for name in shown if name not in never]


def _commit(record: Record) -> str:
    """Name the commit as people do."""
    if record.commit is None:
        return "Commit unknown"
    return f"Commit ``{record.commit[:12]}``" + record.difference


def _time(record: Record) -> str:
    return f"{datetime.fromisoformat(record.finished):%d %B %Y, %H:%M} UTC"


def _seeds(record: Record) -> str:
    seeds = record.configuration["seeds"]
    return f"seed{'s' * (len(seeds) != 1)} {', '.join(map(str, seeds))}"


def _value(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return "all" if isinstance(value, list) and name.endswith("areas_simulated") and len(value) == ALL_AREAS else value_text(value)


def _values(values: Mapping[str, Any], names: Iterable[str]) -> Iterable[str]:
    return (f"{name.rpartition('.')[2]} {_value(values, name)}" for name in names)


def _cost(runs: Sequence[Run]) -> str:
    energy = [run.energy_J for run in runs if run.energy_J is not None]
    text = f"{number(sum(run.simulate_s for run in runs))} s in all"
    return text + (f", {number(sum(energy))} J" if energy else "")


def _literal(text: str) -> str:
    """Keep text from being read as markup."""
    return "".join(f"\\{letter}" if letter in "\\*`|_" else letter for letter in text)


def _list_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (header, *rows):
        lines += [f"   {'*' if first else ' '} - {cell}" for first, cell in zip([True] + [False] * (len(row) - 1), row, strict=True)]
    return "\n".join(lines)
