"""The theory file: what is written is read, and each kind of damage is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from contracts.theory import ATTRIBUTES, VARIABLES, check_theory, read_theory, write_theory
from model.theory.describe import describe
from model.theory.relaxation import random_starts
from procortex.utilities.errors import InputError
from tests.model.theory.networks import random_network

FINITE = [name for name, variable in VARIABLES.items() if variable.kind == "f"]


@pytest.fixture
def theory() -> xr.Dataset:
    return describe(random_network(1), random_starts(8, 2, 10.0), dt=0.1, T=5.0).assign_attrs(initial_rates="random_uniform")


def test_what_is_written_is_read(theory: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "theory.nc"
    write_theory(theory, path)
    read = read_theory(path)
    xr.testing.assert_equal(read, theory)
    assert read.attrs == theory.attrs
    assert {name: read[name].attrs["units"] for name in VARIABLES} == {name: unit for name, (_, _, unit, *_) in VARIABLES.items()}
    assert set(read.data_vars) == set(VARIABLES)


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_is_needed(theory: xr.Dataset, name: str) -> None:
    with pytest.raises(InputError, match=f"^here: variable {name} is missing$"):
        check_theory(theory.drop_vars(name), "here")


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_is_needed(theory: xr.Dataset, name: str) -> None:
    del theory.attrs[name]
    with pytest.raises(InputError, match=f"^here: attribute {name} is missing$"):
        check_theory(theory, "here")


@pytest.mark.parametrize("name", FINITE)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_every_number_is_finite(theory: xr.Dataset, name: str, value: float) -> None:
    damaged = theory[name].values.copy()
    damaged[(-1,) * damaged.ndim] = value
    last = {"target": "V1-6I", "source": "V1-6I", "start": "1", "mode": "7", "time": "5.0"}
    place = ", ".join(last[dim] for dim in VARIABLES[name].dims)
    with pytest.raises(InputError) as error:
        check_theory(theory.assign({name: (VARIABLES[name].dims, damaged)}), "here")
    assert str(error.value) == f"here: {name}[{place}] is not a finite number"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda theory: theory.assign(rates=theory["rates"].T), r"rates has dimensions ('target', 'start'), expected ('start', 'target')"),
        (lambda theory: theory.assign(rates=theory["rates"].astype(int)), "rates has type int64, expected floating-point numbers"),
        (lambda theory: theory.assign(settled=theory["settled"].astype(float)), "settled has type float64, expected integers"),
    ],
)
def test_dimensions_and_types(theory: xr.Dataset, change: Callable[[xr.Dataset], xr.Dataset], message: str) -> None:
    with pytest.raises(InputError) as error:
        check_theory(change(theory), "here")
    assert str(error.value) == f"here: {message}"


def test_all_findings_stand_together_and_nothing_is_written(theory: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "theory.nc"
    with pytest.raises(InputError) as error:
        write_theory(theory.drop_vars(["rates", "input_sd"]), path)
    assert str(error.value).splitlines() == ["theory file: variable rates is missing", "theory file: variable input_sd is missing"]
    assert not path.exists()


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "theory.nc"
    with pytest.raises(InputError, match=r"theory\.nc: no such theory file; make one with `python -m model theory network\.nc --out "):
        read_theory(path)
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"theory\.nc: not a readable theory file"):
        read_theory(path)
    xr.Dataset().to_netcdf(path, engine="h5netcdf")
    with pytest.raises(InputError, match=r"theory\.nc: variable rates is missing"):
        read_theory(path)
