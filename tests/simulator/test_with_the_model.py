"""The simulator with the stages around it: the full model's memory, and counts that analysis takes up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.dynamics.series import count_spikes
from model.configuration import load_experiment
from model.network.build import build_network
from procortex.backends.base import Options
from procortex.backends.cuda.partition import Limits, Shape, partition
from procortex.formats.network import write_network
from procortex.formats.series import read_series
from procortex.formats.spikes import read_spikes
from procortex.memory import POOL, device_memory, number_formats
from procortex.needs import plan
from procortex.run import Outputs, run
from procortex.tables import network_tables
from tests.helpers.paths import ROOT
from tests.networks import small_network


def test_counts_while_simulating_are_those_of_the_spikes(tmp_path: Path) -> None:
    network = tmp_path / "network.nc"
    write_network(small_network({"V1-23E": 200, "V1-23I": 50, "V2-4E": 100}, indegree=40, rate=9500), network)
    run(network, "cpu", 90.0, tmp_path / "spikes", Options(seed=2, threads=1), Outputs(counts=True, checkpoint_ms=10.0))
    ours, expected = read_series(tmp_path / "spikes" / "_series.nc"), count_spikes(tmp_path / "spikes", "ground")
    for name in ("counts", "neurons"):
        np.testing.assert_array_equal(ours[name], expected[name])
    assert ours.attrs["state"] == ""
    assert ours["subsample_neurons"].values.tolist() == [140, 100]
    first = read_spikes(tmp_path / "spikes", "V1")
    sampled = first[first["neuron"] < np.where(first["population"] == "23E", 112, 28)]
    expected_sample = np.bincount(sampled["step"] // 10, minlength=91)[:90]
    np.testing.assert_array_equal(ours["subsample_counts"].sel(area="V1"), expected_sample)


@pytest.mark.golden
@pytest.mark.parametrize("shape", [Shape(), Shape(128, 99 << 10)], ids=["H200", "RTX 4090"])
def test_the_full_model_needs_less_than_12_gb_beside_its_events(shape: Shape, raw_dir: Path, published_dir: Path) -> None:
    limits = Limits(events=0)
    experiment = load_experiment([ROOT / "config" / "full.yaml"], {})
    for state in ("ground", "resting"):
        tables = network_tables(build_network(experiment.state(state)))
        assert tables.synapses.sum() == 24_126_516_728
        for precision in ("float32", "float64"):
            p = partition(tables, shape.owners, shape.max_local, limits)
            parts = device_memory(tables, p, number_formats(tables, p, precision), limits, shape.pairs_per_chunk)
            assert sum(parts[name] for name in parts if name not in POOL) < 12e9
        assert "fits a GPU of 12 GB" in plan(tables, rates=[3.0], shape=shape)
