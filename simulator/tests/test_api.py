"""The library as a user meets it: networks, plans, simulations whole and step by step, spikes in every form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import procortex as pc
from procortex.backends.base import Options
from procortex.poisson import poisson_thresholds
from procortex.run import run

LABELS = ["V1-23E", "V1-23I", "V2-4E", "V2-4I"]


@pytest.fixture
def network(two_areas: Path) -> pc.Network:
    return pc.open_network(two_areas)


def same(first: pc.Spikes, second: pc.Spikes) -> bool:
    return first.to_pandas().equals(second.to_pandas())


def test_every_public_name_is_there_and_described() -> None:
    assert {name for name in pc.__all__ if getattr(pc, name, None) is None} == set()
    assert set(pc.__all__) <= set(dir(pc))
    assert all(getattr(pc, name).__doc__ for name in pc.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        pc.nonsense  # noqa: B018


def test_the_library_needs_nothing_of_the_workflow(tmp_path: Path) -> None:
    code = """
import sys, procortex as pc
assert "xarray" not in sys.modules and "numpy" not in sys.modules
for name in pc.__all__:
    getattr(pc, name)
others = {"snakemake", "elephant", "nest", "neo", "matplotlib", "model", "analysis", "contracts", "planning", "reporting", "sources"}
print(*sorted(others & {name.split(".")[0] for name in sys.modules}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_network_says_what_it_is(network: pc.Network) -> None:
    assert list(network.populations) == LABELS
    assert (network.n_neurons, network.dt) == (1651, 0.1)
    assert network.n_synapses == int(network.dataset["synapses"].sum())
    assert repr(network) == f"<Network: 4 populations, 1,651 neurons, {network.n_synapses:,} synapses, dt 0.1 ms>"
    assert pc.plan(network) == network.plan()
    assert "1,651 neurons" in pc.plan(network, rates=[5.0])


def test_runs_of_any_length_give_the_same_spikes(network: pc.Network, two_areas: Path, tmp_path: Path) -> None:
    run(two_areas, "cpu", 60.0, tmp_path / "spikes", Options(seed=3, threads=1))
    stored = pc.open_spikes(tmp_path / "spikes")
    with pc.Simulation(network, "cpu", seed=3, threads=1) as simulation:
        parts = [simulation.run(t) for t in (0.1, 29.9, 30.0)]
        whole = simulation.spikes
    assert simulation.time == pytest.approx(60.0)
    assert same(whole, stored)
    assert same(pc.simulate(network, 60.0, backend="cpu", seed=3), stored)
    assert [(part.t_start, part.t_stop) for part in parts] == [(0.0, 0.1), (0.1, 30.0), (30.0, 60.0)]
    assert sum(len(part.to_pandas()) for part in parts) == len(whole.to_pandas()) > 100


def test_spikes_in_every_form(network: pc.Network) -> None:
    spikes = pc.simulate(network, 50.0, backend="cpu", record_first=20, record=["V1-23E", "V2-4I"])
    assert dict(spikes.recorded) == {"V1-23E": 20, "V2-4I": 20}
    neuron, time = spikes.arrays("V1-23E")
    assert neuron.max() < 20
    assert (np.diff(time) >= 0).all()
    frame = spikes.to_pandas()
    assert list(frame.columns) == ["population", "neuron", "time_ms"]
    assert frame.groupby("population", observed=True).size().to_dict() == {label: len(spikes.arrays(label)[0]) for label in spikes.recorded}
    assert spikes.to_pandas("V2-4I").equals(frame[frame["population"] == "V2-4I"].assign(
        population=lambda f: f["population"].cat.set_categories(["V2-4I"])).reset_index(drop=True))  # fmt: skip
    expected = pd.Series({label: len(spikes.arrays(label)[0]) / 20 / 0.05 for label in spikes.recorded}, name="rate")
    pd.testing.assert_series_equal(spikes.rates(), expected)
    with pytest.raises(pc.InputError, match=r"no spikes of 'V1-23I' were recorded, expected one of V1-23E, V2-4I"):
        spikes.arrays("V1-23I")


def test_neo_trains(network: pc.Network) -> None:
    pytest.importorskip("neo", reason="Neo is not installed")
    spikes = pc.simulate(network, 50.0, backend="cpu")
    trains = spikes.to_neo("V1-23E", 30)
    neuron, time = spikes.arrays("V1-23E")
    assert len(trains) == 30
    for index, train in enumerate(trains):
        np.testing.assert_array_equal(train.rescale("ms").magnitude, time[neuron == index])
    with pytest.raises(pc.InputError, match="803 neurons of V1-23E were recorded, 804 were asked for"):
        spikes.to_neo("V1-23E", 804)


def test_the_state_between_two_runs(network: pc.Network) -> None:
    with pc.Simulation(network, "cpu", threads=1) as simulation:
        start = simulation.state()
        simulation.run(20.0)
        state = simulation.state()
    assert list(state.columns) == ["population", "neuron", "V_m", "I_syn", "refractory"]
    assert state["population"].value_counts(sort=False).to_dict() == dict(network.populations)
    assert not np.array_equal(start["V_m"], state["V_m"])
    assert state["V_m"].between(-200, float(network.dataset["V_th"][0])).all()
    refractory = state[state["refractory"] > 0]
    assert len(refractory) > 0
    np.testing.assert_allclose(refractory["V_m"], float(network.dataset["V_reset"][0]))
    with pytest.raises(pc.InputError, match="the simulation is closed"):
        simulation.run(1.0)


def test_a_change_acts_from_the_next_step_and_can_be_taken_back(network: pc.Network) -> None:
    """A change that is taken back at once changes no spike; one that stays changes only later ones."""
    plain = pc.simulate(network, 80.0, backend="cpu", threads=1).to_pandas()
    with pc.Simulation(network, "cpu", threads=1) as simulation:
        simulation.run(40.0)
        current, rate = float(network.dataset["dc"][0]), float(network.dataset["stream_rate"][0])
        simulation.set_current("V1-23E", 500.0)
        simulation.set_current("V1-23E", current)
        simulation.set_poisson_rate("V1-23E", 5 * rate)
        simulation.set_poisson_rate("V1-23E", rate)
        simulation.run(40.0)
        assert simulation.spikes.to_pandas().equals(plain)
    for change in (("set_current", 500.0), ("set_poisson_rate", 3 * rate)):
        with pc.Simulation(network, "cpu", threads=1) as simulation:
            simulation.run(40.0)
            getattr(simulation, change[0])("V1-23E", change[1])
            simulation.run(40.0)
            changed = simulation.spikes.to_pandas()
        early = [frame[frame["time_ms"] < 40.05].reset_index(drop=True) for frame in (plain, changed)]
        assert early[0].equals(early[1])
        late = [frame[(frame["time_ms"] > 40) & (frame["population"] == "V1-23E")] for frame in (plain, changed)]
        assert len(late[1]) > 1.2 * len(late[0])


def test_a_changed_network_is_the_same_before_and_within_a_simulation(network: pc.Network) -> None:
    changed = network.with_current("V2-4E", 90.0).with_poisson_rate("V1-23I", 12_000.0, stream=1)
    with pc.Simulation(network, "cpu", threads=1) as simulation:
        simulation.set_current("V2-4E", 90.0)
        simulation.set_poisson_rate("V1-23I", 12_000.0, stream=1)
        simulation.run(30.0)
        assert same(simulation.spikes, pc.simulate(changed, 30.0, backend="cpu"))
    np.testing.assert_array_equal(changed.dataset["stream_threshold"], poisson_thresholds(changed.dataset["stream_rate"].to_numpy() * 1e-4))
    assert float(network.dataset["dc"][2]) != 90.0
    with pytest.raises(pc.InputError, match="changed after it was read"):
        pc.simulate(changed, 30.0, "spikes")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.set_current("V9", 1.0), r"there is no population 'V9', expected one of V1-23E, V1-23I"),
        (lambda s: s.set_current("V1-23E", float("nan")), "V1-23E: a current of nan pA, expected one between"),
        (lambda s: s.set_poisson_rate("V1-23E", -1.0), "V1-23E: a rate of -1 spikes/s, expected 0 or more"),
        (lambda s: s.set_poisson_rate("V1-23E", 1e12), "Poisson events in a step"),
        (lambda s: s.set_poisson_rate("V1-23E", 1.0, 2), "V1-23E: there is no Poisson stream 2, expected 0 to 1"),
        (lambda s: s.run(0.05), "not a positive multiple of the network's time step"),
        (lambda s: s.run(1e12), "at most 2147483647 fit"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(network: pc.Network, call: object, message: str) -> None:
    with pc.Simulation(network, "cpu", threads=1) as simulation:
        with pytest.raises(pc.InputError, match=message):
            call(simulation)  # type: ignore[operator]
        assert same(simulation.run(10.0), pc.simulate(network, 10.0, backend="cpu"))


@pytest.mark.parametrize("seed", [0, 2**32])
def test_seeds_out_of_range(network: pc.Network, seed: int, tmp_path: Path) -> None:
    with pytest.raises(pc.InputError, match=f"seed {seed}: expected a number from 1 to"):
        pc.simulate(network, 10.0, backend="cpu", seed=seed)
    with pytest.raises(pc.InputError, match=f"seed {seed}: expected a number from 1 to"):
        pc.simulate(network, 10.0, tmp_path / "spikes", backend="cpu", seed=seed)


@pytest.mark.nest
def test_nest_runs_on_but_keeps_its_state(network: pc.Network) -> None:
    pytest.importorskip("nest", reason="PyNEST is not installed")
    with pc.Simulation(network, "nest", threads=1) as simulation:
        simulation.run(5.0)
        simulation.run(5.0)
        assert len(simulation.spikes.to_pandas()) > 0
        for call in (simulation.state, lambda: simulation.set_current("V1-23E", 1.0)):
            with pytest.raises(pc.InputError, match="the nest backend runs to its end"):
                call()
