"""The published network: the numbers it is known for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.configuration import load_experiment, resolve_parameters
from model.network.assemble import assemble_network, full_scale_circuit
from model.network.build import build_network
from procortex.formats.network import labels_of, pair_matrix, stream_matrix
from procortex.formats.populations import label_areas
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.golden
CONFIG = ROOT / "config"


@pytest.fixture(scope="module")
def full(published_anatomy):
    return assemble_network(published_anatomy, resolve_parameters({"cc_weights_factor": 1.9, "cc_weights_I_factor": 2.0}))


def test_size(full) -> None:
    assert int(full["neurons"].sum()) == 4_129_924
    assert int(full["synapses"].sum()) == 24_126_516_728
    assert int((full["synapses"] > 0).sum()) == 8_344
    assert float(full["indegree"].max()) == pytest.approx(13_033, abs=1)


def test_split_within_and_between_areas(full) -> None:
    areas = label_areas(labels_of(full))
    within = areas[:, None] == areas[None, :]
    synapses = pair_matrix(full, "synapses").values
    assert synapses[within].sum() == pytest.approx(19.67e9, rel=1e-3)
    assert synapses[~within].sum() == pytest.approx(4.46e9, rel=1e-3)
    assert not synapses[(areas == "MDP")[:, None] & ~within].any()


def test_every_weight_agrees_with_the_original(full, published_anatomy, golden_dir: Path) -> None:
    golden = np.load(golden_dir / "anatomy" / "matrices_stable.npz", allow_pickle=True)
    weights = golden["W_pA"][:, :-1]
    np.testing.assert_allclose(full["weight_mean"], weights[full["target"].values, full["source"].values], rtol=1e-13)
    assert full.attrs["external_weight"] == pytest.approx(golden["W_pA"][0, -1], rel=1e-13)
    circuit = full_scale_circuit(published_anatomy, resolve_parameters({}))
    np.testing.assert_allclose(circuit.indegree, golden["K"][:, :-1], rtol=1e-9, atol=1e-9)


def test_delays(full) -> None:
    areas = label_areas(labels_of(full))
    between = full["delay_mean"].values[areas[full["target"].values] != areas[full["source"].values]]
    assert between.min() == pytest.approx(5.974 / 3.5, abs=1e-3)
    assert between.max() == pytest.approx(62.917 / 3.5, abs=1e-3)
    assert int(full["delay_quantiles"].max()) < 720


def test_v1_alone(raw_dir: Path, published_dir: Path) -> None:
    network = build_network(load_experiment([CONFIG / "v1.yaml"]).state("ground"))
    assert int(network["neurons"].sum()) == 197_932
    assert int(network["synapses"].sum()) == 379_926_539
    assert stream_matrix(network, "stream_rate").shape[1] == 1  # background and replaced areas have one weight at chi = 1
