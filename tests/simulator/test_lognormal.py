"""Weights that the procedural backends and NEST draw from a network with lognormal weights follow that law."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from model.network.weight_tables import lognormal_parameters, weight_table
from procortex.backends.base import Options
from procortex.formats.network import pair_matrix
from procortex.tables import network_tables
from tests.networks import small_network

SIZES = {"V1-23E": 800, "V1-23I": 200}
UNIT, SPREAD = 1.0, 3.0
SEED, N_TESTS = 7, 6


@pytest.fixture(scope="module")
def network() -> xr.Dataset:
    """Two populations; all weights lognormal, in the unit of a network of this spread."""
    network = small_network(SIZES, indegree=100, rate=9000)
    tables = [weight_table(mean, SPREAD * abs(mean), True, UNIT, coarse=True) for mean in (87.8, -420.0)]
    return network.assign(
        weight_quantiles=(("weights", "level"), np.array(tables)),
        weight_lognormal=("weights", np.array([1, 1], np.int8)),
        weight_sd=SPREAD * np.abs(network["weight_mean"]),
    ).assign_attrs(weight_unit_pA=UNIT)


@pytest.fixture(scope="module")
def ours(network, kernels) -> dict[tuple[int, int], np.ndarray]:
    """Magnitudes (pA) of all weights of each projection, by target and source, as a procedural backend draws them."""
    tables = network_tables(network)
    first, found = tables.first_outgoing, {}
    for source in range(2):
        for projection in range(first[source], first[source + 1]):
            target, number = int(tables.target[projection]), int(tables.projection_id[projection])
            sizes = list(tables.populations.values())
            lengths = kernels.row_lengths(SEED, number, int(tables.synapses[projection]), sizes[source])
            levels = [kernels.synapses(SEED, number, neuron, int(length), sizes[target])[2] for neuron, length in enumerate(lengths)]
            found[target, source] = np.abs(tables.weights[tables.weight_class[projection]][np.concatenate(levels)]) * UNIT
    return found


def law(mean: float):
    location, scale = lognormal_parameters(abs(mean), SPREAD * abs(mean))
    return stats.lognorm(s=scale, scale=np.exp(location))


def granularity(mean: float) -> float:
    """Largest distance of the table's distribution from the law: a bin of the levels, and what lies within a unit."""
    grid = np.arange(0, 40, 0.01)
    return 1 / 4096 + float((law(mean).cdf(grid + UNIT) - law(mean).cdf(grid)).max())


@pytest.mark.parametrize("pair", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_weights_are_lognormal(network, ours, alpha, pair) -> None:
    mean, drawn = float(pair_matrix(network, "weight_mean").values[pair]), ours[pair]
    assert len(drawn) == int(pair_matrix(network, "synapses").values[pair])
    distance = stats.kstest(drawn, law(mean).cdf).statistic
    assert distance < stats.kstwo.isf(alpha(N_TESTS), len(drawn)) + granularity(mean)


def test_the_mean_of_the_draws_is_that_of_the_weight(network, ours, alpha) -> None:
    for pair, drawn in ours.items():
        mean = abs(float(pair_matrix(network, "weight_mean").values[pair]))
        error = SPREAD * mean / np.sqrt(len(drawn))
        assert abs(drawn.mean() - mean) < stats.norm.isf(alpha(N_TESTS) / 8) * error


@pytest.mark.nest
def test_nest_draws_the_same_law(network, ours, alpha) -> None:
    nest = pytest.importorskip("nest", reason="PyNEST is not installed")
    from procortex.backends.nest import NestSimulation

    simulation = NestSimulation(network, Options(seed=SEED, threads=1))
    try:
        connections = nest.GetConnections().get(["source", "target", "weight", "synapse_model"], output="pandas")
    finally:
        simulation.close()
    recurrent = connections[connections["synapse_model"].astype(str).str.startswith("static_synapse_")]
    first = np.array([0, SIZES["V1-23E"]]) + simulation._first_id
    target, source = (np.searchsorted(first, recurrent[end], side="right") - 1 for end in ("target", "source"))
    for pair, drawn in ours.items():
        mean = float(pair_matrix(network, "weight_mean").values[pair])
        theirs = recurrent["weight"].to_numpy()[(target == pair[0]) & (source == pair[1])]
        assert len(theirs) == len(drawn)
        assert (np.sign(theirs) == np.sign(mean)).all()
        level = alpha(N_TESTS * len(ours))
        assert stats.kstest(np.abs(theirs), law(mean).cdf).pvalue > level
        # two samples of equal size: the asymptotic quantile of half their number, and the steps of our table
        assert stats.ks_2samp(np.abs(theirs), drawn).statistic < stats.kstwobign.isf(level) * np.sqrt(2 / len(drawn)) + granularity(mean)
