"""Synthetic spike data sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from procortex.formats.populations import population_labels, split_label
from procortex.formats.spike_meta import SpikeMeta
from procortex.formats.spike_writer import spike_data_set

RATES = {"23E": 0.6, "23I": 2.5, "4E": 6.8, "4I": 4.1, "5E": 3.0, "5I": 6.5, "6E": 0.4, "6I": 5.5}
"""Roughly the ground state's rates (spikes/s)."""


def write_spikes(
    folder: Path,
    areas: Sequence[str],
    seed: int,
    *,
    backend: str = "cpu",
    neurons: int = 50,
    t_sim: float = 2000.0,
    dt: float = 0.1,
    bias: Mapping[str, float] | None = None,
) -> None:
    """Poisson-like trains (at most a spike per step), rates spread over areas as a fixed pattern and over neurons by chance."""
    labels = population_labels(areas)
    rng = np.random.default_rng(seed)
    pattern = np.random.default_rng(1).lognormal(0.0, 0.3, len(labels))
    rate = np.array([RATES[split_label(label)[1]] * (bias or {}).get(split_label(label)[1], 1.0) for label in labels]) * pattern
    per_neuron = np.repeat(rate, neurons) * rng.lognormal(-0.125, 0.5, neurons * len(labels))
    n_steps = round(t_sim / dt)
    counts = rng.poisson(per_neuron * t_sim / 1000)
    index = np.repeat(np.arange(len(per_neuron)), counts)
    pairs = np.unique(rng.integers(1, n_steps + 1, len(index)) * (len(per_neuron)) + index)
    step, index = pairs // len(per_neuron), pairs % len(per_neuron)
    write_flat(folder, dict.fromkeys(labels, neurons), step, index, seed=seed, backend=backend, t_sim=t_sim, dt=dt)


def write_flat(
    folder: Path,
    populations: Mapping[str, int],
    step: np.ndarray,
    index: np.ndarray,
    *,
    seed: int = 1,
    backend: str = "cpu",
    t_sim: float,
    dt: float = 0.1,
) -> None:
    """Write spikes given by step and index in the whole network."""
    with spike_data_set(folder, populations) as writer:
        writer.append(step.astype(np.int32), index.astype(np.uint32))
        writer.set_meta(SpikeMeta(dt, t_sim, seed, backend, "test", dict(populations), dict(populations), writer.counts, {}, {}))
