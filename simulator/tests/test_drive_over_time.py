"""Drive that changes: whatever pieces a simulation is cut into, and spike by spike what the plain definition gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procortex.backends.base import Options
from procortex.backends.cpu import CpuSimulation
from procortex.drive import Drive
from procortex.formats.network import NETWORK, write_network
from procortex.formats.spikes import read_spikes
from procortex.run import run
from procortex.utilities.errors import InputError
from tests.networks import small_network
from tests.reference import simulate


def stimulated(sizes: dict[str, int] | None = None):
    network = small_network(sizes or {"V1-23E": 30, "V1-23I": 8}, indegree=10, rate=9000)
    network["stream_start"][1], network["stream_stop"][1] = 120, 260
    network["stream_stop"][2] = 200
    return network.drop_dims("segment").assign(
        current_start=("segment", np.array([0, 77, 150, 240])),
        current=(("population", "segment"), np.array([[0.0, 250.0, -100.0, 30.0], [10.0, 0.0, 400.0, 0.0]])),
    )


def test_spikes_are_those_of_the_definition(tmp_path):
    network = stimulated()
    write_network(network, tmp_path / "network.nc")
    run(tmp_path / "network.nc", "cpu", 32.0, tmp_path / "spikes", Options(seed=3, threads=2, precision="float64"))
    found = read_spikes(tmp_path / "spikes", "V1")
    first = {"23E": 0, "23I": 30}
    ours = sorted((int(s), first[p] + int(n)) for s, p, n in zip(found["step"], found["population"], found["neuron"], strict=True))
    expected = simulate(network, 3, 320)
    assert len(expected) > 20
    assert ours == expected


@pytest.mark.parametrize("chunk", [1, 7, 77, 200])
def test_pieces_change_nothing(chunk):
    whole = CpuSimulation(stimulated(), Options(seed=3, threads=1)).advance(400)
    cut = CpuSimulation(stimulated(), Options(seed=3, threads=1))
    parts = [cut.advance(min(chunk, 400 - first)) for first in range(0, 400, chunk)]
    for k in range(2):
        np.testing.assert_array_equal(np.concatenate([part[k] for part in parts]), whole[k])


STARTS = st.lists(st.integers(0, 60), min_size=1, max_size=5, unique=True).map(sorted)


@given(STARTS, st.integers(0, 60), st.integers(0, 60), st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_the_drive_of_every_step_is_known(segments, start, length, pieces):
    drive = Drive(
        poisson_weight=np.array([[5, 7]], dtype=np.int32),
        poisson_start=np.array([[0, start]]),
        poisson_stop=np.array([[2**31 - 1, start + length]]),
        dc=np.array([2.0]),
        current_start=np.array(segments),
        current=np.arange(1.0, len(segments) + 1)[None, :],
        P20=0.5,
    )
    step, current, weight = 1, drive.drift(1), drive.weights(1)
    for n_steps in pieces:
        for first, count, changed in drive.pieces(step, n_steps):
            if changed:
                current, weight = drive.drift(first), drive.weights(first)
            for now in range(first, first + count):
                amplitude = sum(begin <= now for begin in segments)  # the segments' amplitudes are 1, 2, 3, ...
                assert current.tolist() == [0.5 * (2.0 + amplitude)]
                assert weight.tolist() == [[5, 7 if start <= now < start + length else 0]]
            step = first + count
    assert step == 1 + sum(pieces)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"current_start": ("segment", np.array([0, 77, 77, 240]))}, r"current_start\[2\] is 77, expected more than the one before it"),
        ({"stream_stop": ("stream", np.full(4, -1))}, r"stream_stop\[0\] is negative"),
        (
            {"stream_start": ("stream", np.full(4, 20)), "stream_stop": ("stream", np.full(4, 10))},
            r"stream_stop\[0\] is before stream_start",
        ),
    ],
)
def test_impossible_times_are_named(change, message):
    with pytest.raises(InputError, match=message):
        NETWORK.check(stimulated().assign(change), "network")


def test_nobody_simulates_for_longer_than_the_drive_is_known(tmp_path):
    write_network(stimulated().assign_attrs(longest_t_sim=32.0), tmp_path / "network.nc")
    with pytest.raises(
        InputError, match=r"t_sim is 32\.1 ms, but the series behind the network's currents lasts 32 ms; expected a t_sim of"
    ):
        run(tmp_path / "network.nc", "cpu", 32.1, tmp_path / "spikes", Options(seed=3, threads=1))
    assert not (tmp_path / "spikes").exists()
    run(tmp_path / "network.nc", "cpu", 32.0, tmp_path / "spikes", Options(seed=3, threads=1))
