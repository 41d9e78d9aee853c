"""Time whole simulations, each in a process of its own, and write a row of results for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import xarray as xr

from benchmarks.machine import describe_machine
from contracts.environment import command_environment
from contracts.startup import START_MS
from procortex.formats.network import pair_matrix, read_network
from procortex.formats.populations import LAYER_POPULATIONS, split_label
from procortex.formats.spike_meta import read_meta
from procortex.utilities.atomic import whole_file
from procortex.utilities.errors import InputError

WARM_UP_MS = START_MS
STATES: Mapping[float, str] = {1.0: "ground", 1.9: "resting"}
"""Name of a state by the factor on the synapses between areas."""


@dataclass(frozen=True)
class Case:
    """One network on one backend.

    Attributes
    ----------
    name
        Of the case in tables and plots.
    network
        Network file.
    t_sim, warm_up
        Biological time, and how much of it is not counted (ms); the simulator's command counts all.
    threads, record_first, memory_gb
        As the simulator's options; all processors, all neurons, all device memory if None.
    recording
        Whether the simulator's command writes all spikes, or the benchmark simulates by itself and drops them.
    phases
        Whether the kernels of a GPU are timed, in every fifth chunk, which the real-time factor leaves out.
    """

    name: str
    network: Path
    backend: str
    t_sim: float
    seed: int
    threads: int | None = None
    warm_up: float = 0.0
    recording: bool = True
    phases: bool = False
    record_first: int | None = None
    memory_gb: float | None = None

    def to_json(self) -> str:
        """Write as text."""
        return json.dumps(asdict(self) | {"network": str(self.network)})

    @classmethod
    def from_json(cls, text: str) -> Case:
        """Read what `to_json` wrote."""
        values = json.loads(text)
        return cls(**values | {"network": Path(values["network"])})


def default_warm_up(t_sim: float) -> float:
    """Warm-up (ms) of a simulation, where none is given."""
    return WARM_UP_MS if t_sim > WARM_UP_MS else 0.0


def build_network(config: Path, settings: Sequence[str], state: str | None, folder: Path) -> Path:
    """Build the network of a configuration into a folder."""
    network = folder / "network.nc"
    command = [sys.executable, "-m", "model", "build", "--config", str(config), "--out", str(network)]
    if settings:
        command += ["--set", *settings]
    if state:
        command += ["--state", state]
    _run(command)
    return network


def measure(case: Case) -> dict[str, Any]:
    """Simulate a case and give its row of results.

    Returns
    -------
    dict
        Sizes, wall times by phase (s), real-time factor (wall-clock over biological time, without the warm-up and with it), spikes and
        synaptic events per biological second, rates, memory (bytes), machine.
    """
    with tempfile.TemporaryDirectory() as folder:
        if case.recording:
            row = _measure_command(case, Path(folder) / "spikes")
        else:
            out = Path(folder) / "row.json"
            _run([sys.executable, "-m", "benchmarks", "_case", case.to_json(), str(out)])
            row = json.loads(out.read_text())
    return row | {"machine": describe_machine()}


def _measure_command(case: Case, out: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "procortex", "run", str(case.network), "--backend", case.backend]
    command += ["--t-sim", str(case.t_sim), "--seed", str(case.seed), "--out", str(out)]
    for option, value in (("--threads", case.threads), ("--record-first", case.record_first), ("--memory", case.memory_gb)):
        if value is not None:
            command += [option, str(value)]
    _run(command)
    meta = read_meta(out)
    times = meta.wall_time_s
    # populations of which only the first neurons were recorded stand for the whole
    spikes = {label: count * meta.populations[label] / max(meta.recorded[label], 1) for label, count in meta.spikes.items()}
    return base_row(
        replace(case, backend=meta.backend, warm_up=0.0, threads=meta.threads), read_network(case.network), spikes, meta.events
    ) | {
        "device": meta.device,
        "recorded": sum(meta.recorded.values()),
        "compile_s": round(times.get("compile", 0.0), 3),
        "set_up_s": round(times["set_up"], 3),
        "wall_time_s": {phase: round(time, 3) for phase, time in times.items()},
        "real_time_factor": round(meta.real_time_factor, 4),
        "real_time_factor_with_warm_up": round(meta.real_time_factor, 4),
        "processors": meta.processors,
        "processors_of_others": meta.processors_of_others,
        "peak_memory_bytes": meta.peak_memory_bytes,
        "device_memory_bytes": meta.device_memory_bytes,
        "versions": dict(meta.versions),
    }


def base_row(case: Case, network: xr.Dataset, spikes: Mapping[str, float], events: int | None) -> dict[str, Any]:
    """Row of what was simulated and what it did.

    Parameters
    ----------
    spikes
        Number of spikes of each population after the warm-up.
    events
        Synaptic events after the warm-up; None stands for the spikes times the mean out-degrees.
    """
    neurons = network["neurons"].to_series()
    seconds = (case.t_sim - case.warm_up) / 1e3
    if events is None:
        out_degree = pair_matrix(network, "synapses").sum("target").to_series() / neurons
        events = round(sum(count * out_degree[label] for label, count in spikes.items() if count))
    pooled = {layer: [label for label in neurons.index if split_label(label)[1] == layer] for layer in LAYER_POPULATIONS}
    return {
        "case": case.name,
        "state": _state(network),
        "backend": case.backend,
        "seed": case.seed,
        "threads": case.threads,
        "recording": case.recording,
        "neurons": int(neurons.sum()),
        "synapses": int(network["synapses"].sum()),
        "dt_ms": float(network.attrs["dt"]),
        "t_sim_ms": case.t_sim,
        "warm_up_ms": case.warm_up,
        "spikes_per_s": round(sum(spikes.values()) / seconds),
        "events_per_s": round(events / seconds),
        "rates": {
            layer: round(sum(spikes[label] for label in labels) / int(neurons[labels].sum()) / seconds, 4)
            for layer, labels in pooled.items()
            if labels
        },
    }


def _state(network: xr.Dataset) -> str:
    parameters = json.loads(network.attrs.get("configuration", "{}")).get("connection_params", {})
    factor = float(parameters.get("cc_weights_factor", 1.0))
    return STATES.get(factor, f"χ = {factor:g}")


def write_row(row: Mapping[str, Any], folder: Path) -> Path:
    """Write a row as one JSON file, named for its case, backend, threads, seed and recording."""
    end = "" if row["recording"] else "-unrecorded"
    path = folder / f"{row['case']}-{row['backend']}-{row['threads']}-seed{row['seed']}{end}.json"
    write_json(row, path)
    return path


def write_json(values: Mapping[str, Any], path: Path) -> None:
    """Write a JSON file as the results are kept."""
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n")


def _run(command: list[str]) -> None:
    run = subprocess.run(command, env=os.environ | command_environment(), check=False)
    if run.returncode != 0:
        raise InputError(f"`{' '.join(command[1:])}` failed with status {run.returncode}")
