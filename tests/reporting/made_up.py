"""Results of an experiment that was never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from model.configuration import load_experiment
from procortex.formats.spike_meta import SpikeMeta
from procortex.formats.spike_writer import spike_data_set

POPULATIONS = {"V1-23E": 7, "V1-23I": 3}
RUNS = (("ground", "cpu", None), ("ground", "nest", None), ("resting", "cpu", 12.5))


def configuration() -> dict[str, Any]:
    """A configuration of two states that differ in their duration and in chi."""
    given = {
        "experiment": "made",
        "N_scaling": 0.5,
        "areas_simulated": ["V1"],
        "states": {"ground": {"cc_weights_factor": 1.0, "t_sim": 100.0}, "resting": {"t_sim": 200.0}},
        "seeds": [3],
        "raw_dir": "somewhere",
    }
    return load_experiment([], given).configuration()


def write_spikes(folder: Path, state: str, backend: str, energy: float | None) -> None:
    """Write a data set of three spikes."""
    with spike_data_set(folder, POPULATIONS) as writer:
        writer.append(np.array([1, 1, 4], np.int32), np.array([0, 8, 2], np.uint32))
        writer.set_meta(
            SpikeMeta(
                dt=0.1,
                t_sim=100.0 if state == "ground" else 200.0,
                seed=3,
                backend=backend,
                device="GPU <1>" if energy else "processor",
                populations=POPULATIONS,
                recorded=POPULATIONS,
                spikes=writer.counts,
                wall_time_s={"set_up": 0.5, "simulate": 1.75, "record": 0.25} | ({"deliver": 1.5} if backend == "cpu" else {}),
                versions={"procortex": "abc+", "compiler": "c++"},
                network={"n_neurons": 10, "n_synapses": 1234},
                threads=2,
                peak_memory_bytes=3_000_000_000,
                device_memory_bytes=1_500_000_000 if energy else 0,
                events=99,
                energy_J=energy,
                processor_s=3.0 if backend == "cpu" else None,
                others_s=1.25 if backend == "cpu" else None,
            )
        )


def make_results(root: Path) -> tuple[Path, list[Path], list[Path], list[Path]]:
    """Folder of results, spikes, inputs and results of the experiment."""
    out = root / "results" / "made"
    out.mkdir(parents=True)
    (out / "configuration.yaml").write_text(yaml.safe_dump(configuration(), sort_keys=False))
    spikes = [out / state / "seed-3" / backend / "spikes" for state, backend, _ in RUNS]
    for folder, (state, backend, energy) in zip(spikes, RUNS, strict=True):
        write_spikes(folder, state, backend, energy)
    inputs, results = [root / "areas.csv"], [out / "ground" / "network.nc", out / "comparison.csv"]
    for path in (*inputs, *results):
        path.write_text(path.name)
    return out, spikes, inputs, results
