"""Made-up series of earlier runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from contracts.populations import AREAS, label_areas, population_labels
from contracts.series import write_series


def made_up_series(bins: int, areas: Sequence[str] = AREAS, seed: int = 3, neurons: int = 200) -> xr.Dataset:
    """Counts that rise and fall, some spikes/s on average, other ones for every population."""
    random = np.random.default_rng(seed)
    labels = list(population_labels(areas))
    phase, rate = random.uniform(0, 2 * np.pi, len(labels)), random.uniform(1, 10, len(labels))
    expected = neurons * 1e-3 * rate[:, None] * (1 + np.sin(2 * np.pi * np.arange(bins) / 50 + phase[:, None]))
    names = [area for area in AREAS if area in set(label_areas(labels))]
    return xr.Dataset(
        {
            "counts": (("target", "time"), random.poisson(expected).astype(np.uint16)),
            "neurons": ("target", np.full(len(labels), neurons)),
            "subsample_counts": (("area", "time"), np.zeros((len(names), bins), np.uint16)),
            "subsample_neurons": ("area", np.ones(len(names), np.int64)),
        },
        coords={"target": labels, "area": names, "time": np.arange(bins) * 1.0},
        attrs={"state": "all", "simulator": "cpu", "seed": 1, "bin_ms": 1.0, "t_sim": float(bins)},
    )


def write_made_up(path: Path, bins: int, areas: Sequence[str] = AREAS, seed: int = 3) -> xr.Dataset:
    """Write made-up series; give them as well."""
    series = made_up_series(bins, areas, seed)
    write_series(series, path)
    return series
