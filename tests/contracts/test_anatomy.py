"""What an anatomy file must hold, and how a wrong one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import xarray as xr

from contracts.anatomy import VARIABLES, read_anatomy, write_anatomy
from procortex.utilities.errors import InputError
from tests.helpers.anatomy import random_anatomy


@pytest.fixture
def anatomy() -> xr.Dataset:
    return random_anatomy()


def test_a_file_comes_back_as_it_was(anatomy: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "anatomy.nc"
    write_anatomy(anatomy, path)
    back = read_anatomy(path)
    xr.testing.assert_equal(back, anatomy)
    assert back.attrs == anatomy.attrs
    assert {name: back[name].attrs.get("units", "") for name in VARIABLES} == {name: unit for name, (_, _, unit, *_) in VARIABLES.items()}


@pytest.mark.parametrize(
    ("name", "place", "value", "finding"),
    [
        ("indegree", {"target": "V2-4E", "source": "V1-23E"}, float("nan"), "indegree[V2-4E, V1-23E] is not a finite number"),
        ("neurons", {"target": "TH-5E"}, -1.0, "neurons[TH-5E] is negative; expected 0 or more"),
        ("sln_measured", {"target_area": "46", "source_area": "V1"}, 1.5, "sln_measured[46, V1] is 1.5; expected 0 to 1"),
        ("evidence", {"target_area": "46", "source_area": "V1"}, 7, "evidence[46, V1] is 7; expected 0 to 2"),
        ("target_pattern", {"target_area": "46", "source_area": "V1"}, "0X", "target_pattern[46, V1] has not the 6 characters"),
    ],
)
def test_a_wrong_value_is_named(anatomy: xr.Dataset, name: str, place: dict[str, str], value: object, finding: str, tmp_path: Path) -> None:
    anatomy[name].loc[place] = value
    with pytest.raises(InputError) as error:
        write_anatomy(anatomy, tmp_path / "anatomy.nc")
    assert finding in str(error.value)
    assert not list(tmp_path.iterdir())


def test_everything_that_is_missing_is_named(anatomy: xr.Dataset, tmp_path: Path) -> None:
    del anatomy.attrs["g"]
    broken = anatomy.drop_vars("distance").assign(hierarchy=anatomy["hierarchy"].astype(str))
    with pytest.raises(InputError) as error:
        write_anatomy(broken, tmp_path / "anatomy.nc")
    lines = str(error.value).splitlines()
    assert [line.partition(": ")[2] for line in lines] == [
        f"hierarchy has type {broken['hierarchy'].dtype}, expected floating-point numbers",
        "variable distance is missing",
        "attribute g is missing",
    ]


def test_areas_in_another_order_are_refused(anatomy: xr.Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="area and target_area name different areas"):
        write_anatomy(anatomy.isel(area=slice(None, None, -1)), tmp_path / "anatomy.nc")


def test_what_is_no_anatomy_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such anatomy file; make one with `python -m model anatomy"):
        read_anatomy(tmp_path / "anatomy.nc")
    (tmp_path / "text.nc").write_text("no NetCDF")
    with pytest.raises(InputError, match="not a readable anatomy file"):
        read_anatomy(tmp_path / "text.nc")
