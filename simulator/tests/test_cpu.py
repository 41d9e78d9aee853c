"""The cpu backend simulates the network as it is defined, with any number of threads."""

import numpy as np
import pytest

from procortex.backends.base import Options
from procortex.backends.cpu import CpuSimulation
from procortex.formats.network import read_network, write_network
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import read_spikes
from procortex.run import run
from procortex.utilities.errors import InputError
from tests.networks import small_network
from tests.reference import simulate


def parquet_bytes(folder):
    return {str(part.relative_to(folder)): part.read_bytes() for part in sorted(folder.rglob("*.parquet"))}


@pytest.mark.parametrize("threads", [1, 3])
def test_spikes_equal_the_plain_python_simulation(threads):
    network = small_network({"V1-23E": 41, "V1-23I": 12, "V2-4E": 19}, indegree=9.7, rate=12_000)
    steps, neurons = CpuSimulation(network, Options(seed=11, threads=threads, precision="float64")).advance(400)
    expected = simulate(network, seed=11, n_steps=400)
    assert len(expected) > 100
    assert list(zip(steps.tolist(), neurons.tolist(), strict=True)) == expected


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_same_bytes_with_any_number_of_threads(two_areas, tmp_path, precision):
    written = {}
    for threads in (1, 2, 5):
        run(two_areas, "cpu", 200.0, tmp_path / str(threads), Options(seed=4, threads=threads, precision=precision))
        written[threads] = parquet_bytes(tmp_path / str(threads))
    assert written[1] == written[2] == written[5]
    assert sum(read_meta(tmp_path / "1").spikes.values()) > 1000


def test_a_volley_larger_than_one_round_is_delivered_whole():
    """All neurons spike in step 1: more spikes in one step than the event buffers take at once."""
    network = small_network({"V1-23E": 5000, "V1-23I": 1300}, indegree=20, rate=12_000)
    network["v0_quantiles"][:] = -20.0
    spikes = []
    for threads in (1, 2, 5):
        steps, neurons = CpuSimulation(network, Options(seed=1, threads=threads)).advance(150)
        assert np.count_nonzero(steps == 1) == 6300
        spikes.append((steps.tolist(), neurons.tolist()))
    assert spikes[0] == spikes[1] == spikes[2]
    assert len(spikes[0][0]) > 6300


def test_seeds_give_other_spikes(two_areas, tmp_path):
    for seed in (1, 2):
        run(two_areas, "cpu", 50.0, tmp_path / str(seed), Options(seed=seed, threads=1))
    assert parquet_bytes(tmp_path / "1") != parquet_bytes(tmp_path / "2")


def test_cutting_time_into_pieces_changes_nothing(two_areas):
    network = read_network(two_areas)
    whole = CpuSimulation(network, Options(seed=2, threads=2)).advance(300)
    pieces = CpuSimulation(network, Options(seed=2, threads=2))
    parts = [pieces.advance(n) for n in (1, 99, 7, 193)]
    for k in (0, 1):
        assert (np.concatenate([part[k] for part in parts]) == whole[k]).all()


def test_infinite_drive_gives_the_shortest_interval():
    """20 refractory steps, then one to cross the threshold (spec of iaf_psc_exp: 2.1 ms at infinite drive)."""
    network = small_network({"V1-23E": 3}, indegree=0, rate=0)
    network["v0_quantiles"][:] = -20.0
    network["dc"][:] = 1e5
    steps, _ = CpuSimulation(network, Options(seed=2, threads=1)).advance(100)
    assert sorted(set(steps.tolist())) == [1, 22, 43, 64, 85]


def test_record_first_keeps_the_first_neurons(two_areas, tmp_path):
    run(two_areas, "cpu", 100.0, tmp_path / "all", Options(seed=1, threads=1))
    meta = run(two_areas, "cpu", 100.0, tmp_path / "few", Options(seed=1, threads=1, record_first=150))
    every, few = read_spikes(tmp_path / "all", "V2"), read_spikes(tmp_path / "few", "V2")
    kept = every[every["neuron"] < 150].reset_index(drop=True)
    assert few.equals(kept)
    assert meta.recorded == {"V1-23E": 150, "V1-23I": 150, "V2-4E": 150, "V2-4I": 130}


def test_unequal_synaptic_time_constants_are_refused(two_areas):
    network = read_network(two_areas)
    network["tau_syn_in"][:] = 0.7
    with pytest.raises(InputError, match="tau_syn_ex and tau_syn_in differ"):
        CpuSimulation(network, Options(seed=1, threads=1))


def test_a_weight_outside_the_event_format_is_refused(two_areas):
    network = read_network(two_areas)
    network["weight_quantiles"][0, -1] = 70_000
    with pytest.raises(InputError, match="event format"):
        CpuSimulation(network, Options(seed=1, threads=1))


def test_meta_says_what_was_run(two_areas, tmp_path):
    meta = run(two_areas, "auto", 30.0, tmp_path / "spikes", Options(seed=9, threads=2))
    assert read_meta(tmp_path / "spikes") == meta
    assert (meta.dt, meta.t_sim, meta.seed, meta.backend, meta.threads) == (0.1, 30.0, 9, "cpu", 2)
    assert {"set_up", "simulate", "update", "deliver", "record"} <= set(meta.wall_time_s)
    assert sum(len(read_spikes(tmp_path / "spikes", area)) for area in ("V1", "V2")) == sum(meta.spikes.values())


def test_an_area_without_spikes_is_empty_not_missing(tmp_path):
    path = tmp_path / "silent.nc"
    network = small_network({"V1-23E": 10, "V2-23E": 10}, indegree=1, rate=0)
    network["v0_quantiles"][:] = -65.0
    network["dc"][:] = 0.0
    write_network(network, path)
    run(path, "cpu", 20.0, tmp_path / "spikes", Options(seed=1, threads=1))
    assert read_spikes(tmp_path / "spikes", "V2").empty
