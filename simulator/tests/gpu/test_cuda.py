"""The cuda backend gives the spikes of the cpu backend, bit for bit, whatever runs full."""

import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import procortex as pc
from procortex.backends.base import Options
from procortex.backends.cpu import CpuSimulation
from procortex.backends.cuda.partition import Limits, Shape
from procortex.backends.cuda.usable import cuda_works
from procortex.formats.network import read_network
from tests.networks import small_network, split_projection

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not cuda_works(), reason="no GPU, driver, PyCUDA or nvcc here")]
NETWORKS = os.environ.get("PROCORTEX_NETWORK_DIR")


def cuda_simulation(network, options, limits, shape):
    from procortex.backends.cuda.simulation import CudaSimulation

    return CudaSimulation(network, options, limits, shape)


def run_pieces(simulation, n_steps, piece=200):
    parts = [simulation.advance(min(piece, n_steps - first)) for first in range(0, n_steps, piece)]
    simulation.close()
    return tuple(np.concatenate([part[k] for part in parts]) for k in (0, 1))


def assert_same(network, n_steps, precision="float32", limits=None, shape=None, seed=3):
    options = Options(seed=seed, threads=len(os.sched_getaffinity(0)), precision=precision)
    expected = run_pieces(CpuSimulation(network, options), n_steps)
    found = run_pieces(cuda_simulation(network, options, limits, shape), n_steps)
    assert len(expected[0]) > 0
    assert len(found[0]) == len(expected[0])
    assert (found[0] == expected[0]).all()
    assert (found[1] == expected[1]).all()


SMALL = {"V1-23E": 803, "V1-23I": 201, "V2-4E": 517, "V2-4I": 131, "TH-5E": 3, "TH-5I": 1, "TH-6E": 2}


@pytest.fixture(scope="module")
def small():
    return small_network(SMALL, indegree=60, rate=9000)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_small_network(small, precision):
    assert_same(small, 2000, precision)


@pytest.mark.parametrize("shape", [Shape(1, 48 << 10), Shape(5, 64 << 10), Shape(46, 99 << 10), Shape(300, 227 << 10)], ids=str)
def test_other_blocks_and_chunks(small, shape):
    """Owners, threads of a block and sizes of chunks follow the shape; spikes do not."""
    assert_same(small, 600, shape=shape)


def test_one_long_piece(small):
    """More steps at once than the device keeps spikes for."""
    options = Options(seed=3, threads=1)
    whole = run_pieces(cuda_simulation(small, options, None, None), 777, piece=777)
    pieces = run_pieces(CpuSimulation(small, options), 777)
    assert all((a == b).all() for a, b in zip(whole, pieces, strict=True))


def test_projections_that_join_the_same_populations(small):
    split = split_projection(split_projection(small, 1), 9)  # within an area, and between two
    for name, value in {"weight_table": 0, "delay_table": 0}.items():
        split[name][-2] = value
    assert_same(split, 1000)


def test_other_seed(small):
    assert_same(small, 500, seed=2**32 - 1)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(events=0),
        Limits(events=5000),
        Limits(events=100_000),
        Limits(pages_per_bucket=1),
        Limits(pages_per_bucket=3, events=50_000),
        Limits(rows=1),
        Limits(rows=37),
        Limits(pairs=1),
        Limits(pairs=100),
        Limits(events=20_000, rows=20, pairs=300),
    ],
    ids=str,
)
def test_whatever_runs_full(small, limits):
    assert_same(small, 600, limits=limits)


@pytest.mark.parametrize("limits", [None, Limits(events=10_000_000, pages_per_bucket=4, rows=500, pairs=9000)], ids=["ample", "full"])
def test_all_neurons_fire_at_once(limits):
    network = small_network({"V1-23E": 50_000, "V1-23I": 13_000, "V2-23E": 9000}, indegree=40, rate=12_000)
    network["v0_quantiles"][:] = -20.0
    assert_same(network, 150, limits=limits)


def network_file(name: str) -> xr.Dataset:
    if not NETWORKS or not (Path(NETWORKS) / name).is_file():
        pytest.skip(f"PROCORTEX_NETWORK_DIR names no folder with {name} (make one with python -m model build)")
    return read_network(Path(NETWORKS) / name)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("state", ["ground", "resting"])
def test_default_experiment(state, precision):
    assert_same(network_file(f"default-{state}.nc"), 5000, precision)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_v1_at_full_density(precision):
    assert_same(network_file("v1-ground.nc"), 5000, precision)


CONSUMER_CARD = Shape(multiprocessors=46, shared_bytes=99 << 10)


def test_default_experiment_laid_out_for_a_consumer_card():
    assert_same(network_file("default-resting.nc"), 2000, shape=CONSUMER_CARD)


def test_step_by_step(small):
    """Runs of any length, changes of the drive and the state between them are those of the cpu backend."""
    found = {}
    for backend in ("cpu", "cuda"):
        with pc.Simulation(pc.Network(small), backend, seed=3) as simulation:
            simulation.run(31.7)
            simulation.set_current("V2-4E", 120.0)
            simulation.set_poisson_rate("V1-23I", 11_000.0, stream=1)
            simulation.run(40.0)
            found[backend] = simulation.spikes.to_pandas(), simulation.state()
    assert len(found["cpu"][0]) > 1000
    for ours, theirs in zip(found["cuda"], found["cpu"], strict=True):
        assert ours.equals(theirs)
