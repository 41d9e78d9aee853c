"""Two projections that join the same populations: synapses of their own, and the activity of one projection with as many synapses."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from procortex.backends.base import Options
from procortex.backends.cpu import CpuSimulation
from procortex.formats.network import pair_matrix, read_network, write_network
from procortex.needs import plan
from procortex.tables import network_tables
from tests.networks import small_network, split_projection
from tests.reference import simulate

SEEDS = range(1, 7)
LEVEL = 1e-3
"""Family-wise, over the populations of a test."""


def two_populations() -> xr.Dataset:
    return small_network({"V1-23E": 400, "V1-23I": 100}, indegree=50, rate=9500)


def differing(network: xr.Dataset) -> xr.Dataset:
    """Split the projection from inhibitory to excitatory neurons; one half excites, with longer delays."""
    split = split_projection(network, 1)
    for name, value in {
        "weight_table": 0,
        "weight_mean": 87.8,
        "weight_sd": 8.78,
        "delay_table": 0,
        "delay_mean": 1.5,
        "delay_sd": 0.75,
    }.items():
        split[name][-1] = value
    return split


def counts(network: xr.Dataset, seed: int, n_steps: int = 2000) -> np.ndarray:
    """Spikes of each population."""
    with closing(CpuSimulation(network, Options(seed=seed, threads=2))) as simulation:
        _, neurons = simulation.advance(n_steps)
    first = np.concatenate([[0], np.cumsum(network["neurons"].values)])
    return np.histogram(neurons, first)[0]


def assert_alike(ours: np.ndarray, others: np.ndarray) -> None:
    """Mean counts over seeds, shape (seeds, populations): Welch's t test, Bonferroni over populations."""
    assert others.mean(axis=0).min() > 50
    p = stats.ttest_ind(ours, others, equal_var=False).pvalue
    assert (p > LEVEL / ours.shape[1]).all(), (ours.mean(axis=0), others.mean(axis=0))


def test_every_spike_is_that_of_the_plain_simulation() -> None:
    network = differing(small_network({"V1-23E": 41, "V1-23I": 12, "V2-4E": 19}, indegree=9.7, rate=12_000))
    with closing(CpuSimulation(network, Options(seed=11, threads=2, precision="float64"))) as simulation:
        steps, neurons = simulation.advance(250)
    expected = simulate(network, seed=11, n_steps=250)
    assert len(expected) > 100
    assert list(zip(steps.tolist(), neurons.tolist(), strict=True)) == expected


def test_the_order_of_rows_is_nothing_to_the_spikes() -> None:
    network = differing(two_populations())
    turned = network.isel(projection=slice(None, None, -1))
    np.testing.assert_array_equal(counts(network, 3), counts(turned, 3))


def test_two_projections_have_other_synapses_than_one_of_their_size() -> None:
    whole, split = two_populations(), split_projection(two_populations(), 1)
    np.testing.assert_array_equal(pair_matrix(split, "synapses"), pair_matrix(whole, "synapses"))
    spikes = []
    for network in (whole, split):
        with closing(CpuSimulation(network, Options(seed=1, threads=1))) as simulation:
            spikes.append(list(zip(*simulation.advance(500), strict=True)))
    assert spikes[0] != spikes[1]


def test_two_projections_act_as_one_of_their_size() -> None:
    whole, split = two_populations(), split_projection(two_populations(), 1)
    assert_alike(*(np.array([counts(network, seed) for seed in SEEDS]) for network in (whole, split)))


def test_the_kind_of_the_second_projection_matters() -> None:
    """Half of the inhibition of excitatory neurons turned into excitation."""
    assert counts(differing(two_populations()), 1)[0] > 1.5 * counts(two_populations(), 1)[0]


def test_the_file_and_the_plan_take_them(tmp_path: Path) -> None:
    network = differing(two_populations())
    write_network(network, tmp_path / "network.nc")
    again = read_network(tmp_path / "network.nc")
    assert again.equals(network)
    assert f"{int(network['synapses'].sum()):,} synapses" in plan(network_tables(again))


@pytest.mark.nest
def test_nest_agrees() -> None:
    nest = pytest.importorskip("nest", reason="PyNEST is not installed")
    from procortex.backends.nest import NestSimulation

    network, theirs = differing(two_populations()), []
    for seed in SEEDS:
        with closing(NestSimulation(network, Options(seed=seed, threads=2))) as simulation:
            recurrent = [f"static_synapse_{target}" for target in range(2)]
            assert sum(len(nest.GetConnections(synapse_model=model)) for model in recurrent) == int(network["synapses"].sum())
            _, neurons = simulation.advance(2000)
        theirs.append(np.histogram(neurons, [0, 400, 500])[0])
    assert_alike(np.array([counts(network, seed) for seed in SEEDS]), np.array(theirs))
