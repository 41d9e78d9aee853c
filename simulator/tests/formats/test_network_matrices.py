"""Matrices of populations from the rows of a network, where several projections join the same populations too."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from procortex.formats.network import labels_of, pair_matrix, stream_matrix, stream_slots
from tests.networks import small_network, split_projection

SIZES = {"V1-23E": 40, "V1-23I": 10, "V2-4E": 20}
LABELS = list(SIZES)


@pytest.fixture
def network() -> xr.Dataset:
    return small_network(SIZES, indegree=5, rate=9000)


def rows(*projections: tuple[int, int, float, float]) -> xr.Dataset:
    """Network of projections with target, source, in-degree and weight; each synapse of an in-degree makes 40."""
    target, source, indegree, weight = (np.array(column) for column in zip(*projections, strict=True))
    values = {"target": target, "source": source, "indegree": indegree, "weight_mean": weight, "synapses": (40 * indegree).astype(np.int64)}
    return xr.Dataset({name: ("projection", column) for name, column in values.items()}, {"population": LABELS})


def test_matrices_have_targets_in_rows_and_sources_in_columns(network: xr.Dataset) -> None:
    shuffled = network.isel(projection=[4, 8, 0, 3, 1, 7, 2, 6, 5])
    for name in ("synapses", "indegree", "weight_mean", "weight_sd", "delay_mean", "delay_sd"):
        matrix = pair_matrix(shuffled, name)
        assert matrix.dims == ("target", "source")
        assert matrix["target"].values.tolist() == matrix["source"].values.tolist() == labels_of(network) == LABELS
        assert matrix.name == name
        np.testing.assert_array_equal(matrix, network[name].values.reshape(3, 3))
    assert pair_matrix(network, "synapses").dtype == np.int64
    assert float(pair_matrix(network, "weight_mean").sel(target="V1-23E", source="V1-23I")) == -420.0


def test_pairs_without_a_projection_are_zero() -> None:
    network = rows((0, 2, 3.0, 87.8))
    for name, value in (("synapses", 120), ("indegree", 3.0), ("weight_mean", 87.8)):
        expected = np.zeros((3, 3))
        expected[0, 2] = value
        np.testing.assert_array_equal(pair_matrix(network, name), expected)
    assert not pair_matrix(network.isel(projection=slice(0)), "weight_mean").any()


def test_projections_that_join_the_same_populations_add_up() -> None:
    network = rows((1, 0, 30.0, 10.0), (2, 2, 7.0, 5.0), (1, 0, 10.0, 40.0), (0, 1, 10.0, -40.0))
    assert pair_matrix(network, "synapses").values[1, 0] == 1600
    assert pair_matrix(network, "indegree").values[1, 0] == 40.0
    assert pair_matrix(network, "weight_mean").values.tolist() == [[0, -40.0, 0], [17.5, 0, 0], [0, 0, 5.0]]


def test_projections_without_synapses_do_not_weigh() -> None:
    network = rows((1, 0, 0.0, 10.0), (1, 0, 2.0, 40.0), (2, 0, 0.0, 7.0), (2, 0, 0.0, 9.0), (0, 0, 0.0, 3.0))
    matrix = pair_matrix(network, "weight_mean").values
    assert matrix[1, 0] == 40.0
    assert matrix[2, 0] == 0.0  # no synapse has a weight
    assert matrix[0, 0] == 3.0  # one projection's own, whether or not it has synapses


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.floats(0.1, 1e3), st.floats(-1e3, 1e3)),
        min_size=1,
        max_size=20,
    )
)
def test_in_degrees_and_charges_of_a_population_are_kept(projections: list[tuple[int, int, float, float]]) -> None:
    """However many projections there are, sums over synapses are those of the rows."""
    network = rows(*projections)
    indegree, weight = (pair_matrix(network, name).values for name in ("indegree", "weight_mean"))
    charge = np.zeros((3, 3))
    for target, source, K, W in projections:
        charge[target, source] += K * W
    assert indegree.sum() == pytest.approx(sum(K for _, _, K, _ in projections))
    np.testing.assert_allclose(indegree * weight, charge, atol=1e-6)


def test_a_split_projection_has_the_matrices_of_the_whole(network: xr.Dataset) -> None:
    split = split_projection(network, 1)
    assert split.sizes["projection"] == 10
    for name in ("synapses", "indegree", "weight_mean", "weight_sd", "delay_mean", "delay_sd"):
        np.testing.assert_allclose(pair_matrix(split, name), pair_matrix(network, name), rtol=1e-15)


def streams(*target: int) -> xr.Dataset:
    """Streams in steps of 100 spikes/s, with two thresholds each."""
    n = len(target)
    return xr.Dataset(
        {
            "stream_target": ("stream", np.array(target, dtype=np.int32)),
            "stream_rate": ("stream", 100.0 * np.arange(1, n + 1)),
            "stream_threshold": (("stream", "k"), np.arange(2 * n).reshape(n, 2)),
        },
        {"population": LABELS},
    )


@pytest.mark.parametrize(
    ("target", "slots"),
    [((0, 0, 1, 2, 2, 2), [0, 1, 0, 0, 1, 2]), ((2, 0, 2, 1, 0, 2), [0, 0, 1, 0, 1, 2]), ((1,), [0]), ((), [])],
)
def test_streams_of_a_target_count_in_the_order_of_rows(target: tuple[int, ...], slots: list[int]) -> None:
    assert stream_slots(streams(*target)).tolist() == slots


def test_streams_fill_the_inputs_of_their_populations() -> None:
    network = streams(2, 0, 2)
    assert stream_matrix(network, "stream_rate").tolist() == [[200, 0], [0, 0], [100, 300]]
    assert stream_matrix(network, "stream_rate", -1).tolist() == [[200, -1], [-1, -1], [100, 300]]
    thresholds = stream_matrix(network, "stream_threshold", 9)
    assert thresholds.dtype == network["stream_threshold"].dtype
    assert thresholds.tolist() == [[[2, 3], [9, 9]], [[9, 9], [9, 9]], [[0, 1], [4, 5]]]


def test_without_streams_there_is_one_input_of_nothing() -> None:
    assert stream_matrix(streams(), "stream_rate").tolist() == [[0.0]] * 3
    assert stream_matrix(streams(), "stream_threshold", 5).shape == (3, 1, 2)
