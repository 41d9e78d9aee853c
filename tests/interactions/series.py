"""Series files with planted order, and an anatomy for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from contracts.populations import label_areas, population_labels

NEURONS = 1000


def made_up_series(areas: Sequence[str], counts: np.ndarray) -> xr.Dataset:
    """Series file of all populations of some areas, with given counts (populations, bins of 1 ms)."""
    labels = list(population_labels(areas))
    return xr.Dataset(
        {
            "counts": (("target", "time"), counts.astype(np.uint16)),
            "neurons": ("target", np.full(len(labels), NEURONS)),
            "subsample_counts": (("area", "time"), np.zeros((len(areas), counts.shape[1]), dtype=np.uint16)),
            "subsample_neurons": ("area", np.zeros(len(areas), dtype=np.int64)),
        },
        {"target": labels, "area": list(areas), "time": np.arange(counts.shape[1], dtype=float)},
        {"state": "made-up", "simulator": "cpu", "seed": 1, "bin_ms": 1.0, "t_sim": float(counts.shape[1])},
    )


def delayed_series(delays: Mapping[str, int], t_sim: int = 4000, seed: int = 1) -> xr.Dataset:
    """Poisson counts of areas that follow one slowly varying drive, each with its delay (ms)."""
    rng = np.random.default_rng(seed)
    longest = max(delays.values())
    noise = np.convolve(rng.normal(size=t_sim + longest + 30), np.hanning(15), mode="same")
    drive = 10 * np.exp(0.5 * noise / noise.std())
    labels = population_labels(delays)
    starts = [longest - delays[str(area)] for area in label_areas(labels)]
    return made_up_series(list(delays), rng.poisson([drive[start : start + t_sim] for start in starts]))
