"""Relaxation, Newton's method, and what counts as a state at rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.theory.meanfield import MeanField, mean_field_of
from model.theory.relaxation import CONVERGED, distinct, fixed_point, low_activity_state, random_starts, refine, relax
from model.theory.siegert import Array
from model.theory.stability import critical_eigenvalue
from procortex.utilities.errors import InputError
from tests.model.theory.networks import built, ground_rates, one_population, oscillator, random_network

BISTABLE = (160.0, 165.0)
SADDLE_NODE = 165.80038709
"""Drive (spikes/s) at which the low state of the toy meets the saddle point, by a search for the last zero of its speed."""


def zeros_of_the_speed(field: MeanField) -> list[float]:
    """Fixed points of one population by bisection between the changes of sign on a fine grid."""
    found = []
    grid = np.geomspace(1e-6, 500, 4001)
    speed = field.respond(grid[:, None])[:, 0] - grid
    for place in np.flatnonzero(np.sign(speed[:-1]) != np.sign(speed[1:])):
        low, high = grid[place], grid[place + 1]
        for _ in range(60):
            middle = (low + high) / 2
            same = np.sign(field.respond(np.array([middle]))[0] - middle) == np.sign(speed[place])
            low, high = (middle, high) if same else (low, middle)
        found.append(float(low))
    return found


def residual(field: MeanField, rates: Array) -> float:
    return float(np.abs(field.respond(rates) - rates).max())


def unconnected() -> MeanField:
    field = random_network(0)
    return replace(field, mean_gain=0 * field.mean_gain, variance_gain=0 * field.variance_gain)


def test_without_connections_rates_relax_exponentially() -> None:
    field = unconnected()
    start = np.linspace(0, 30, 8)
    answer = field.respond(start)
    trajectory = relax(field, start, dt=0.25, T=10.0)
    expected = answer + (start - answer) * np.exp(-trajectory.time)[:, None]
    np.testing.assert_allclose(trajectory.rates, expected, rtol=1e-12)  # exact at any step: 40 roundings


def test_rates_that_grow_beyond_all_bounds_are_refused() -> None:
    field = random_network(0)
    field = replace(field, neuron=replace(field.neuron, t_ref=0.0), mean_gain=100 + 0 * field.mean_gain)
    with pytest.raises(InputError, match="the rates of the theory grow beyond all bounds; expected a t_ref above 0 ms"):
        relax(field, np.full(8, 20.0))


@pytest.mark.filterwarnings("error")
def test_an_input_without_a_rate_is_named() -> None:
    field = random_network(0)
    field = replace(field, mean_gain=np.where(np.arange(8)[:, None] == 2, np.nan, field.mean_gain))
    message = f"^theory: {field.labels[2]} has no rate at an input with mean nan mV and standard deviation "
    with pytest.raises(InputError, match=message):
        relax(field, np.full((3, 8), 20.0))
    with pytest.raises(InputError, match=message):
        critical_eigenvalue(field, np.full(8, 20.0))


def test_smaller_steps_approach_the_differential_equation_to_first_order() -> None:
    field, start = random_network(3), np.full(8, 20.0)
    exact = relax(field, start, dt=1e-4, T=2.0, record_every=10**9).end
    errors = [np.abs(relax(field, start, dt=dt, T=2.0).end - exact).max() for dt in (0.04, 0.02, 0.01)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.1)


def test_what_is_recorded() -> None:
    field, start = random_network(0), np.full((3, 8), 2.0)
    every = relax(field, start, dt=0.1, T=2.5)
    assert every.rates.shape == (26, 3, 8)
    np.testing.assert_allclose(every.time, np.arange(26) * 0.1, atol=1e-14)
    np.testing.assert_array_equal(every.rates[0], start)
    some = relax(field, start, dt=0.1, T=2.5, record_every=10)
    np.testing.assert_allclose(some.time, [0, 1, 2, 2.5])
    np.testing.assert_array_equal(some.rates, every.rates[[0, 10, 20, 25]])
    np.testing.assert_array_equal(some.end, every.rates[-1])
    np.testing.assert_array_equal(some.speed, np.abs(field.respond(some.end) - some.end).max(axis=-1))
    np.testing.assert_array_equal(relax(field, start, dt=0.1, T=1e-3).time, [0, 0.1])  # one step at least
    assert (start == 2).all()


def test_a_trajectory_has_converged_when_all_its_networks_rest() -> None:
    field = one_population(170.0)
    resting = fixed_point(field).rates
    starts = np.array([resting, resting])
    assert relax(field, starts, T=1.0).converged
    starts[1] += 1
    assert not relax(field, starts, T=1.0).converged


def test_drives_at_once_relax_as_one_by_one() -> None:
    field = random_network(1)
    drives = np.array([[0.8], [1.0], [1.2]])
    together = relax(field.with_external(drives * field.external_mean, drives * field.external_variance), np.zeros(8), T=20.0)
    for row in range(3):
        alone = field.with_external(drives[row] * field.external_mean, drives[row] * field.external_variance)
        # sums in another order; nothing here amplifies their rounding
        np.testing.assert_allclose(together.end[row], relax(alone, np.zeros(8), T=20.0).end, rtol=1e-9)


@pytest.mark.parametrize("rate_ext", BISTABLE)
def test_bistable_population_has_low_unstable_and_high_state(rate_ext: float) -> None:
    field = one_population(rate_ext)
    exact = zeros_of_the_speed(field)
    assert len(exact) == 3
    for rates, stable in zip(exact, (True, False, True), strict=True):
        refined = refine(field, np.array([1.02 * rates]))
        assert refined is not None
        # CONVERGED / |1 - eigenvalue|: below 1e-8 spikes/s at each of them
        assert refined[0] == pytest.approx(rates, abs=1e-8)
        assert residual(field, refined) < CONVERGED
        assert (critical_eigenvalue(field, refined) < 1) == stable


@pytest.mark.parametrize("rate_ext", BISTABLE)
def test_rates_end_in_the_state_whose_basin_they_start_in(rate_ext: float) -> None:
    field = one_population(rate_ext)
    low, saddle, high = zeros_of_the_speed(field)
    for start, end in ((0.0, low), (saddle - 1e-3, low), (saddle + 1e-3, high), (500.0, high)):
        rest = fixed_point(field, np.array([start]))
        assert rest.settled
        assert rest.rates[0] == pytest.approx(end, abs=1e-8)


@pytest.mark.parametrize(("rate_ext", "high"), [(150.0, False), (170.0, True)])
def test_outside_the_bistable_range_there_is_one_state(rate_ext: float, high: bool) -> None:
    field = one_population(rate_ext)
    ends = [fixed_point(field, np.array([start])) for start in (0.0, 500.0)]
    assert all(end.settled for end in ends)
    assert ends[0].rates[0] == pytest.approx(ends[1].rates[0], abs=1e-8)
    assert (ends[0].rates[0] > 50) == high


def test_a_slow_passage_where_two_states_have_vanished_is_no_rest() -> None:
    field = one_population(SADDLE_NODE + 1e-3)
    assert float(relax(field, np.zeros(1)).speed) < 3e-3
    rest = fixed_point(field)
    assert not rest.settled
    assert 1 < rest.rates[0] < 3
    assert refine(field, rest.rates) is None
    later = fixed_point(field, T=1000.0)
    assert later.settled
    assert later.rates[0] == pytest.approx(zeros_of_the_speed(field)[-1], abs=1e-8)


def test_a_slow_passage_of_a_saddle_point_is_no_rest() -> None:
    field = one_population(160.0)
    saddle = zeros_of_the_speed(field)[1]
    rest = fixed_point(field, np.array([saddle + 1e-5]), T=8.0)
    assert residual(field, rest.rates) < 1e-2  # near enough for Newton's method, which would find the saddle point
    assert not rest.settled
    assert fixed_point(field, np.array([saddle + 1e-5])).rates[0] == pytest.approx(zeros_of_the_speed(field)[2], abs=1e-8)


def test_oscillating_rates_do_not_settle() -> None:
    field = oscillator()
    for start in (np.zeros(2), np.array([100.0, 0.0])):
        rest = fixed_point(field, start)
        assert not rest.settled
        np.testing.assert_array_equal(rest.rates, relax(field, start).end)
    late = relax(field, np.zeros(2), T=200.0).rates[1000:]
    assert (late.max(axis=0) - late.min(axis=0) > 10).all()
    centre = refine(field, np.array([23.0, 14.0]))
    assert centre is not None
    assert critical_eigenvalue(field, centre) > 1


def test_the_ground_state_rests() -> None:
    field, rates = mean_field_of(built()), ground_rates()
    assert residual(field, rates) < CONVERGED
    assert critical_eigenvalue(field, rates) < 1
    for start in (0.5 * rates, 1.5 * rates):
        rest = fixed_point(field, start)
        assert rest.settled
        np.testing.assert_allclose(rest.rates, rates, rtol=0, atol=1e-8)


def test_the_state_of_low_activity_is_where_zero_rates_come_to_rest() -> None:
    field = mean_field_of(built())
    rest = fixed_point(field)
    assert rest.settled
    np.testing.assert_array_equal(low_activity_state(field).rates, rest.rates)


@pytest.mark.slow
def test_the_state_of_low_activity_is_followed_where_zero_rates_wander() -> None:
    field = mean_field_of(built(cc_weights_factor=1.9, cc_weights_I_factor=2))
    wandering = fixed_point(field)
    assert not wandering.settled
    assert wandering.rates.mean() > 8
    low = low_activity_state(field)
    assert low.settled
    assert residual(field, low.rates) < CONVERGED
    assert 2 < low.rates.mean() < 6
    assert low.rates.max() < 50
    # it is the branch of the ground state: no jump on the way there
    weaker = low_activity_state(mean_field_of(built(cc_weights_factor=1.85, cc_weights_I_factor=2)))
    assert weaker.settled
    assert np.abs(low.rates - weaker.rates).max() < 1
    # rates that start close by stay, where it is stable
    assert critical_eigenvalue(field, low.rates) < 1
    near = fixed_point(field, 1.01 * low.rates)
    assert near.settled
    np.testing.assert_allclose(near.rates, low.rates, rtol=0, atol=1e-7)


def test_there_is_no_state_of_low_activity_under_strong_connections() -> None:
    field = mean_field_of(built(cc_weights_factor=2.5, cc_weights_I_factor=2))
    low = low_activity_state(field)
    assert not low.settled
    np.testing.assert_array_equal(low.rates, fixed_point(field).rates)


def test_unstable_state_of_low_activity_of_an_oscillator() -> None:
    field = oscillator()
    low = low_activity_state(field)
    assert low.settled
    assert residual(field, low.rates) < CONVERGED
    assert critical_eigenvalue(field, low.rates) > 1


def test_end_states_are_grouped_and_counted() -> None:
    states = np.array([[5.0, 5.0], [1.0, 2.0], [5.0, 5.0009], [1.0, 2.0], [1.0, 2.002], [0.0, 0.1]])
    found, counts = distinct(states)
    np.testing.assert_array_equal(found, [[0, 0.1], [1, 2], [1, 2.002], [5, 5]])
    np.testing.assert_array_equal(counts, [1, 2, 1, 2])
    found, counts = distinct(states, tolerance=1.0)
    np.testing.assert_array_equal(found, [[0, 0.1], [1, 2], [5, 5]])
    np.testing.assert_array_equal(counts, [1, 3, 2])


def test_random_starts_repeat_and_fill_the_range() -> None:
    starts = random_starts(254, 20, 1000.0)
    assert starts.shape == (20, 254)
    np.testing.assert_array_equal(starts, random_starts(254, 20, 1000.0))
    assert (starts != random_starts(254, 20, 1000.0, seed=124)).all()
    np.testing.assert_allclose(random_starts(254, 20, 10.0), starts / 100, rtol=1e-15)
    assert starts.min() >= 0
    assert 990 < starts.max() <= 1000
    # 5080 draws: five standard errors of 1000 / sqrt(12) / sqrt(5080)
    assert starts.mean() == pytest.approx(500, abs=21)
