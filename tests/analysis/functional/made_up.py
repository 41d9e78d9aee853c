"""Networks, series and files of functional connectivity that are small enough to follow by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from contracts.functional import PAIR, write_functional
from procortex.formats.populations import AREAS
from tests.helpers.series import series_of
from tests.networks import small_network

NEURONS = {"V1-23E": 30.0, "V1-23I": 10.0, "V2-5E": 20.0}


def network(tau_ex: float = 0.5, tau_in: float = 0.5) -> xr.Dataset:
    """Three populations in two areas; projections by target, then source."""
    neurons = np.array(list(NEURONS.values()))
    network = small_network({label: int(size) for label, size in NEURONS.items()}, indegree=0, rate=0)
    return network.assign(
        neurons_real=("population", neurons),
        tau_syn_ex=("population", np.full(3, tau_ex)),
        tau_syn_in=("population", np.full(3, tau_in)),
        indegree=("projection", np.array([1.0, 2.0, 0.0, 3.0, 0.0, 4.0, 5.0, 0.0, 6.0])),
        weight_mean=("projection", np.tile([10.0, -40.0, 10.0], 3)),
    )


def series(counts: np.ndarray, labels: list[str] | None = None) -> xr.Dataset:
    """Series of the network's populations, with as many recorded neurons as it has; counts (population, time)."""
    labels = labels or list(NEURONS)
    return series_of(counts, labels, {label: int(NEURONS.get(label, 10)) for label in labels}, state="resting", seed=3)


def functional(
    seed: int, signal: str = "synaptic-input", state: str = "resting", areas: tuple[str, ...] = AREAS, t_max: float = 2000.0
) -> xr.Dataset:
    """Correlations of random series, of which the first half of the areas goes together, and so does the second."""
    rng = np.random.default_rng(seed)
    groups = np.arange(len(areas)) * 2 // len(areas)
    signals = rng.normal(size=(2, 200))[groups] + rng.normal(size=(len(areas), 200))
    attributes = {"signal": signal}
    if signal != "experiment":
        attributes |= {"state": state, "simulator": "cpu", "seed": seed, "t_min": 500.0, "t_max": t_max}
    return xr.Dataset({"correlation": (PAIR, np.corrcoef(signals))}, {name: list(areas) for name in PAIR}, attributes)


def functional_file(path: Path, seed: int, **options: object) -> Path:
    """The same as a file."""
    write_functional(functional(seed, **options), path)  # type: ignore[arg-type]
    return path


def experiment_text(values: np.ndarray, regions: list[str]) -> str:
    """The form of the experimental file: three lines of header, the regions, the matrix, separated by tabs."""
    rows = ["\t".join(f"{value:.10g}" for value in row) for row in values]
    return "\n".join(["# where it is from", "# see there", "", "\t".join(regions), *rows]) + "\n"
