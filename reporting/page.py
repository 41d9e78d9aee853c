"""The record of an experiment as a page: runs, parameters, versions, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from reporting.html import code, number, page, pairs, paragraph, section, table
from reporting.record import Checked, Record, Run

PHASES: Mapping[str, str] = {"compile": "compile (s)", "set_up": "set-up (s)", "simulate": "simulate (s)", "record": "write (s)"}
"""Phases of a simulation that do not overlap, and what the page calls them."""

OTHERS = "Others: processors that other programs kept busy meanwhile; compare times only of runs with few."


def provenance_page(record: Record) -> str:
    """Draw up ``provenance.html``."""
    return page(
        f"Provenance of experiment {record.experiment}",
        [
            _overview(record),
            section("Simulations", [_explanation(record.runs), _runs(record.runs), *_parts(record.runs)]),
            section("Parameters", _parameters(record.configuration)),
            section("Versions", [_versions(record)]),
            section("Tables that went in", [_files(record.inputs)]),
            section("Files that came out", [_files(record.results)]),
        ],
    )


def commit_text(record: Record) -> str:
    """Name the commit in one line."""
    if record.commit is None:
        return "unknown (run from neither a checkout nor an archive that git made)"
    return record.commit + record.difference


def _overview(record: Record) -> str:
    energy = [run.energy_J for run in record.runs if run.energy_J is not None]
    return pairs(
        ({"Version": code(record.version)} if record.version else {})
        | {
            "Commit": code(commit_text(record)),
            "Finished": escape(record.finished),
            "System": escape(record.system),
            "Seeds": ", ".join(map(str, record.configuration["seeds"])),
            "Simulators": escape("; ".join(dict.fromkeys(f"{run.backend} on {run.device}" for run in record.runs))),
            "Simulation, all runs": f"{number(sum(run.simulate_s for run in record.runs))} s",
            "Energy, all runs": f"{number(sum(energy))} J" if energy else "not counted: no GPU took part, or its driver has no counter",
        }
    )


def _explanation(runs: Sequence[Run]) -> str:
    text = "One row per simulation. RTF: seconds of simulation, writing included, per biological second. "
    text += "Processors: how many the simulation kept busy on average. " + OTHERS
    text += " Memory: the process's peak, and what is held on the GPU."
    counted = any(run.energy_J is not None for run in runs)
    return paragraph(text + " Energy: of the whole card while it simulated, by the driver's counter." * counted)


def _runs(runs: Sequence[Run]) -> str:
    """Tabulate the simulations, a row each; a column that is empty in all rows is left out."""
    columns = {
        "state": [escape(run.state) for run in runs],
        "seed": [str(run.seed) for run in runs],
        "simulator": [escape(run.backend) for run in runs],
        "device": [escape(run.device) for run in runs],
        "commit": [code(run.versions.get("procortex", "")) for run in runs],
        "t_sim (ms)": [number(run.t_sim) for run in runs],
        "neurons": [number(run.neurons) for run in runs],
        "synapses": [number(run.synapses) for run in runs],
        "spikes": [number(run.spikes) for run in runs],
        "events": [number(run.events) for run in runs],
        **{title: [number(run.wall_time_s.get(phase)) for run in runs] for phase, title in PHASES.items()},
        "RTF": [number(run.real_time_factor) for run in runs],
        "processors": [number(run.processors, 2) for run in runs],
        "others": [number(run.processors_of_others, 2) for run in runs],
        "memory (GB)": [number(run.peak_memory_bytes / 1e9) for run in runs],
        "GPU memory (GB)": [number(run.device_memory_bytes / 1e9) if run.device_memory_bytes else "" for run in runs],
        "energy (J)": [number(run.energy_J) for run in runs],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    words = {"state", "simulator", "device", "commit"}
    rows = list(zip(*shown.values(), strict=True))
    return table(list(shown), rows, {name: "number" for name in shown if name not in words})


def _parts(runs: Sequence[Run]) -> Iterable[str]:
    """Say what the phases consist of, where a simulator tells."""
    parts = list(dict.fromkeys(phase for run in runs for phase in run.wall_time_s if phase not in PHASES))
    if not parts:
        return []
    header = ["state", "seed", "simulator", *(f"{part} (s)" for part in parts)]
    rows = [
        [escape(run.state), str(run.seed), escape(run.backend), *(number(run.wall_time_s.get(part)) for part in parts)]
        for run in runs
        if any(part in run.wall_time_s for part in parts)
    ]
    numbers = {name: "number" for name in header if name not in {"state", "simulator"}}
    return [paragraph("Within the phase of the simulation:"), table(header, rows, numbers)]


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give nested values dotted names."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= flatten(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
    return flat


def value_text(value: Any) -> str:
    """Write a parameter's value as in a configuration."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def differing(states: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Dotted names of the parameters in which states differ."""
    flat = [flatten(values) for values in states.values()]
    names = list(dict.fromkeys(name for values in flat for name in values))
    return [name for name in names if any(values.get(name) != flat[0].get(name) for values in flat)]


def _parameters(configuration: Mapping[str, Any]) -> Iterable[str]:
    states: Mapping[str, Mapping[str, Any]] = configuration["states"]
    flat = {state: flatten(values) for state, values in states.items()}
    different = differing(states)
    if different:
        yield paragraph("Parameters in which the states differ:")
        yield table(
            ["parameter", *states], [[code(name), *(escape(value_text(flat[state].get(name))) for state in states)] for name in different]
        )
    first = next(iter(flat.values()), {})
    common = [[code(name), escape(value_text(value))] for name, value in first.items() if name not in different]
    yield f"<details open><summary>All other parameters</summary>\n{table(['parameter', 'value'], common)}\n</details>"


def _versions(record: Record) -> str:
    rows = [[escape(name), escape(text)] for name, text in record.software.items()]
    for backend in dict.fromkeys(run.backend for run in record.runs):
        texts = dict.fromkeys((name, text) for run in record.runs if run.backend == backend for name, text in run.versions.items())
        rows += [[f"{escape(name)} (simulator {escape(backend)})", escape(text)] for name, text in texts]
    return table(["software", "version"], rows)


def _files(files: Sequence[Checked]) -> str:
    if not files:
        return paragraph("None.")
    rows = [[code(file.path), number(file.size), code(file.sha256)] for file in files]
    return table(["file", "bytes", "SHA-256"], rows, {"bytes": "number"})
