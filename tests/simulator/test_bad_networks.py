"""Network files with impossible values end in one line before anything is converted or allocated, on every command that reads them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from model.theory.describe import describe
from model.theory.meanfield import mean_field_of
from procortex.backends.base import Options
from procortex.backends.cpu import CpuSimulation
from procortex.counts import CountRecorder
from procortex.formats.network import ATTRIBUTES, VARIABLES, check_network, read_network
from procortex.formats.network_values import INTEGERS, NUMBERS, PARAMETERS
from procortex.memory import check_memory, nest_memory
from procortex.needs import plan
from procortex.tables import network_tables
from procortex.utilities.errors import InputError
from tests.networks import small_network

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"V1-23E": 40, "V1-23I": 10, "V2-4E": 20}
OUT_OF_INT32 = (2**31, 2**32 - 5, 2**32 + 1, 2**62, -(2**31) - 1, -(2**63))
PATHS = ["../a-23E", "V1-23I", "V2-4E"]
FIRST_ENTRIES = {
    "neurons": "[V1-23E]",
    "synapses": "[V1-23E, V1-23E]",
    "poisson_start": "[V1-23E, 0]",
    "poisson_stop": "[V1-23E, 0]",
    "current_start": "[0]",
    "weight_quantiles": "[0, 0]",
    "delay_quantiles": "[0, 0]",
    "weight_class": "[V1-23E, V1-23E]",
    "delay_class": "[V1-23E, V1-23E]",
    "poisson_threshold": "[V1-23E, 0, 0]",
}


@cache
def network() -> xr.Dataset:
    return small_network(SIZES, indegree=5, rate=9000)


def changed(name: str, value: Any, place: Any = 0) -> xr.Dataset:
    """Give the network with one value (by its flat place), or all of a part (by an index), or an attribute changed."""
    bad = network().copy(deep=True)
    if name in ATTRIBUTES or name in PARAMETERS:
        return bad.assign_attrs({name: value})
    values = bad[name].values.astype(np.int64) if bad[name].dtype.kind == "i" else bad[name].values.copy()
    if isinstance(place, int):
        values.flat[place] = value
    else:
        values[place] = value
    return bad.assign({name: (bad[name].dims, values)})


def read(bad: xr.Dataset) -> None:
    """Read a network as the procedural backends do."""
    check_network(bad, "n.nc")
    network_tables(bad)


def refused(bad: xr.Dataset) -> str:
    """Message of whoever refuses the network first: the contract, or the procedural backends."""
    bad.encoding["source"] = "n.nc"
    with pytest.raises(InputError) as error:
        read(bad)
    message = str(error.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [
        (name, entry, value)
        for name, entry in FIRST_ENTRIES.items()
        for value in OUT_OF_INT32
        if name not in INTEGERS or not INTEGERS[name][0] <= value <= INTEGERS[name][1]
    ],
)
def test_integers_do_not_wrap(name: str, entry: str, value: int) -> None:
    message = refused(changed(name, value))
    assert message.startswith(f"n.nc: {name}{entry} is ")
    assert "expected" in message or "outside" in message


@pytest.mark.parametrize("name", ATTRIBUTES)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, "text", np.array([1.0, 2.0]), b"\xff", None])
def test_attributes_are_numbers_within_bounds(name: str, value: Any) -> None:
    assert f"n.nc: attribute {name} is " in refused(changed(name, value))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dt", 0.0, "expected 1e-06 to 1000"),
        ("dt", -0.1, "expected 1e-06 to 1000"),
        ("tau_m", 0.5, "as tau_syn_ex and tau_syn_in; expected another value"),
        ("tau_m", 0.0, "expected"),
        ("tau_m", -10.0, "expected"),
        ("tau_syn_ex", 10.0, "expected another value"),
        ("C_m", 0.0, "expected"),
        ("C_m", -250.0, "expected"),
        ("V_th", -65.0, "expected less than V_th"),
        ("V_reset", -10.0, "expected less than V_th"),
        ("weight_unit_pA", 0.3, "expected a power of two"),
        ("weight_unit_pA", 0.0, "expected"),
        ("weight_unit_pA", -1 / 16, "expected"),
        ("t_ref", -2.0, "expected"),
        ("t_ref", 2.03, "expected a multiple of dt (0.1 ms)"),
        ("t_ref", 1e12, "expected"),
        ("longest_t_sim", np.nan, "expected a number"),
        ("longest_t_sim", "long", "expected a number"),
        ("longest_t_sim", -1.0, "expected"),
    ],
)
def test_attributes_make_sense(name: str, value: float, words: str) -> None:
    message = refused(changed(name, value))
    assert message.startswith("n.nc: attribute ")
    assert name in message
    assert words in message


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (changed("delay_quantiles", 2**20 + 1, 4096), "delay_quantiles[1, 0] is 1.04858e+06; expected 1 to 1048576"),
        (changed("delay_quantiles", 0, 5), "delay_quantiles[0, 5] is 0; expected 1 to 1048576"),
        (changed("weight_class", -1, 1), "weight_class[V1-23E, V1-23I] is outside 0..1"),
        (changed("weight_class", 2, 1), "weight_class[V1-23E, V1-23I] is outside 0..1"),
        (changed("delay_class", 3, 1), "delay_class[V1-23E, V1-23I] is outside 0..2"),
        (changed("poisson_threshold", 5, (1, 1, 7)), "poisson_threshold[V1-23I, 1, 7] is below the one before it"),
        (changed("poisson_threshold", -2, 0), "poisson_threshold[V1-23E, 0, 0] is -2; expected -1 to 2147483647"),
        (changed("weight_quantiles", 2**16, 3), "weight_quantiles[0, 3] is a weight of 65536 units"),
        (changed("poisson_weight", 65536 / 16, 3), "poisson_weight[V1-23I, 1] is a weight of 65536 units"),
        (changed("poisson_weight", 1e300, 3), "poisson_weight[V1-23I, 1] is 1e+300; expected -1e+09 to 1e+09"),
        (changed("neurons", 10**12), "neurons[V1-23E] is 1e+12; expected 0 to 4294967295"),
        (changed("neurons", 2**32 - 1, slice(None)), "neurons adds up to 12884901885, expected 1 to 4294967295"),
        (changed("neurons", 0), "synapses[V1-23E, V1-23E] is positive although a population has no neurons"),
        (changed("synapses", 10**12), "synapses[V1-23E, V1-23E] is too many for so few source neurons"),
        (changed("synapses", 10**9), "synapses: so many for each neuron of [V1-23E] (2.5e+07)"),
        (changed("synapses", 2**40, slice(None)), "synapses adds up to 9895604649984, expected at most 1099511627776"),
        (changed("dc", 1e300), "dc[V1-23E] is 1e+300; expected -1e+09 to 1e+09"),
        (changed("v0_quantiles", np.inf, 9), "v0_quantiles[9] is not a finite number"),
        (network().isel(level=slice(10)), "delay_quantiles has 10 levels, expected 4096"),
        (network().isel(v0_level=slice(10)), "v0_quantiles has 10 levels, expected 65536"),
        (network().isel(v0_level=slice(0)), "v0_quantiles is empty"),
        (network().isel(target=slice(0), source=slice(0)), "there are 0 populations"),
        (network().assign_coords(target=["V1-23E", "V1-23E", "V2-4E"]), "coordinate target holds V1-23E 2 times, expected once"),
        (network().drop_vars("source"), "coordinate source is missing"),
        (network().assign_coords(target=[1, 2, 3]), "coordinate target has type int64"),
        (network().assign_coords(source=["V2-4E", "V1-23E", "V1-23I"]), "target and source name different populations"),
        (network().assign_coords(target=PATHS, source=PATHS), "target holds '../a-23E'"),
        (network().assign(weight_lognormal=("weight_class", [0, 7])), "weight_lognormal[1] is 7; expected 0 to 1"),
        (network().assign(neurons=("target", ["many", "some", "few"])), "neurons has type"),
    ],
)
def test_variables_make_sense(bad: xr.Dataset, words: str) -> None:
    assert words in refused(bad)


@pytest.mark.parametrize(
    "command",
    [
        ["procortex", "run", "--backend", "cpu", "--t-sim", "10", "--out", "spikes"],
        ["procortex", "run", "--backend", "nest", "--t-sim", "10", "--out", "spikes"],
        ["procortex", "plan"],
        ["model", "theory", "--out", "theory.nc"],
    ],
)
def test_every_command_refuses(tmp_path: Path, command: list[str]) -> None:
    changed("delay_quantiles", 2**32 - 5, (0, slice(None))).to_netcdf(tmp_path / "bad.nc", engine="h5netcdf")
    paths = [str(tmp_path / part) if part in ("spikes", "theory.nc") else part for part in command]
    run = subprocess.run([sys.executable, "-m", *paths, str(tmp_path / "bad.nc")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr == f"error: {tmp_path}/bad.nc: delay_quantiles[0, 0] is 4.29497e+09; expected 1 to 1048576\n"
    assert [path.name for path in tmp_path.iterdir()] == ["bad.nc"]


def test_what_does_not_fit_the_memory_is_not_allocated() -> None:
    large = changed("neurons", 2**31)
    check_network(large, "n.nc")
    large = large.assign(delay_quantiles=(large["delay_quantiles"].dims, np.full_like(large["delay_quantiles"], 2**20)))
    with pytest.raises(InputError, match=r"needs .* GB of memory \(ring .* GB\), this machine has .* GB"):
        CpuSimulation(large, Options(seed=1, threads=1))
    with pytest.raises(InputError, match="the cuda backend takes areas of at most"):
        plan(network_tables(large))
    with pytest.raises(InputError, match=r"needs .* GB of memory \(neurons"):
        check_memory(nest_memory(changed("neurons", 2**32 - 100)), "n.nc")
    with pytest.raises(InputError, match=r"--counts: needs .* GB of memory"):
        CountRecorder({"V1-23E": 2**40}, 100, 0.1)


def test_the_file_is_named(tmp_path: Path) -> None:
    changed("weight_quantiles", 2**16).to_netcdf(tmp_path / "bad.nc", engine="h5netcdf")
    with pytest.raises(InputError, match=rf"^{tmp_path}/bad\.nc: weight_quantiles\[0, 0\] is a weight of 65536 units"):
        network_tables(read_network(tmp_path / "bad.nc"))


INTEGER_VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-3, 300),
    st.sampled_from([k + d for k in (2**16, 2**20, 2**31, 2**32) for d in (-1, 0, 1)]),
)
REAL_VALUES = st.one_of(st.floats(), st.sampled_from([0.0, -1.0, 0.5, 10.0, 1e-6, 1e6, 1e9, 1e12, 2.0**-30, 2.0**30]))
MUTATIONS = st.one_of(
    st.tuples(st.sampled_from([*INTEGERS, "weight_class", "delay_class"]).filter(lambda name: name in VARIABLES), INTEGER_VALUES),
    st.tuples(st.sampled_from(list(NUMBERS)), REAL_VALUES),
    st.tuples(st.sampled_from(list(PARAMETERS)), REAL_VALUES),
)


@settings(max_examples=120, derandomize=True, deadline=None, database=None)
@given(mutation=MUTATIONS, share=st.floats(0, 0.999))
def test_any_single_value_is_refused_or_gives_finite_results(mutation: tuple[str, Any], share: float) -> None:
    name, value = mutation
    bad = changed(name, value, 0 if name in PARAMETERS else int(share * network()[name].size))
    with suppress(InputError):
        check_network(bad, "n.nc")
        assert np.isfinite(describe(mean_field_of(bad), np.zeros((1, 3)), dt=0.1, T=0.5)["rates"]).all()
        simulation = CpuSimulation(bad, Options(seed=1, threads=1))
        with closing(simulation):
            simulation.advance(30)
            assert all(np.isfinite(values).all() for values in (simulation.state().v, simulation.state().i))
        plan(network_tables(bad))
