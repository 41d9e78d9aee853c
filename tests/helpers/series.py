"""Series files of made-up counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from procortex.formats.populations import AREAS, label_areas, population_labels
from procortex.formats.series import series_dataset, write_series

NEURONS = 1000


def series_of(
    counts: np.ndarray,
    labels: Sequence[str],
    neurons: int | Mapping[str, int] = NEURONS,
    *,
    state: str = "made-up",
    seed: int = 1,
) -> xr.Dataset:
    """Series with counts [population, bin of 1 ms] and no sampled neurons."""
    bins = counts.shape[1]
    sizes = dict.fromkeys(labels, neurons) if isinstance(neurons, int) else neurons
    samples = {str(area): (np.zeros(bins, dtype=int), 0) for area in dict.fromkeys(label_areas(labels))}
    return series_dataset(
        dict(zip(labels, counts, strict=True)), sizes, samples, state=state, simulator="cpu", seed=seed, t_sim=float(bins)
    )


def periodic_series(bins: int, areas: Sequence[str] = AREAS, seed: int = 3, neurons: int = 200) -> xr.Dataset:
    """Poisson counts of 1 to 10 spikes/s on average with a period of 50 ms and a phase of each population's own."""
    random = np.random.default_rng(seed)
    labels = population_labels(areas)
    phase, rate = random.uniform(0, 2 * np.pi, len(labels)), random.uniform(1, 10, len(labels))
    expected = neurons * 1e-3 * rate[:, None] * (1 + np.sin(2 * np.pi * np.arange(bins) / 50 + phase[:, None]))
    return series_of(random.poisson(expected), labels, neurons, state="all")


def write_periodic(path: Path, bins: int, areas: Sequence[str] = AREAS, seed: int = 3) -> xr.Dataset:
    """Write a periodic series and return it."""
    series = periodic_series(bins, areas, seed)
    write_series(series, path)
    return series


def delayed_series(delays: Mapping[str, int], t_sim: int = 4000, seed: int = 1) -> xr.Dataset:
    """Poisson counts of areas that follow one slowly varying drive, each with its delay (ms)."""
    rng = np.random.default_rng(seed)
    longest = max(delays.values())
    noise = np.convolve(rng.normal(size=t_sim + longest + 30), np.hanning(15), mode="same")
    drive = 10 * np.exp(0.5 * noise / noise.std())
    labels = population_labels(delays)
    starts = [longest - delays[str(area)] for area in label_areas(labels)]
    return series_of(rng.poisson([drive[start : start + t_sim] for start in starts]), labels)
