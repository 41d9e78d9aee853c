"""An anatomy of random numbers that keeps the contract."""

from __future__ import annotations

import numpy as np
import xarray as xr

from contracts.anatomy import AREA_PAIR, LAYERS, PAIR
from procortex.formats.populations import AREAS, is_inhibitory, label_areas, label_layers, population_labels


def random_anatomy(seed: int = 1) -> xr.Dataset:
    """All areas; random numbers in the places of data, with connections between half of the pairs of areas."""
    rng = np.random.default_rng(seed)
    labels, areas = list(population_labels()), list(AREAS)
    n, m = len(labels), len(areas)
    inhibitory, of_area, layers = is_inhibitory(labels), label_areas(labels), label_layers(labels)
    density = np.sort(rng.uniform(4e4, 2e5, m))[::-1]
    evidence = np.where(np.eye(m, dtype=bool), 0, rng.choice([0, 0, 1, 2], (m, m)))
    connected = evidence > 0
    between = rng.exponential(20, (n, n)) * np.isin(layers, ["23E", "5E", "6E"])[None, :]
    places = np.array([areas.index(area) for area in of_area])
    between *= connected[np.ix_(places, places)]
    indegree = np.where(of_area[:, None] == of_area[None, :], rng.exponential(200, (n, n)), between)
    words = np.array(["".join(row) for row in rng.choice(list("0X?123"), (m * m, 6))]).reshape(m, m)
    patterns = np.where(connected & (rng.random((m, m)) < 0.5), words, "")
    np.fill_diagonal(distance := rng.uniform(6, 60, (m, m)), 0)
    fractions = {
        name: np.where(connected, rng.uniform(1e-5, 1.0, (m, m)), np.nan) for name in ("fln_measured", "fln_normalised", "sln_measured")
    }
    thickness = rng.uniform(0.1, 0.6, (m, len(LAYERS)))
    return xr.Dataset(
        {
            "neurons": ("target", rng.uniform(1e3, 3e4, n)),
            "indegree": (PAIR, indegree),
            "indegree_anatomical": (PAIR, indegree * rng.uniform(0.9, 1.1, (n, n))),
            "external_indegree": ("target", rng.uniform(1e3, 5e3, n)),
            "weight_mean": (PAIR, np.where(inhibitory, -965.9, 87.8)[None, :].repeat(n, axis=0)),
            "architectural_type": ("area", np.clip(np.round(density / 2.2e4), 2, 8).astype(int)),
            "hierarchy": ("area", rng.random(m)),
            "surface": ("area", rng.uniform(50, 1500, m)),
            "density": ("area", density),
            "density_layer": (("area", "layer"), np.hstack([np.full((m, 1), np.nan), density[:, None] * rng.uniform(0.8, 1.2, (m, 4))])),
            "density_source": ("area", np.array((["nissl", "type_mean"] * m)[:m], dtype=object)),
            "thickness": ("area", thickness.sum(axis=1)),
            "thickness_layer": (("area", "layer"), thickness),
            "thickness_source": ("area", np.array((["measured", "regression"] * m)[:m], dtype=object)),
            "evidence": (AREA_PAIR, evidence),
            "distance": (AREA_PAIR, distance),
            **{name: (AREA_PAIR, values) for name, values in fractions.items()},
            "fln_predicted": (AREA_PAIR, np.exp(-3 - 0.1 * distance)),
            "sln_predicted": (AREA_PAIR, rng.random((m, m))),
            "source_pattern": (AREA_PAIR, patterns),
            "target_pattern": (AREA_PAIR, patterns),
        },
        {"target": labels, "source": labels, "area": areas, "target_area": areas, "source_area": areas, "layer": list(LAYERS)},
        {
            "fln_intercept": -3.0, "fln_slope": -0.1, "sln_intercept": -0.15, "sln_slope": -1.5,
            "sln_feedback_below": 0.35, "sln_feedforward_above": 0.65, "g": -11.0,
        },
    )  # fmt: skip
