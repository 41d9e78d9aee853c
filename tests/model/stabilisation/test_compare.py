"""Tables that compare in-degrees, on matrices small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.circuit.circuit import Circuit
from model.network.assemble import full_scale_circuit
from model.stabilisation import compare
from model.stabilisation.transition import scan
from model.theory.siegert import Array
from procortex.formats.network import pair_matrix
from procortex.formats.populations import AREAS, population_labels
from tests.model.stabilisation.networks import anatomy, separatrix_network, two_areas
from tests.model.theory.networks import built, ground_rates, parameters

LABELS = ("V1-23E", "V1-5E", "V2-23E")
NEURONS = np.array([100.0, 300.0, 50.0])
MATRICES = {
    "none": np.array([[10.0, 4.0, 2.0], [0.0, 8.0, 1.0], [3.0, 0.0, 20.0]]),
    "computed": np.array([[11.0, 4.0, 0.0], [2.0, 7.0, 1.5], [3.0, 1.0, 18.0]]),
    "published": np.array([[12.0, 4.0, 1.0], [0.0, 8.0, 1.0], [4.0, 0.0, 20.0]]),
}


def test_summary() -> None:
    table = compare.summary(LABELS, NEURONS, MATRICES).set_index(["indegrees", "part"])
    assert list(table.index) == [(name, part) for name in MATRICES for part in ("within", "between")]
    within, between = table.loc[("computed", "within")], table.loc[("computed", "between")]
    assert within["synapses"] == 100 * (11 + 4) + 300 * (2 + 7) + 50 * 18
    assert between["synapses"] == 300 * 1.5 + 50 * (3 + 1)
    assert (within["indegree"], between["indegree"]) == (42, 5.5)
    assert (within["change"], between["change"]) == (0, -0.5)
    assert (within["magnitude"], between["magnitude"]) == (6, 3.5)
    assert (within["new"], within["gone"]) == (1, 0)
    assert (between["new"], between["gone"]) == (1, 1)
    ours, theirs = [1, 0, 2, -1, -2], [2, 0, 0, 0, 0]
    expected = np.corrcoef(ours, theirs)[0, 1]
    assert within["correlation_published"] == pytest.approx(expected)
    assert table.loc[("published", "within"), "correlation_computed"] == pytest.approx(expected)
    assert np.isnan(within["correlation_computed"])
    none = table.loc["none"]
    assert (none[["change", "magnitude", "new", "gone"]] == 0).all(axis=None)


def test_by_layer() -> None:
    table = compare.by_layer(LABELS, MATRICES)
    assert len(table) == 2 * 2 * 8
    rows = table.set_index(["role", "part", "population"])[["computed", "published"]]
    expected = {
        ("target", "within", "23E"): (1 - 2, 2),
        ("target", "within", "5E"): (1, 0),
        ("target", "between", "23E"): (-2 + 1, -1 + 1),
        ("target", "between", "5E"): (0.5, 0),
        ("source", "within", "23E"): (1 + 2 - 2, 2),
        ("source", "within", "5E"): (-1, 0),
        ("source", "between", "23E"): (-2 + 0.5, -1 + 1),
        ("source", "between", "5E"): (1, 0),
    }
    for place, values in expected.items():
        assert tuple(rows.loc[place]) == values, place
    assert not rows.drop(list(expected)).any(axis=None)


def test_by_area_pair() -> None:
    labels = population_labels()
    random = np.random.default_rng(1)
    neurons, matrix = random.uniform(100, 1000, 254), random.uniform(0, 10, (254, 254))
    table = compare.by_area_pair(labels, neurons, {"none": matrix, "half": matrix / 2})
    assert len(table) == 32 * 32
    assert list(table["target"][:33]) == ["V1"] * 32 + ["V2"]
    assert tuple(table["source"][:32]) == AREAS
    pair = table[(table["target"] == "V2") & (table["source"] == "TH")]
    targets, sources = slice(8, 16), slice(248, 254)
    expected = (matrix[targets, sources].sum(axis=1) * neurons[targets]).sum() / neurons[targets].sum()
    assert pair["none"].item() == pytest.approx(expected)
    np.testing.assert_allclose(table["half"], table["none"] / 2)


def test_largest_changes() -> None:
    table = compare.largest_changes(LABELS, MATRICES, "computed", number=3)
    expected = pd.DataFrame(
        {
            "target": ["V1-23E", "V1-5E", "V2-23E"],
            "source": ["V2-23E", "V1-23E", "V2-23E"],
            "none": [2.0, 0.0, 20.0],
            "computed": [0.0, 2.0, 18.0],
            "published": [1.0, 0.0, 20.0],
        }
    )
    pd.testing.assert_frame_equal(table, expected)


@pytest.fixture(scope="module")
def stabilised() -> tuple[Circuit, Array]:
    """The network on anatomical in-degrees, and the stabilised in-degrees."""
    return full_scale_circuit(anatomy(), parameters()), pair_matrix(built(), "indegree").to_numpy()


@pytest.mark.slow
def test_states_over_chi(stabilised: tuple[Circuit, Array]) -> None:
    circuit, indegree = stabilised
    given = parameters(cc_weights_factor=1.9, cc_weights_I_factor=2)
    table = compare.over_chi(circuit, given, {"none": circuit.indegree, "computed": indegree}, [1.0, 1.9])
    rows = table.set_index(["indegrees", "chi"])
    assert list(rows["chi_I"]) == [1, 2, 1, 2]
    ground = rows.loc[("computed", 1.0)]
    assert ground["settled"]
    assert ground["mean_rate"] == pytest.approx(ground_rates().mean(), rel=1e-6)
    assert ground["low_mean_rate"] == pytest.approx(ground_rates().mean(), rel=1e-6)
    assert ground["low_max_rate"] == ground["max_rate"]
    assert 0 < ground["critical_eigenvalue"] < 1
    resting = rows.loc[("computed", 1.9)]
    assert not resting["settled"]
    assert resting["low_activity"]
    assert resting["max_rate"] > 100 > resting["low_max_rate"]
    unstabilised = rows.loc[("none", 1.0)]
    assert unstabilised["mean_rate"] > 50
    assert not unstabilised["low_activity"]
    assert np.isnan(unstabilised["critical_eigenvalue"])


def test_rates_over_kappa() -> None:
    network = separatrix_network(kappa_step=0.05)
    table = compare.over_kappa(network, {"strong": network.indegree, "weak": two_areas(("V1", "V2"), 1.0).indegree}, kappa_end=1.25)
    np.testing.assert_allclose(table["kappa"], [1, 1.05, 1.1, 1.15, 1.2, 1.25])
    assert (table["strong"] > 100).tolist() == [False, False, False, False, True, True]
    assert (table["weak"] < 20).all()
    np.testing.assert_allclose(table["strong"][:5], scan(network).rates.mean(axis=1), rtol=1e-6)
