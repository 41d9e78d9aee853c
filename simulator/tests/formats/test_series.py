"""The series file: what is written comes back, and what breaks the contract is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from procortex.formats.populations import area_populations, population_labels
from procortex.formats.series import read_series, write_series
from procortex.utilities.errors import InputError

AREAS = ("V1", "TH")


def made_up() -> xr.Dataset:
    labels = list(population_labels(AREAS))
    rng = np.random.default_rng(1)
    return xr.Dataset(
        {
            "counts": (("target", "time"), rng.integers(0, 9, (len(labels), 40)).astype(np.uint16)),
            "neurons": ("target", np.arange(1, len(labels) + 1)),
            "subsample_counts": (("area", "time"), rng.integers(0, 3, (2, 40)).astype(np.uint16)),
            "subsample_neurons": ("area", np.array([30, 3])),
        },
        {"target": labels, "area": list(AREAS), "time": np.arange(40.0)},
        {"state": "ground", "simulator": "cpu", "seed": 1, "bin_ms": 1.0, "t_sim": 40.0},
    )


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    series = made_up()
    write_series(series, tmp_path / "series.nc")
    read = read_series(tmp_path / "series.nc")
    assert read.attrs == series.attrs
    for name in series.variables:
        np.testing.assert_array_equal(read[name].to_numpy(), series[name].to_numpy())
    assert read["counts"].attrs["units"] == "1"
    assert len(read["target"]) == sum(len(area_populations(area)) for area in AREAS)


def negative(series: xr.Dataset) -> xr.Dataset:
    counts = series["counts"].astype(int)
    counts[2, 3] = -1
    return series.assign(counts=counts)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (lambda series: series.drop_vars("neurons"), "variable neurons is missing"),
        (lambda series: series.assign(counts=series["counts"].T), "counts has dimensions"),
        (lambda series: series.assign(counts=series["counts"] / 2), "counts has type float64, expected integers"),
        (lambda series: series.drop_attrs().assign_attrs(state="ground"), "attribute t_sim is missing"),
        (lambda series: series.drop_vars("time"), "coordinate time is missing"),
        (negative, "counts[V1-4E, 3.0] is negative; expected 0 or more"),
        (lambda series: series.assign(counts=series["counts"] + 2**15), "counts[V1-23E, 0.0] is 32"),
        (lambda series: series.assign(neurons=series["neurons"] + 2**40), "neurons[V1-23E] is 1099511627777; expected at most 4294967295"),
        (
            lambda series: series.assign(
                subsample_neurons=series["subsample_neurons"] * 0, subsample_counts=series["subsample_counts"] * 0 + 1
            ),
            "subsample_counts[V1, 0.0] is 1 for 0 neurons; expected at most 1000 each",
        ),
        (lambda series: series.assign(neurons=series["neurons"] - 1), "neurons[V1-23E] is 0; expected recorded populations only"),
        (lambda series: series.assign_coords(area=["V1", "V2"]), "coordinate area does not name the areas of target"),
        (lambda series: series.assign_coords(time=np.arange(40.0) + 1), "coordinate time does not run from 0 in bins of 1 ms"),
        (lambda series: series.isel(time=slice(None, None, 2)), "coordinate time does not run from 0 in bins of 1 ms"),
        (lambda series: series.isel(time=slice(0)), "coordinate time does not run from 0 in bins of 1 ms"),
    ],
)
def test_what_breaks_the_contract_is_named(tmp_path: Path, change: Callable[[xr.Dataset], xr.Dataset], finding: str) -> None:
    with pytest.raises(InputError) as error:
        write_series(change(made_up()), tmp_path / "series.nc")
    assert finding in str(error.value)
    assert not (tmp_path / "series.nc").exists()


def test_files_that_are_no_series_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such series file; make one with `python -m analysis series"):
        read_series(tmp_path / "series.nc")
    (tmp_path / "series.nc").write_bytes(b"no NetCDF")
    with pytest.raises(InputError, match="not a readable series file"):
        read_series(tmp_path / "series.nc")
