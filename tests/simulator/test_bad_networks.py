"""Network files with impossible values where the model takes them up: the theory refuses them as the simulator does."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.__main__ import main
from model.theory.describe import describe
from model.theory.meanfield import mean_field_of
from procortex.formats import netcdf
from procortex.formats.network import NETWORK, PARAMETERS, pair_matrix
from procortex.utilities.errors import InputError
from tests.formats.bad_networks import FAULTS, changed, network
from tests.networks import split_projection


@pytest.mark.parametrize("fault", FAULTS)
def test_the_theory_refuses_the_file(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, line = FAULTS[fault]
    path = tmp_path / "bad.nc"
    path.touch()
    monkeypatch.setattr(netcdf, "read_isolated", lambda _: make())
    assert main(["theory", str(path), "--out", str(tmp_path / "theory.nc")]) == 2
    assert capsys.readouterr().err == f"error: {path}: {line}\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", ["delay 2**32 - 5", "rng_key twice", "version 1"])
def test_so_it_does_from_the_disk(fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.nc"
    old = f"has format 1, expected 2; build it again with `python -m model build --config FILE --out {path}`"
    make, line = FAULTS.get(fault, (lambda: changed("format_version", 1), old))
    make().to_netcdf(path, engine="h5netcdf")
    assert main(["theory", str(path)]) == 2
    assert capsys.readouterr().err == f"error: {path}: {line}\n"


def test_the_theory_has_one_set_of_neuron_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "network.nc"
    path.touch()
    monkeypatch.setattr(netcdf, "read_isolated", lambda _: changed("tau_m", 12.0, 2))
    assert main(["theory", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path}: tau_m is 10 in V1-23E and 12 in V2-4E; expected one value")
    assert error.count("\n") == 1


def test_projections_that_join_the_same_populations_add_up_in_the_theory() -> None:
    """Means and variances are sums over projections: a mean weight would lose the variance of two that cancel."""
    split = split_projection(network(), 1)
    np.testing.assert_allclose(mean_field_of(split).variance_gain, mean_field_of(network()).variance_gain, rtol=1e-14)
    split["weight_mean"][-1] = 420.0
    field, single = mean_field_of(split), mean_field_of(network())
    assert pair_matrix(split, "weight_mean").values[0, 1] == 0.0
    assert field.mean_gain[0, 1] == 0.0
    assert field.variance_gain[0, 1] == pytest.approx(single.variance_gain[0, 1], rel=1e-14)


REALS = [name for name, variable in NETWORK.variables.items() if variable.kind == "f" and name not in PARAMETERS]
REAL_VALUES = st.one_of(st.floats(), st.sampled_from([0.0, -1.0, 0.5, 10.0, 1e-6, 1e6, 1e9, 1e12, 2.0**-30, 2.0**30]))
MUTATIONS = st.tuples(st.sampled_from([*REALS, *PARAMETERS]), REAL_VALUES)


@settings(max_examples=120, derandomize=True, deadline=None, database=None)
@given(mutation=MUTATIONS, share=st.floats(0, 0.999))
def test_any_single_value_is_refused_or_gives_finite_rates(mutation: tuple[str, Any], share: float) -> None:
    name, value = mutation
    bad = changed(name, value, slice(None) if name in PARAMETERS else int(share * network()[name].size))
    with suppress(InputError):
        NETWORK.check(bad, "n.nc")
        assert np.isfinite(describe(mean_field_of(bad), np.zeros((1, 3)), dt=0.1, T=0.5)["rates"]).all()
