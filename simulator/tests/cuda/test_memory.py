"""What a simulation needs is known before it starts."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procortex.backends.cuda.partition import Limits, Shape, partition
from procortex.formats.network import write_network
from procortex.memory import GROUPS, POOL, by_purpose, cpu_memory, device_memory, expected_events, number_formats, page_stacks, pool_for
from procortex.needs import GPUS, plan, smallest_gpu
from procortex.utilities.errors import InputError
from tests.cuda.networks import small_tables
from tests.networks import small_network

LIMITS = Limits(events=0)


def memory_of(tables, limits=LIMITS, precision="float32", shape=None):
    shape = shape or Shape()
    p = partition(tables, shape.owners, shape.max_local, limits)
    return p, device_memory(tables, p, number_formats(tables, p, precision), limits, shape.pairs_per_chunk)


@pytest.fixture(scope="module")
def tables():
    return small_tables([[3000, 700, 400], [5000, 200]], indegree=40)


def test_sizes_of_the_parts(tables):
    p, parts = memory_of(tables, Limits(events=256 * 100))
    n = tables.n_neurons
    assert parts["v"] == parts["i"] == parts["spikes"] == 4 * n
    assert parts["calendar"] == 4 * 256 * 100
    assert parts["free_pages"] == 4 * sum(100 // 2**k + 1 for k in range(16))
    assert parts["ring"] == 4 * (p.n_neurons * p.ring_slots).sum()
    assert parts["row_lengths"] == 2 * (5 * n + 1)
    assert memory_of(tables, precision="float64")[1]["v"] == 8 * n


def test_groups_hold_every_part_once(tables):
    parts = memory_of(tables)[1]
    named = [name for names in GROUPS.values() for name in names]
    assert len(set(named)) == len(named)
    assert set(named) | set(POOL) <= set(parts)
    assert sum(by_purpose(parts).values()) + sum(parts[name] for name in POOL) == sum(parts.values())


@given(st.integers(0, 2**33), st.integers(1, 16))
def test_the_pool_fills_the_budget(more, pages_per_bucket):
    tables = small_tables([[30]])
    limits = replace(LIMITS, pages_per_bucket=pages_per_bucket)
    p, fixed = memory_of(tables, limits)
    formats = number_formats(tables, p, "float32")
    budget = sum(fixed.values()) + more
    events = pool_for(budget, fixed)
    whole = sum(device_memory(tables, p, formats, replace(limits, events=events), Shape().pairs_per_chunk).values())
    assert whole <= budget
    assert events == 2**32 - 256 or budget - whole < 1100 + 8 * pages_per_bucket + 0.008 * more
    assert page_stacks(replace(limits, events=events))[0] - 1 == events // 256


def test_a_budget_below_the_fixed_parts(tables):
    with pytest.raises(
        InputError, match=r"^--memory 0.001 GB is too little: the network needs [\d.]+ MB \(.+\) before the first event[^\n]+$"
    ):
        pool_for(10**6, memory_of(tables)[1])


def test_expected_events(tables):
    p, _ = memory_of(tables)
    rates = np.linspace(1, 20, len(tables.labels))
    traffic = expected_events(tables, p, rates)
    source = np.repeat(np.arange(len(tables.labels)), np.diff(tables.first_outgoing))
    per_second = tables.synapses * rates[source]
    delay_s = tables.delays.mean(axis=1)[tables.delay_class] * tables.dt * 1e-3
    assert traffic.per_second == pytest.approx(per_second.sum())
    assert traffic.in_flight == pytest.approx((per_second * delay_s).sum())
    assert traffic.pool >= traffic.in_flight
    assert expected_events(tables, p, 0.0).pool == 0


def test_full_pages_are_counted_as_the_device_takes_them():
    """One delay: an owner's bucket of n events in each coming step takes pages of 256, 512, ... events."""
    tables = small_tables([[1000]], indegree=1000)
    tables.delays[:] = 3
    p, _ = memory_of(tables, shape=Shape(1))
    for rate, pages in ((1.0, 1), (5.0, 1), (6.0, 1 + 2), (40.0, 1 + 2 + 4 + 8)):
        traffic = expected_events(tables, p, rate)
        assert traffic.in_flight == pytest.approx(3 * tables.synapses[0] * rate * 1e-4)
        assert traffic.pool == 3 * len(p.owner_area) * 256 * pages


def test_cpu_memory(tables):
    need = cpu_memory(tables, "float64")
    assert need["neuron state"] == tables.n_neurons * 20
    assert need["row lengths"] == tables.n_neurons * 5 * 4
    assert need["ring"] == 4 * (np.diff(tables.first_neuron) * tables.ring_slots).sum()


def test_smallest_gpu():
    assert "of 8 GB" in smallest_gpu(1)
    assert "of 24 GB" in smallest_gpu(16 * 10**9 + 1)
    assert "fits no GPU" in smallest_gpu(max(GPUS) * 10**9 + 1)


def test_plan_says_where_the_pool_cannot_be_large_enough(tables):
    most = "a pool holds 4.29e+09 events at most"
    assert most not in plan(tables, rates=[14.0])
    assert f"{most}, " in plan(tables, rates=[1e10])


def simulator_plan(*arguments):
    command = [sys.executable, "-m", "procortex", "plan", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def network_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "network.nc"
    write_network(small_network({"V1-23E": 803, "V1-23I": 201, "V2-4E": 517}, indegree=60, rate=9000), path)
    return path


def test_plan_needs_no_gpu(network_file):
    result = simulator_plan(network_file, "--memory", 2, "--precision", "float64", "--rates", 5)
    assert result.returncode == 0, result.stderr
    for words in ("1,521 neurons", "float64", "spill ring", "at 5 spikes/s", "fits a GPU of 8 GB", "within 2.00 GB", "cpu:"):
        assert words in result.stdout


@pytest.mark.parametrize(
    ("option", "value"), [("--memory", "1e-6"), ("--memory", "0"), ("--rates", "-1"), ("--multiprocessors", "0"), ("--shared-kb", "1")]
)
def test_bad_options_of_plan(network_file, option, value):
    result = simulator_plan(network_file, option, value)
    assert result.returncode == 2
    assert result.stderr.startswith(f"error: {option} ")
    assert result.stderr.count("\n") == 1
