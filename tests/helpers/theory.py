"""Files of the theory with made-up numbers that keep the contracts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from procortex.formats.populations import AREAS, population_labels


def made_up_theory(areas: Sequence[str] = AREAS, starts: int = 1, found: int = 1, seed: int = 1) -> xr.Dataset:
    """Random rates, eigenvalues by descending real part; starts end by turns at rest in two states, or not at rest."""
    rng = np.random.default_rng(seed)
    labels = list(population_labels(areas))
    n, time = len(labels), np.linspace(0.0, 10.0, 21)
    attractor = np.arange(starts) % 3 - (starts > 2)
    mean = np.outer(3.0 + np.arange(starts), 1 - np.exp(-time))
    vector = rng.normal(size=n)
    populations = {name: ("target", rng.exponential(3.0, n)) for name in ("low_rates", "input_mean", "input_sd", "critical_left")}
    return xr.Dataset(
        {
            "rates": (("start", "target"), rng.exponential(3.0, (starts, n))),
            "settled": ("start", (attractor >= 0).astype(np.int8)),
            "attractor": ("start", attractor.astype(np.int32)),
            "mean_rate": (("start", "time"), mean),
            "speed": (("start", "time"), np.abs(np.gradient(mean, time, axis=1))),
            **populations,
            "eigenvalue_real": ("mode", np.sort(rng.normal(-2.0, 1.0, n))[::-1]),
            "eigenvalue_imag": ("mode", rng.normal(size=n)),
            "critical_right": ("target", vector / np.linalg.norm(vector)),
            "effective_connectivity": (("target", "source"), rng.normal(0.0, 0.1, (n, n))),
        },
        {"target": labels, "source": labels, "time": time},
        {"low_activity_found": found, "dt": 0.1, "T": 10.0, "initial_rates": "zero" if starts == 1 else "random_uniform"},
    )


def made_up_stabilisation(kinds: Sequence[str] = ("separatrix", "separatrix", "fold"), seed: int = 1) -> xr.Dataset:
    """A record of as many iterations as there are kinds of transitions, each at a stronger drive."""
    rng = np.random.default_rng(seed)
    labels, count = list(population_labels()), len(kinds)
    n, kappa, time = len(labels), np.linspace(1.0, 1.2, 5), np.linspace(0.0, 20.0, 41)
    high = kappa[None, :] > 1.05 + 0.05 * np.arange(count + 1)[:, None]
    trajectory = np.stack([np.full(time.shape, 2.0), 2.0 + time])
    modes = {name: (("iteration", "mode"), np.sort(rng.normal(0.0, 1.0, (count, n)))[:, ::-1]) for name in ("eigenvalue_real", "shift")}
    return xr.Dataset(
        {
            "scan_rates": (("stage", "kappa", "target"), np.where(high, 90.0, 2.0)[:, :, None] * rng.uniform(0.5, 1.5, n)),
            "indegree": (("stage", "target", "source"), rng.exponential(10.0, (count + 1, n, n))),
            "transition_kappa": ("iteration", 1.05 + 0.05 * np.arange(count, dtype=float)),
            "transition_kind": ("iteration", np.array(kinds, dtype=str)),
            "strength": ("iteration", rng.normal(size=count)),
            "unstable_rates": (("iteration", "target"), rng.uniform(2.0, 4.0, (count, n))),
            "trajectory_mean": (("iteration", "side", "time"), np.tile(trajectory, (count, 1, 1))),
            "trajectory_speed": (("iteration", "side", "time"), np.tile(np.abs(np.gradient(trajectory, time, axis=1)), (count, 1, 1))),
            **modes,
            "eigenvalue_imag": (("iteration", "mode"), rng.normal(size=(count, n))),
            "critical_right": (("iteration", "target"), rng.normal(size=(count, n))),
            "critical_left": (("iteration", "target"), rng.normal(size=(count, n))),
        },
        {"kappa": kappa, "time": time, "target": labels, "source": labels, "side": ["below", "above"]},
        {"g": -16.0, "rate_ext": 8.0, "kappa_target": 1.2, "dt": 0.5, "T": 20.0},
    )


def made_up_scans(folder: Path, names: Sequence[str] = ("none", "computed", "published")) -> Path:
    """Write tables over chi and kappa into a folder; the first network has no state of low activity, others up to chi = 2."""
    chi, kappa = np.array([1.0, 1.5, 2.0, 2.5]), np.linspace(1.0, 1.3, 4)
    rows = [
        {
            "indegrees": name, "chi": x, "chi_I": 1.0 if x == 1 else 2.0, "mean_rate": 4.0 * x, "max_rate": 40.0 * x, "settled": x < 2,
            "low_activity": (low := place > 0 and x <= 2), "low_mean_rate": 3 + x if low else np.nan,
            "low_max_rate": 10.0 if low else np.nan, "critical_eigenvalue": x / 3 if low else np.nan,
        }
        for place, name in enumerate(names)
        for x in chi
    ]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(folder / "over_chi.csv", index=False)
    pd.DataFrame({"kappa": kappa} | dict.fromkeys(names, 2.0 + 50 * kappa)).to_csv(folder / "over_kappa.csv", index=False)
    return folder
