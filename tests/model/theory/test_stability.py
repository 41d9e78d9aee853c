"""Eigenvalues of the effective connectivity, and that they tell how rates return to a fixed point."""

from __future__ import annotations

import numpy as np
import pytest

from model.theory.meanfield import mean_field_of
from model.theory.relaxation import fixed_point, refine, relax
from model.theory.stability import ComplexArray, critical_eigenvalue, spectrum
from tests.model.theory.networks import built, ground_rates, one_population, oscillator, random_network


@pytest.mark.parametrize("seed", range(3))
def test_left_and_right_eigenvectors_belong_together(seed: int) -> None:
    field = random_network(seed, ("V1", "TH"))
    rates = np.random.default_rng(seed).uniform(1, 10, 14)
    modes = spectrum(field, rates)
    matrix = field.effective_connectivity(rates)
    # rounding, amplified by the condition of the eigenvectors
    tolerance = 1e-14 * np.linalg.cond(modes.right)
    np.testing.assert_allclose(modes.left @ modes.right, np.eye(14), atol=tolerance)
    np.testing.assert_allclose(matrix @ modes.right, modes.right * modes.values, atol=tolerance * np.abs(matrix).max() * 14)
    np.testing.assert_allclose(modes.left @ matrix, modes.values[:, None] * modes.left, atol=tolerance * np.abs(matrix).max() * 14)
    assert (np.diff(modes.values.real) <= 0).all()
    assert critical_eigenvalue(field, rates) == pytest.approx(modes.values[0].real, rel=1e-12)


def test_spectrum_of_the_ground_state() -> None:
    field, rates = mean_field_of(built()), ground_rates()
    modes = spectrum(field, rates)
    np.testing.assert_allclose(modes.left @ modes.right, np.eye(254), atol=1e-10)
    assert 0 < modes.values[0].real < 1
    # the trace is the sum of the eigenvalues
    assert modes.values.sum() == pytest.approx(np.trace(field.effective_connectivity(rates)), rel=1e-10)


def test_eigenvalue_of_one_population_is_the_slope_of_its_response() -> None:
    field = one_population(160.0)
    for rate in (0.005, 15.8, 41.3):
        slope = (field.respond(np.array([rate * (1 + 1e-5)])) - field.respond(np.array([rate * (1 - 1e-5)])))[0] / (2e-5 * rate)
        # second order in the step, and rounding over it
        assert critical_eigenvalue(field, np.array([rate])) == pytest.approx(slope, rel=1e-7)


def pace(eigenvalue: complex, dt: float, steps: int) -> ComplexArray:
    """Growth of a small deviation: ``exp((eigenvalue - 1) s)`` in the limit of small steps, this at each step of the scheme.

    What is of second order in a push of 1e-5 spikes/s changes it by less than 1e-4: rates bend over spikes/s.
    """
    decay = np.exp(-dt)
    return (decay + (1 - decay) * complex(eigenvalue)) ** np.arange(steps + 1)


def test_rates_return_along_the_critical_direction_at_the_pace_of_its_eigenvalue() -> None:
    field, rates = mean_field_of(built()), ground_rates()
    modes = spectrum(field, rates)
    assert modes.values[0].imag == 0
    direction = modes.right[:, 0].real
    push = 1e-5
    trajectory = relax(field, rates + push * direction, dt=0.01, T=3.0)
    along = ((trajectory.rates - rates) @ modes.left[0].real) / push
    np.testing.assert_allclose(along, pace(modes.values[0].real, 0.01, 300), atol=1e-4)
    assert along[-1] < 0.5


def test_rates_spiral_out_of_an_unstable_fixed_point_at_the_pace_of_its_eigenvalues() -> None:
    field = oscillator()
    centre = refine(field, np.array([23.0, 14.0]))
    assert centre is not None
    modes = spectrum(field, centre)
    assert modes.values[0].real > 1
    assert abs(modes.values[0].imag) > 1
    push = 1e-5
    trajectory = relax(field, centre + push * modes.right[:, 0].real, dt=1e-3, T=2.0)
    along = ((trajectory.rates - centre) @ modes.left[0]) / push * 2  # the real part is half of each of the pair
    np.testing.assert_allclose(along, pace(modes.values[0], 1e-3, 2000), atol=1e-4)
    assert abs(along[-1]) > 1.1


def test_states_between_two_basins_are_unstable() -> None:
    field = one_population(165.0)
    ends = [fixed_point(field, np.array([start])).rates for start in (0.0, 500.0)]
    saddle = refine(field, np.array([5.0]))
    assert saddle is not None
    assert ends[0][0] < saddle[0] < ends[1][0]
    assert critical_eigenvalue(field, saddle) > 1
    assert max(critical_eigenvalue(field, end) for end in ends) < 1
