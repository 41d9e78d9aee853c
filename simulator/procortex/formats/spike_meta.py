"""``_meta.json`` beside the spikes: what ran, where, at what cost, and what the files hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from procortex.formats.populations import LAYER_POPULATIONS, split_label
from procortex.utilities.errors import InputError

META_NAME = "_meta.json"
"""Readers of Parquet pass over names with a leading underscore, so that they take the folder as it is."""

DIGEST = "digest"
"""Key of the digest of all others in the file."""

Count = Annotated[int, Field(ge=0, lt=2**63)]
Neurons = Annotated[int, Field(ge=0, lt=2**32)]
Step = Annotated[int, Field(ge=0, lt=2**31)]
PartName = Annotated[str, Field(pattern=r"^area=[^/\x00]+/part-\d+\.parquet$")]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Time = Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False)]


class Timed:
    """A simulation whose times are known by phase."""

    t_sim: Time
    wall_time_s: Mapping[str, Seconds]
    processor_s: Seconds | None
    others_s: Seconds | None

    @property
    def simulate_s(self) -> float:
        """Wall-clock seconds from the first step to the last spike, writing included; 0 if it was not timed."""
        return self.wall_time_s.get("simulate", 0.0) + self.wall_time_s.get("record", 0.0)

    @property
    def real_time_factor(self) -> float:
        """Wall-clock over biological time of these."""
        return self.simulate_s * 1e3 / self.t_sim

    @property
    def processors(self) -> float | None:
        """Processors that the simulation kept busy on average; None if it was not counted."""
        return None if self.processor_s is None or not self.simulate_s else self.processor_s / self.simulate_s

    @property
    def processors_of_others(self) -> float | None:
        """Processors that other programs kept busy meanwhile; None if it was not counted."""
        return None if self.others_s is None or not self.simulate_s else self.others_s / self.simulate_s


@dataclass(frozen=True)
class Part:
    """What one file of spikes holds.

    Attributes
    ----------
    rows
        Number of spikes.
    first_step, last_step
        Smallest and largest time step; 0 and 0 without spikes.
    footer
        Digest of the file's footer, which has position, size and range of every column: another file has another one.
    """

    rows: Count
    first_step: Step
    last_step: Step
    footer: str


@dataclass(frozen=True)
class SpikeMeta(Timed):
    """What one simulation was, and what it cost.

    Attributes
    ----------
    dt, t_sim
        Resolution and biological time (ms).
    populations
        Number of neurons of each simulated population, by label, in model order.
    recorded
        Number of recorded neurons of each population: the first ones by index.
    spikes
        Number of recorded spikes of each population.
    wall_time_s
        Wall-clock seconds by phase: ``compile``, ``set_up``, ``simulate`` and ``record``, which is all between the first step and the
        last spike that is no ``simulate``: handing spikes over, waiting for the disk, checkpoints; others are parts of ``simulate``.
    peak_memory_bytes, device_memory_bytes
        Of the process, and on a GPU.
    events
        Synaptic events delivered, where the backend counts them.
    energy_J
        Energy (J) that the device took while it simulated, where its driver counts it.
    processor_s, others_s
        Processor seconds from the first step to the last spike: of the simulation, all threads, and of all other programs on the machine.
        How much longer it took than on an idle machine follows from neither, but that it may have.
    attempts
        How often the simulation was begun or taken up; times, events and energy are those of all attempts that left a checkpoint.
    parts
        The files of spikes, by path within the folder.
    identity
        All that decides the spikes and the files, to tell the same simulation from another one.
    """

    dt: Time
    t_sim: Time
    seed: Count
    backend: str
    device: str
    populations: Mapping[str, Neurons]
    recorded: Mapping[str, Neurons]
    spikes: Mapping[str, Count]
    wall_time_s: Mapping[str, Seconds]
    versions: Mapping[str, str]
    network: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 1
    peak_memory_bytes: int = 0
    device_memory_bytes: int = 0
    events: int | None = None
    energy_J: float | None = None
    attempts: int = 1
    processor_s: Seconds | None = None
    others_s: Seconds | None = None
    parts: Mapping[PartName, Part] = field(default_factory=dict)
    identity: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n_steps(self) -> int:
        """Number of time steps."""
        return round(self.t_sim / self.dt)


def write_meta(folder: Path, meta: SpikeMeta) -> None:
    """Write ``_meta.json`` with the digest of its content, by which readers know that nobody has changed it."""
    content = asdict(meta)
    text = json.dumps({**content, DIGEST: _digest(content)}, indent=1)
    (folder / META_NAME).write_text(text + "\n", encoding="utf-8")


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read_meta(folder: Path) -> SpikeMeta:
    """Read ``_meta.json`` of a spike data set.

    Raises
    ------
    InputError
        If the folder is no spike data set, or the file is damaged.
    """
    path = folder / META_NAME
    try:
        content = path.read_bytes()
        meta = TypeAdapter(SpikeMeta).validate_json(content)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            f"{folder}: no spikes here ({META_NAME} is missing); expected what `python -m procortex run … --out` writes"
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{path}: not readable as the description of a simulation ({f'{where}: ' if where else ''}{first['msg']}); "
            "run the simulation again"
        ) from None
    values = json.loads(content)
    if values.pop(DIGEST, None) != _digest(values):
        raise InputError(f"{path}: was changed after the simulation; run the simulation again")
    if finding := _finding(meta):
        raise InputError(f"{path}: {finding}; run the simulation again")
    return meta


def _finding(meta: SpikeMeta) -> str | None:
    """Say what in a description contradicts itself."""
    for name in ("recorded", "spikes"):
        if set(getattr(meta, name)) != set(meta.populations):
            return f"{name} and populations name different populations"
    if strange := [label for label in meta.populations if split_label(label)[1] not in LAYER_POPULATIONS]:
        return f"{strange[0]} is no population, expected labels such as V1-23E"
    if more := [label for label, size in meta.populations.items() if meta.recorded[label] > size]:
        return f"{more[0]} has {meta.populations[more[0]]} neurons, of which {meta.recorded[more[0]]} cannot have been recorded"
    if not meta.t_sim / meta.dt < 2**31 or abs(meta.n_steps * meta.dt - meta.t_sim) > 1e-3 * meta.dt:
        return f"t_sim = {meta.t_sim:g} ms is no number of steps of dt = {meta.dt:g} ms that a simulation can have"
    simulated = {"n_steps": meta.n_steps, "seed": meta.seed} if "n_steps" in meta.identity else {}
    if other := [name for name, value in simulated.items() if meta.identity.get(name, value) != value]:
        return f"{other[0]} follows as {simulated[other[0]]}, but the simulation had {meta.identity[other[0]]}"
    return None
