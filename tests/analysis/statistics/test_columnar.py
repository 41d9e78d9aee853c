"""The columnar statistics equal Elephant's, train by train."""

from __future__ import annotations

import numpy as np
import pytest
import quantities as pq
from elephant.conversion import BinnedSpikeTrain
from elephant.statistics import isi, mean_firing_rate
from elephant.statistics import lvr as elephant_lvr
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.exchange.neo_objects import neo_trains
from analysis.statistics.correlation import correlations, subsample
from analysis.statistics.definitions import DEFINITIONS, Window
from analysis.statistics.irregularity import counted_lvr, interspike_intervals, lvr
from analysis.statistics.rates import firing_rates
from analysis.statistics.trains import Trains
from procortex.utilities.errors import InputError

WINDOW = Window.between(50.0, 150.0, 0.1)
N_NEURONS = 6
SPIKES = st.sets(st.tuples(st.integers(0, N_NEURONS - 1), st.integers(1, 1500)), max_size=80)


def trains_of(spikes: set[tuple[int, int]], order: int = 0) -> Trains:
    pairs = np.array(list(spikes), dtype=np.int64).reshape(-1, 2)
    pairs = pairs[np.random.default_rng(order).permutation(len(pairs))]
    return Trains.from_columns(pairs[:, 0], pairs[:, 1], N_NEURONS, WINDOW)


@given(SPIKES)
@settings(deadline=None)
def test_rates_intervals_and_lvr_equal_elephants(spikes: set[tuple[int, int]]) -> None:
    trains = trains_of(spikes)
    neo = neo_trains(trains, range(N_NEURONS), WINDOW)
    intervals, owner = interspike_intervals(trains)
    ours_rate, ours_lvr = firing_rates(trains), lvr(trains, 2.0)
    for neuron, train in enumerate(neo):
        in_window = sum(1 for who, step in spikes if who == neuron and 500 <= step < 1500)
        assert len(train) == in_window
        np.testing.assert_allclose(ours_rate[neuron], mean_firing_rate(train).rescale("Hz").magnitude, rtol=1e-12)
        mine = intervals[owner == neuron]
        expected = isi(train).rescale("ms").magnitude if in_window > 1 else np.empty(0)
        np.testing.assert_allclose(mine * WINDOW.dt, expected, rtol=0, atol=1e-12 * 150)
        if in_window >= 3:
            # Elephant gets the exact intervals: differences of times in ms carry the rounding of the times
            np.testing.assert_allclose(ours_lvr[neuron], elephant_lvr(mine * WINDOW.dt * pq.ms, R=2.0 * pq.ms), rtol=1e-12, atol=1e-12)
        else:
            assert np.isnan(ours_lvr[neuron])


@given(SPIKES, st.integers(0, 10))
@settings(deadline=None)
def test_the_order_of_spikes_does_not_matter(spikes: set[tuple[int, int]], order: int) -> None:
    np.testing.assert_array_equal(lvr(trains_of(spikes), 2.0), lvr(trains_of(spikes, order), 2.0))


@given(SPIKES)
@settings(deadline=None, max_examples=40)
def test_correlations_equal_numpys_on_integer_bins(spikes: set[tuple[int, int]]) -> None:
    trains = trains_of(spikes)
    active = subsample(trains, 0)
    ours = correlations(trains, active)
    assert len(ours) == len(active) * (len(active) - 1) // 2
    if len(active) < 2:
        return
    counts = np.zeros((N_NEURONS, 100))
    np.add.at(counts, (trains.neuron, (trains.step - 500) // 10), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = np.corrcoef(counts[active])[np.tril_indices(len(active), -1)]
    np.testing.assert_allclose(ours, expected, atol=1e-12)


def test_bins_are_half_open_and_exact_far_from_zero() -> None:
    window = Window.between(500.0, 100500.0, 0.1)
    edges = np.arange(5000, 1005000, 10)
    step = np.sort(np.concatenate([edges, edges + 9]))
    trains = Trains.from_columns(np.zeros(len(step), int), step, 1, window)
    binned = BinnedSpikeTrain(neo_trains(trains, [0], window, shift=0.5), bin_size=1 * pq.ms, n_bins=100000)
    assert (binned.to_array() == 2).all()


def test_the_window_holds_its_first_step_and_not_its_end() -> None:
    trains = Trains.from_columns([0, 0, 0, 0], [499, 500, 1499, 1500], 1, WINDOW)
    assert trains.step.tolist() == [500, 1499]


def test_definitions_differ_in_short_and_silent_neurons() -> None:
    regular = [(0, step) for step in range(500, 1500, 100)]
    trains = trains_of({*regular, (1, 600), (1, 700), (2, 900)})
    assert counted_lvr(trains, DEFINITIONS["knight2021"]).tolist() == [0.0, 0.0, 0.0]
    assert counted_lvr(trains, DEFINITIONS["schmidt2018"]).tolist() == [0.0] * N_NEURONS
    assert counted_lvr(trains, DEFINITIONS["elephant"]).tolist() == [0.0]
    irregular = trains_of({(0, 500), (0, 600), (0, 800)})
    first, second = 10.0, 20.0
    by_hand = 3.0 * (1 - 4 * first * second / 30.0**2)
    np.testing.assert_allclose(counted_lvr(irregular, DEFINITIONS["knight2021"]), by_hand * (1 + 8.0 / 30.0), rtol=1e-12)
    np.testing.assert_allclose(counted_lvr(irregular, DEFINITIONS["elephant"]), by_hand * (1 + 20.0 / 30.0), rtol=1e-12)


def test_the_subsample_is_the_first_2000_active_of_3001_from_the_first_that_ever_spiked() -> None:
    window = Window.between(0.0, 10.0, 0.1)
    everyone = Trains.from_columns(np.arange(5000), np.full(5000, 50), 5000, window)
    assert subsample(everyone, 7).tolist() == list(range(7, 2007))
    even = Trains.from_columns(np.arange(0, 5000, 2), np.full(2500, 50), 5000, window)
    assert subsample(even, 7).tolist() == list(range(8, 3008, 2))


def test_bins_that_are_no_whole_steps_are_refused() -> None:
    trains = Trains.from_columns([0, 1], [100, 101], 2, Window.between(0.0, 90.0, 0.3))
    with pytest.raises(InputError, match="whole steps"):
        correlations(trains, np.array([0, 1]))
