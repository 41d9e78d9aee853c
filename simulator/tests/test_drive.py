"""The Poisson drive and the initial potentials follow their laws."""

import numpy as np
import pytest
from scipy import stats

from procortex.backends.base import Options
from procortex.backends.cpu import CpuSimulation
from tests.networks import small_network

MEANS = (0.02, 1.25, 7.8, 40.0)


def thresholds(mean, n=120):
    return np.minimum(np.rint(2.0**31 * stats.poisson.cdf(np.arange(n), mean)) - 1, 2**31 - 1).astype(np.int32)


@pytest.mark.parametrize("mean", MEANS)
def test_counts_are_poisson(kernels, alpha, mean):
    table = thresholds(mean)
    events = np.concatenate([kernels.poisson(7, 0, 20_000, step, 0, table) for step in range(1, 11)])
    law = stats.poisson(mean)
    low, high = int(law.ppf(1e-4)), int(law.ppf(1 - 1e-4))
    edges = np.concatenate([[-1], np.arange(low, high + 1), [10_000]])
    observed = np.histogram(events, bins=edges + 0.5)[0]
    expected = len(events) * np.diff(law.cdf(edges))
    keep = expected > 5
    observed = np.append(observed[keep], observed[~keep].sum())
    expected = np.append(expected[keep], expected[~keep].sum())
    enough = expected > 0
    assert stats.chisquare(observed[enough], expected[enough] * observed.sum() / expected.sum()).pvalue > alpha(len(MEANS))


def test_counts_do_not_depend_on_how_neurons_are_grouped(kernels):
    table = thresholds(3.0)
    whole = kernels.poisson(9, 0, 1000, 5, 1, table)
    for first, count in ((1, 30), (2, 500), (3, 997), (64, 64), (517, 1)):
        assert (kernels.poisson(9, first, count, 5, 1, table) == whole[first : first + count]).all()


def test_initial_potentials_follow_the_quantiles(alpha):
    """Without input, whoever starts above threshold spikes in step 1, after one step of leak."""
    network = small_network({"V1-23E": 200_000}, indegree=0, rate=0)
    steps, neurons = CpuSimulation(network, Options(seed=3, threads=1)).advance(1)
    n_above = int(np.count_nonzero((network["v0_quantiles"].values + 65) * np.exp(-0.01) >= 15))
    assert set(steps) == {1}
    assert stats.binomtest(len(neurons), 200_000, n_above / 65536).pvalue > alpha(1)
