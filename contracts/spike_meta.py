"""``meta.json`` beside the spikes: what ran, where, and at what cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.errors import InputError

META_NAME = "meta.json"


class Timed:
    """A simulation whose times are known by phase."""

    t_sim: float
    wall_time_s: Mapping[str, float]
    processor_s: float | None
    others_s: float | None

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
    """

    dt: float
    t_sim: float
    seed: int
    backend: str
    device: str
    populations: Mapping[str, int]
    recorded: Mapping[str, int]
    spikes: Mapping[str, int]
    wall_time_s: Mapping[str, float]
    versions: Mapping[str, str]
    network: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 1
    peak_memory_bytes: int = 0
    device_memory_bytes: int = 0
    events: int | None = None
    energy_J: float | None = None
    attempts: int = 1
    processor_s: float | None = None
    others_s: float | None = None

    @property
    def n_steps(self) -> int:
        """Number of time steps."""
        return round(self.t_sim / self.dt)


def read_meta(folder: Path) -> SpikeMeta:
    """Read ``meta.json`` of a spike data set.

    Raises
    ------
    InputError
        If the folder is no spike data set.
    """
    path = folder / META_NAME
    try:
        return SpikeMeta(**json.loads(path.read_text()))
    except FileNotFoundError:
        raise InputError(
            f"{folder}: no spikes here ({META_NAME} is missing); expected what `python -m simulator run … --out` writes"
        ) from None
    except (json.JSONDecodeError, TypeError) as error:
        raise InputError(f"{path}: not readable as the description of a simulation ({error}); run the simulation again") from None
