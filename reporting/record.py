"""The record of an experiment: what was run, with which parameters, on what, at what cost, and what came out."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from contracts.documents import read_json, read_yaml
from procortex.formats.spike_meta import Timed, read_meta
from procortex.utilities.errors import InputError
from procortex.utilities.repository import version
from procortex.utilities.texts import in_short

SOFTWARE = (
    "snakemake",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "xarray",
    "h5netcdf",
    "elephant",
    "neo",
    "networkx",
    "infomap",
    "matplotlib",
)
"""Packages whose versions can change a result or a figure; each simulation names those of its simulator itself."""


@dataclass(frozen=True)
class Run(Timed):
    """One simulation.

    Attributes
    ----------
    folder
        Its spikes.
    t_sim
        Biological time (ms).
    neurons, synapses
        Of the network.
    spikes
        Recorded ones.
    wall_time_s
        Wall-clock seconds by phase.
    peak_memory_bytes, device_memory_bytes
        Of the process, and on a GPU.
    events
        Synaptic events delivered, where the simulator counts them.
    energy_J
        Taken by the device while it simulated, where its driver counts it.
    processor_s, others_s
        Processor seconds while it simulated: its own, and those of all other programs on the machine.
    """

    state: str
    seed: int
    backend: str
    folder: str
    device: str
    threads: int
    t_sim: float
    neurons: int
    synapses: int
    spikes: int
    wall_time_s: Mapping[str, float]
    peak_memory_bytes: int
    device_memory_bytes: int
    events: int | None
    energy_J: float | None
    versions: Mapping[str, str]
    processor_s: float | None = None
    others_s: float | None = None


@dataclass(frozen=True)
class Checked:
    """A file and its checksum (SHA-256, hexadecimal)."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Record:
    """All of an experiment.

    Attributes
    ----------
    commit, changed
        Of the checkout or archive when the record was made (None without either), and whether files differed from it (None if nothing
        could tell). What each simulation ran from stands in its versions.
    version
        Release and commit in one word, as ``--version`` prints them; empty in records of before there were releases.
    finished
        When the last of the results appeared (ISO 8601, UTC).
    software
        Versions of the packages that analysed and drew.
    configuration
        A configuration that repeats the experiment.
    inputs, results
        Tables that went in, files that came out.
    """

    experiment: str
    commit: str | None
    changed: bool | None
    finished: str
    system: str
    software: Mapping[str, str]
    configuration: Mapping[str, Any]
    runs: tuple[Run, ...]
    inputs: tuple[Checked, ...]
    results: tuple[Checked, ...]
    version: str = ""

    @property
    def difference(self) -> str:
        """Words behind the commit: whether files differed from it."""
        return {True: ", with files that differ from it", False: "", None: ", whether files differ from it is unknown"}[self.changed]


def make_record(configuration: Mapping[str, Any], spikes: Sequence[Path], inputs: Sequence[Path], results: Sequence[Path]) -> Record:
    """Record an experiment.

    Parameters
    ----------
    configuration
        As in a configuration file; its ``states`` hold all parameters of each state.
    spikes
        Spike data sets, in folders STATE/seed-SEED/BACKEND/spikes.
    inputs, results
        Files to name with their checksums.

    Raises
    ------
    InputError
        If a data set or a file is missing.
    """
    code = version()
    checked = tuple(_checked(path) for path in results)
    newest = max((path.stat().st_mtime for path in results), default=datetime.now(UTC).timestamp())
    return Record(
        experiment=configuration["experiment"],
        commit=code.commit,
        changed=code.changed,
        finished=datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds"),
        system=platform.platform(terse=True),
        software={"python": platform.python_version()} | {package: _version(package) for package in SOFTWARE},
        configuration=configuration,
        runs=tuple(read_run(folder) for folder in spikes),
        inputs=tuple(_checked(path) for path in inputs),
        results=checked,
        version=str(code),
    )


def read_run(folder: Path) -> Run:
    """Read the record of a simulation from its spikes, in a folder STATE/seed-SEED/BACKEND/spikes."""
    meta = read_meta(folder)
    return Run(
        state=folder.parts[-4],
        seed=meta.seed,
        backend=meta.backend,
        folder=folder.as_posix(),
        device=meta.device,
        threads=meta.threads,
        t_sim=meta.t_sim,
        neurons=sum(meta.populations.values()),
        synapses=synapses if isinstance(synapses := meta.network.get("n_synapses", 0), int) else 0,
        spikes=sum(meta.spikes.values()),
        wall_time_s=meta.wall_time_s,
        peak_memory_bytes=meta.peak_memory_bytes,
        device_memory_bytes=meta.device_memory_bytes,
        events=meta.events,
        energy_J=meta.energy_J,
        versions=meta.versions,
        processor_s=meta.processor_s,
        others_s=meta.others_s,
    )


def _checked(path: Path) -> Checked:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return Checked(path.as_posix(), file.tell(), digest.hexdigest())
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; it is named as a table or result of the experiment") from None


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def write_text(record: Record) -> str:
    """Text of ``provenance.json``."""
    return json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n"


def read_record(path: Path) -> Record:
    """Read ``provenance.json``.

    Raises
    ------
    InputError
        If the file is missing or no such record.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file; `snakemake` writes it when an experiment is complete")
    remedy = "delete it and run `snakemake` again"
    values = read_json(path, f"the record of an experiment: {remedy}")
    try:
        values["runs"] = tuple(Run(**run) for run in values["runs"])
        for name in ("inputs", "results"):
            values[name] = tuple(Checked(**file) for file in values[name])
        return Record(**values)
    except (KeyError, TypeError) as error:
        raise InputError(f"{path}: not readable as the record of an experiment ({in_short(error)}); {remedy}") from None


def read_configuration(path: Path) -> dict[str, Any]:
    """Read the configuration of an experiment; its ``states`` must hold all parameters of each state.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        values = read_yaml(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; expected the configuration of an experiment") from None
    if not isinstance(values, dict) or not {"experiment", "seeds", "states"} <= set(values):
        raise InputError(f"{path}: experiment, seeds or states are missing; expected the configuration of an experiment")
    return values
