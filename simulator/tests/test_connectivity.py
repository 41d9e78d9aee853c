"""Row lengths, targets, delays, weights and degrees follow their laws, and totals are exact."""

import numpy as np
import pytest
from scipy import stats

N_SOURCE, N_TARGET, N_SYNAPSES = 700, 500, 210_123
SEED, PROJECTION = 12345, 17
N_TESTS = 7
"""Chi-square tests in this file: the level of each keeps the whole file at the family-wise level."""


@pytest.fixture(scope="module")
def drawn(kernels):
    """All synapses of one projection: row lengths, and source, target, delay level, weight level of each synapse."""
    lengths = kernels.row_lengths(SEED, PROJECTION, N_SYNAPSES, N_SOURCE)
    rows = [kernels.synapses(SEED, PROJECTION, source, int(length), N_TARGET) for source, length in enumerate(lengths)]
    target, delay, weight = (np.concatenate(column) for column in zip(*rows, strict=True))
    return lengths, np.repeat(np.arange(N_SOURCE), lengths), target, delay, weight


def uniform_p(values, n):
    counts = np.bincount(values, minlength=n)
    assert len(counts) == n
    return stats.chisquare(counts).pvalue


def test_total_is_exact(kernels):
    for n in (0, 1, 3, 4, 63, 64, 65, 1000, 99_999):
        assert kernels.row_lengths(1, 2, n, 37).sum() == n


def test_row_lengths_are_multinomial(drawn, alpha):
    lengths = drawn[0]
    assert stats.chisquare(lengths).pvalue > alpha(N_TESTS)
    assert stats.chisquare(lengths).pvalue < 1 - alpha(N_TESTS)  # not more even than chance


def test_targets_are_uniform(drawn, alpha):
    assert uniform_p(drawn[2], N_TARGET) > alpha(N_TESTS)


def test_delay_levels_are_uniform(drawn, alpha):
    assert uniform_p(drawn[3], 4096) > alpha(N_TESTS)


def test_weight_levels_are_uniform(drawn, alpha):
    assert uniform_p(drawn[4], 4096) > alpha(N_TESTS)


def test_target_delay_weight_are_independent(drawn, alpha):
    _, _, target, delay, weight = drawn
    cells = (target * 5 // N_TARGET) * 64 + (delay // 512) * 8 + weight // 512
    assert uniform_p(cells, 5 * 64) > alpha(N_TESTS)


def degree_p(degrees, n_synapses):
    """Chi-square of a degree distribution against the binomial law, in bins that expect at least 10 neurons."""
    n = len(degrees)
    law = stats.binom(n_synapses, 1 / n)
    inner = np.unique(law.ppf(np.arange(1, n // 20) / (n // 20)).astype(int))
    edges = np.concatenate([[-1], inner, [n_synapses]])
    observed = np.histogram(degrees, bins=edges + 0.5)[0]
    return stats.chisquare(observed, n * np.diff(law.cdf(edges))).pvalue


def test_in_degrees_are_binomial(drawn, alpha):
    assert degree_p(np.bincount(drawn[2], minlength=N_TARGET), N_SYNAPSES) > alpha(N_TESTS)


def test_out_degrees_are_binomial(drawn, alpha):
    assert degree_p(drawn[0], N_SYNAPSES) > alpha(N_TESTS)


def test_rows_of_other_seeds_projections_and_sources_differ(kernels):
    rows = [kernels.synapses(*args, 40, N_TARGET)[0].tolist() for args in ((1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 1, 2))]
    assert len({tuple(row) for row in rows}) == 4


def test_a_longer_row_begins_with_the_shorter_one(kernels):
    short, long = (kernels.synapses(3, 4, 5, length, N_TARGET) for length in (21, 64))
    assert all((s == w[:21]).all() for s, w in zip(short, long, strict=True))
