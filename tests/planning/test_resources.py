"""Memory, threads and time that simulations ask for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planning.resources import network_size
from procortex.needs import needs
from tests.planning.plans import planned

MEASURED = Path(__file__).resolve().parents[2] / "benchmarks" / "results"


@pytest.mark.parametrize(
    ("file", "values", "neurons", "synapses"),
    [
        ("v1.yaml", {}, 197_932, 379_926_539),
        ("full.yaml", {}, 4_129_924, 24_126_516_728),
        ("config.yaml", {}, 41_174, 24_122_642),
    ],
)
def test_sizes_are_those_of_the_networks(file: str, values: dict[str, float], neurons: int, synapses: int) -> None:
    plan = planned(file, **values)
    size = network_size(plan.simulations.parameters(plan.simulations.states[0]))
    assert size.neurons == pytest.approx(neurons, rel=0.005)
    assert size.synapses == pytest.approx(synapses, rel=0.01)


def test_scaling_and_replaced_connections_change_the_size() -> None:
    whole, half, isolated, two = (
        network_size(planned("full.yaml", published=False, **values).simulations.parameters("ground"))
        for values in ({}, {"N_scaling": 0.5, "K_scaling": 0.1}, {"replace_cc": "hom_poisson_stat"}, {"surface": 2.0})
    )
    assert half.neurons == pytest.approx(0.5 * whole.neurons)
    assert half.synapses == pytest.approx(0.05 * whole.synapses)
    assert isolated.neurons == whole.neurons
    assert 0.7 * whole.synapses < isolated.synapses < 0.9 * whole.synapses
    assert two.neurons == pytest.approx(2 * whole.neurons)


@pytest.mark.parametrize(
    ("file", "backend", "threads", "gpus"),
    [("test/tiny.yaml", "cpu", 1, 0), ("test/tiny.yaml", "cuda", 1, 1), ("full.yaml", "cpu", 64, 0), ("full.yaml", "cuda", 8, 1)],
)
def test_threads_follow_the_network(file: str, backend: str, threads: int, gpus: int) -> None:
    found = planned(file).resources.simulation("ground", backend)
    assert (found.threads, found.gpus, found.minutes) == (threads, gpus, 1440)


@pytest.mark.parametrize("path", sorted(MEASURED.glob("*-seed*.json")), ids=lambda path: path.stem)
def test_memory_is_above_what_was_measured(path: Path) -> None:
    row = json.loads(path.read_text())
    backend = next(name for name in ("cpu", "cuda", "nest") if f"-{name}-" in path.name)
    found = needs(backend, row["neurons"], row["synapses"])
    assert row["peak_memory_bytes"] < found.memory_bytes
    assert found.memory_mb == found.memory_bytes // 10**6


def test_nest_asks_for_the_memory_of_its_synapses() -> None:
    resources = planned("full.yaml").resources
    assert resources.simulation("ground", "nest").memory_mb > 10**6
    assert resources.simulation("ground", "cpu").memory_mb < 25_000


def test_memory_of_statistics_follows_spikes_and_processes() -> None:
    resources = planned("full.yaml").resources
    one, four, longer = (
        resources.statistics_memory_mb(state, threads) for state, threads in (("ground", 1), ("ground", 4), ("resting", 1))
    )
    assert one == pytest.approx(2000 + 500 + 0.08 * 4.13e6 * 20 * 10.5 * 24e-6, rel=0.01)
    assert four - 2000 == pytest.approx(4 * (one - 2000), rel=0.01)
    assert longer > 4 * one
