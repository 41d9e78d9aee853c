"""Time whole simulations, each in a process of its own, and write a row of results for each."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine
from contracts.errors import InputError
from contracts.network import read_network
from contracts.spikes import SpikeMeta, read_meta


@dataclass(frozen=True)
class Case:
    """One network on one backend.

    Attributes
    ----------
    name
        Of the case in tables and plots.
    network
        Network file.
    t_sim
        Biological time (ms).
    threads, record_first
        As the simulator's options; all processors, all neurons if None.
    """

    name: str
    network: Path
    backend: str
    t_sim: float
    seed: int
    threads: int | None = None
    record_first: int | None = None


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
        Sizes, wall times by phase (s), real-time factor (wall-clock time of the simulation phase over biological time), spikes and
        synaptic events per biological second, peak memory (bytes), machine.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "spikes"
        command = [sys.executable, "-m", "simulator", "run", str(case.network), "--backend", case.backend]
        command += ["--t-sim", str(case.t_sim), "--seed", str(case.seed), "--out", str(out)]
        if case.threads:
            command += ["--threads", str(case.threads)]
        if case.record_first:
            command += ["--record-first", str(case.record_first)]
        _run(command)
        meta = read_meta(out)
    return _row(case, meta) | {"machine": describe_machine()}


def _row(case: Case, meta: SpikeMeta) -> dict[str, Any]:
    network = read_network(case.network)
    neurons = network["neurons"].to_series()
    out_degree = network["synapses"].sum("target").to_series() / neurons
    # populations of which only the first neurons were recorded stand for the whole
    spikes = {label: count * meta.populations[label] / max(meta.recorded[label], 1) for label, count in meta.spikes.items()}
    seconds = meta.t_sim / 1e3
    return {
        "case": case.name,
        "backend": meta.backend,
        "device": meta.device,
        "threads": meta.threads,
        "neurons": int(neurons.sum()),
        "synapses": int(network["synapses"].sum()),
        "t_sim_ms": meta.t_sim,
        "seed": meta.seed,
        "recorded": sum(meta.recorded.values()),
        "set_up_s": round(meta.wall_time_s["set_up"], 3),
        "wall_time_s": {phase: round(time, 3) for phase, time in meta.wall_time_s.items()},
        "real_time_factor": round(meta.wall_time_s["simulate"] / seconds, 3),
        "spikes_per_s": round(sum(spikes.values()) / seconds),
        "events_per_s": round(sum(count * out_degree[label] for label, count in spikes.items()) / seconds),
        "peak_memory_bytes": meta.peak_memory_bytes,
        "rates": {label: round(count / meta.populations[label] / seconds, 4) for label, count in spikes.items()}
        if len(spikes) <= 8
        else {},
        "versions": dict(meta.versions),
    }


def write_row(row: dict[str, Any], folder: Path) -> Path:
    """Write a row as one JSON file, named for its case, backend, threads and seed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{row['case']}-{row['backend']}-{row['threads']}-seed{row['seed']}.json"
    path.write_text(json.dumps(row, indent=1) + "\n")
    return path


def _run(command: list[str]) -> None:
    run = subprocess.run(command, check=False)
    if run.returncode != 0:
        raise InputError(f"`{' '.join(command[1:])}` failed with status {run.returncode}")
