"""The schema of network files: whatever breaks it ends in one line, when it is written, read, planned or simulated."""

from __future__ import annotations

import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from procortex.__main__ import main
from procortex.backends.base import Options
from procortex.backends.cpu import CpuSimulation
from procortex.counts import CountRecorder
from procortex.formats import netcdf
from procortex.formats.network import ATTRIBUTES, LONGEST_T_SIM, NETWORK, PARAMETERS, VARIABLES, read_network, write_network
from procortex.formats.network_values import REFERENCES
from procortex.memory import check_memory, nest_memory
from procortex.needs import plan
from procortex.tables import network_tables
from procortex.utilities.errors import InputError
from tests.formats.bad_networks import FAULTS, OUT_OF_INT32, changed, network

INTEGERS = [name for name, variable in VARIABLES.items() if variable.kind == "i"]
REALS = [name for name, variable in VARIABLES.items() if variable.kind == "f" and name not in PARAMETERS]


COMMANDS = {
    "cpu": ["run", "--backend", "cpu", "--t-sim", "10", "--out", "spikes"],
    "cuda": ["run", "--backend", "cuda", "--t-sim", "10", "--out", "spikes"],
    "nest": ["run", "--backend", "nest", "--t-sim", "10", "--out", "spikes"],
    "plan": ["plan"],
}


def talk_of(command: str, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command says that ends with status 2, having left nothing."""
    before = sorted(path.parent.iterdir())
    arguments = [str(path.parent / word) if word == "spikes" else word for word in COMMANDS[command]]
    monkeypatch.setattr(sys, "argv", ["procortex", *arguments, str(path)])
    assert main() == 2
    assert sorted(path.parent.iterdir()) == before
    return capsys.readouterr().err


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_line_in_writing_and_in_reading(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, line = FAULTS[fault]
    path = tmp_path / "bad.nc"
    with pytest.raises(InputError) as error:
        write_network(make(), path)
    assert str(error.value) == f"network file: {line}"
    assert list(tmp_path.iterdir()) == []
    path.touch()
    monkeypatch.setattr(netcdf, "read_isolated", lambda _: make())
    with pytest.raises(InputError) as error:
        read_network(path)
    assert str(error.value) == f"{path}: {line}"
    for command in COMMANDS:
        assert talk_of(command, path, monkeypatch, capsys) == f"error: {path}: {line}\n"


@pytest.mark.parametrize(
    "fault",
    ["tau_m NaN", "delay 2**32 - 5", "rng_key twice", "unknown rule", "float for integers", "label twice", "unit 0.3"],
)
def test_every_command_refuses_the_file_on_the_disk(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, line = FAULTS[fault]
    make().to_netcdf(tmp_path / "bad.nc", engine="h5netcdf")
    for command in COMMANDS:
        assert talk_of(command, tmp_path / "bad.nc", monkeypatch, capsys) == f"error: {tmp_path}/bad.nc: {line}\n"


def format_1() -> xr.Dataset:
    """What a file of format 1 held: matrices of populations."""
    pair, labels = ("target", "source"), ["V1-23E", "V1-23I"]
    variables = {"neurons": ("target", [4, 1]), "synapses": (pair, np.ones((2, 2), np.int64)), "indegree": (pair, np.ones((2, 2)))}
    return xr.Dataset(variables, {"target": labels, "source": labels}, {"dt": 0.1, "tau_m": 10.0, "weight_unit_pA": 0.0625})


@pytest.mark.parametrize(
    ("old", "version"),
    [
        (format_1(), 1),
        (format_1().assign_attrs(format_version=1), 1),
        (xr.Dataset(attrs={"format_version": 1}), 1),
        (changed("format_version", 1), 1),
        (changed("format_version", 3), 3),
    ],
    ids=["matrices", "matrices and version", "version alone", "rows of version 1", "format to come"],
)
def test_other_formats_are_named_with_the_command_that_rebuilds(
    old: xr.Dataset, version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "old{}.nc"
    old.to_netcdf(path, engine="h5netcdf")
    expected = f"error: {path}: has format {version}, expected 2; build it again with `python -m model build --config FILE --out {path}`\n"
    for command in COMMANDS:
        assert talk_of(command, path, monkeypatch, capsys) == expected


def test_other_files_are_no_older_networks(tmp_path: Path) -> None:
    """An anatomy file has matrices, too."""
    format_1().drop_vars("synapses").to_netcdf(tmp_path / "anatomy.nc", engine="h5netcdf")
    with pytest.raises(InputError, match="variable synapses is missing") as error:
        read_network(tmp_path / "anatomy.nc")
    assert "format 1" not in str(error.value)


@pytest.mark.parametrize("command", ["cpu", "plan"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_populations_that_differ_are_for_nest(
    command: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file may hold them; whoever has one set of parameters says where they differ."""
    value = float(network()[name][1]) + 0.2
    unequal = changed(name, value, 1)
    NETWORK.check(unequal, "network")
    (tmp_path / "network.nc").touch()
    monkeypatch.setattr(netcdf, "read_isolated", lambda _: unequal)
    talk = talk_of(command, tmp_path / "network.nc", monkeypatch, capsys)
    where = f"{tmp_path}/network.nc: {name} is {value - 0.2:g} in V1-23E and {value:g} in V1-23I"
    assert talk.startswith(f"error: {where}; expected one value, as the cpu and cuda backends")
    assert talk.endswith("--backend nest takes several\n")
    assert talk.count("\n") == 1


def may_be(name: str, value: int) -> bool:
    """Whether a variable of integers may have a value."""
    return name not in REFERENCES and NETWORK.variables[name].low <= value <= NETWORK.variables[name].high


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in INTEGERS for value in OUT_OF_INT32 if not may_be(name, value)])
def test_integers_do_not_wrap(name: str, value: int) -> None:
    """A conversion to 32 bits would make sensible numbers of some of them."""
    entry = ", ".join("V1-23E" if dim == "population" else "0" for dim in VARIABLES[name].dims)
    with pytest.raises(InputError) as error:
        NETWORK.check(changed(name, value), "n.nc")
    assert str(error.value).startswith(f"n.nc: {name}[{entry}] is ")
    assert "expected" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["dt", "weight_unit_pA", LONGEST_T_SIM])
@pytest.mark.parametrize("value", [np.nan, -np.inf, "text", np.array([1.0, 2.0]), b"\xff", None])
def test_attributes_are_numbers(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf"^n\.nc: attribute {name} is .*, expected a number$"):
        NETWORK.check(changed(name, value), "n.nc")


def test_every_missing_part_is_named() -> None:
    for name in VARIABLES:
        assert NETWORK.findings(network().drop_vars(name), "n") == [f"variable {name} is missing"]
    for name in ATTRIBUTES:
        bad = network().copy()
        del bad.attrs[name]
        assert NETWORK.findings(bad, "n") == [f"attribute {name} is missing"]


@pytest.mark.parametrize("dims", [("stream",), ("projection",), ("projection", "weights", "delays"), ("segment",), ("k",)])
def test_what_may_be_empty_is_simulated(dims: tuple[str, ...]) -> None:
    empty = network().isel(dict.fromkeys(dims, slice(0)))
    NETWORK.check(empty, "network")
    plan(network_tables(empty))
    with closing(CpuSimulation(empty, Options(seed=1, threads=1))) as simulation:
        simulation.advance(20)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (
            changed("weight_quantiles", 2**16, (0, slice(4090, None))),
            "weight_quantiles[0, 4090] is a weight of 65536 units, which does not fit",
        ),
        (changed("stream_weight", 65536 / 16, 3), "stream_weight[3] is a weight of 65536 units, which does not fit"),
        (changed("synapses", 10**9), "synapses: so many for each neuron of [V1-23E] (2.5e+07) that their sum may overflow 32 bits"),
        (changed("tau_syn_in", 0.7, slice(None)), "tau_syn_ex and tau_syn_in differ; the cpu backend has one synaptic current"),
        (
            xr.concat([network()] * 2, "potentials", data_vars="minimal").pipe(lambda n: n.assign(v0_table=("population", [0, 1, 0]))),
            "v0_table",
        ),
    ],
)
def test_the_procedural_backends_refuse_what_the_file_may_hold(bad: xr.Dataset, words: str) -> None:
    NETWORK.check(bad, "n.nc")
    bad.encoding["source"] = "n.nc"
    with pytest.raises(InputError) as error:
        network_tables(bad)
    assert str(error.value).startswith(f"n.nc: {words}")
    assert "\n" not in str(error.value)


def test_what_does_not_fit_the_memory_is_not_allocated() -> None:
    large = changed("neurons", 2**31)
    NETWORK.check(large, "n.nc")
    large = large.assign(delay_quantiles=(large["delay_quantiles"].dims, np.full_like(large["delay_quantiles"], 2**20)))
    with pytest.raises(InputError, match=r"needs .* GB of memory \(ring .* GB\), this machine has .* GB"):
        CpuSimulation(large, Options(seed=1, threads=1))
    with pytest.raises(InputError, match="the cuda backend takes areas of at most"):
        plan(network_tables(large))
    with pytest.raises(InputError, match=r"needs .* GB of memory \(neurons"):
        check_memory(nest_memory(changed("neurons", 2**32 - 100)), "n.nc")
    with pytest.raises(InputError, match=r"--counts: needs .* GB of memory"):
        CountRecorder({"V1-23E": 2**40}, 100, 0.1)


INTEGER_VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-3, 300),
    st.sampled_from([k + d for k in (2**16, 2**20, 2**31, 2**32) for d in (-1, 0, 1)]),
)
REAL_VALUES = st.one_of(st.floats(), st.sampled_from([0.0, -1.0, 0.5, 10.0, 1e-6, 1e6, 1e9, 1e12, 2.0**-30, 2.0**30]))
MUTATIONS = st.one_of(
    st.tuples(st.sampled_from(INTEGERS), INTEGER_VALUES),
    st.tuples(st.sampled_from(REALS), REAL_VALUES),
    st.tuples(st.sampled_from([*PARAMETERS, "dt", "weight_unit_pA", LONGEST_T_SIM]), REAL_VALUES),
)


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(mutation=MUTATIONS, share=st.floats(0, 0.999))
def test_any_single_value_is_refused_or_simulated(mutation: tuple[str, Any], share: float) -> None:
    """One value of a variable, or a parameter of all neurons, or an attribute."""
    name, value = mutation
    one = name in INTEGERS or name in REALS
    bad = changed(name, value, int(share * network()[name].size) if one else slice(None))
    with suppress(InputError):
        NETWORK.check(bad, "n.nc")
        with closing(CpuSimulation(bad, Options(seed=1, threads=1))) as simulation:
            simulation.advance(30)
            assert all(np.isfinite(values).all() for values in (simulation.state().v, simulation.state().i))
        plan(network_tables(bad))
