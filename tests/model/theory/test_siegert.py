"""The stationary rate of a neuron: against another form of the integral, in its limits, and its derivatives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erfcx

from model.theory.siegert import NOISE_FREE_BELOW, RateNeuron, erfcx_integral, firing_rate, rate_derivatives

NEURON = RateNeuron()
OTHER = RateNeuron(tau_m=20.0, tau_syn=2.0, t_ref=0.0, theta=20.0, V_r=-5.0)
NEURONS = pytest.mark.parametrize("neuron", [NEURON, OTHER], ids=["default", "other"])

MU = np.unique(np.concatenate([np.linspace(-200, 300, 26), [-1, 0, 1, 5, 10, 14, 14.9, 15, 15.1, 16, 19.99, 20, 20.01, 25]]))
SIGMA = np.geomspace(1e-5, 100, 22)
GRID = np.meshgrid(MU, SIGMA, indexing="ij")
NORMAL = 1e-290
"""Smaller rates (spikes/s) come near the smallest numbers, which have fewer digits."""

means = st.floats(-200, 300)
deviations = st.floats(-5, 2).map(lambda exponent: 10**exponent)


def rate_by_quadrature(mu: float, sigma: float, neuron: RateNeuron) -> float:
    """Brunel's form of the rate, ``1 / nu = t_ref + tau_m int_0^inf exp(-w^2) (exp(2 y_th w) - exp(2 y_r w)) / w dw``.

    Over ``log w`` the integrand is analytic and vanishes at both ends, so that the trapezoidal rule converges exponentially;
    ``exp(y_th^2)`` is taken out where it would overflow.
    """
    upper, width = (neuron.theta - mu) / sigma + neuron.shift, (neuron.theta - neuron.V_r) / sigma
    scale = max(upper, 0.0)
    # the integrand is below 1e-18 of what matters before the first point and beyond the last one
    first = 1e-18 / (width + abs(upper))
    last = upper + 7 if upper > 0 else 45 / (np.sqrt(upper**2 + 45) - upper)
    points = 16_000
    w = np.exp(np.linspace(np.log(first), np.log(last), points))
    values = np.exp(-((w - scale) ** 2) + 2 * min(upper, 0.0) * w) * -np.expm1(-2 * width * w)
    integral = values.sum() * np.log(last / first) / (points - 1)
    return float(1e3 / (neuron.t_ref * np.exp(-(scale**2)) + neuron.tau_m * integral) * np.exp(-(scale**2)))


def noise_free(mu: float, neuron: RateNeuron) -> float:
    return 1e3 / (neuron.t_ref + neuron.tau_m * np.log((mu - neuron.V_r) / (mu - neuron.theta)))


def test_shift_of_the_threshold() -> None:
    assert NEURON.shift == pytest.approx(0.23090232195673616, rel=4e-16)


def test_integral_of_the_scaled_error_function() -> None:
    def exact(x: float) -> float:
        edges = np.log(np.geomspace(1, max(x, 1.0), 12))
        near = quad(erfcx, 0, min(x, 1.0), epsabs=0, epsrel=2e-14)[0]
        return near + sum(quad(lambda t: erfcx(np.exp(t)) * np.exp(t), a, b, epsabs=0, epsrel=2e-14)[0] for a, b in pairwise(edges))

    x = np.concatenate([np.geomspace(1e-12, 1e8, 61), np.linspace(0.05, 13, 60), np.nextafter(12, [0, 12, 13])])
    np.testing.assert_allclose(erfcx_integral(x), [exact(value) for value in x], rtol=1e-14)
    assert erfcx_integral(np.zeros(1))[0] == 0


@NEURONS
def test_rates_agree_with_quadrature_everywhere(neuron: RateNeuron) -> None:
    with np.errstate(all="raise", under="ignore"):
        rates = firing_rate(*GRID, neuron)
    with np.errstate(under="ignore"):
        expected = np.vectorize(lambda mu, sigma: rate_by_quadrature(mu, sigma, neuron))(*GRID)
    # both multiply by exp(-y^2) with y^2 up to 700, of which a rounding of 2^-53 makes 8e-14
    np.testing.assert_allclose(rates, expected, rtol=1e-13, atol=NORMAL)
    assert (rates > NORMAL).mean() > 0.5


@NEURONS
def test_nothing_overflows_and_rates_stay_below_saturation(neuron: RateNeuron) -> None:
    mu, sigma = np.meshgrid(np.linspace(-200, 300, 251), np.geomspace(1e-7, 100, 91), indexing="ij")
    with np.errstate(all="raise", under="ignore"):
        rates = firing_rate(mu, sigma, neuron)
        derivatives = np.array(rate_derivatives(mu, sigma, neuron))
    assert np.isfinite(rates).all()
    assert np.isfinite(derivatives).all()
    assert (rates >= 0).all()
    assert neuron.t_ref == 0 or (rates < 1e3 / neuron.t_ref).all()


def test_strong_input_saturates_the_rate() -> None:
    # t_ref + tau_m theta / mu with tau_m theta / t_ref = 75 mV
    for sigma in (1e-5, 1.0, 100.0):
        assert firing_rate(np.float64(1e6), np.float64(sigma), NEURON) == pytest.approx(500 / (1 + 75 / 1e6), rel=1e-7)


@NEURONS
@pytest.mark.parametrize("sigma", [1e-3, 1e-4, 1e-5])
def test_vanishing_noise_gives_the_rate_of_a_constant_input(neuron: RateNeuron, sigma: float) -> None:
    for mu in np.concatenate([neuron.theta + np.array([0.5, 1, 5, 50]), [300]]):
        # threshold and reset shift by shift * sigma, like the mean by the opposite; what is left is of second order in sigma / (mu - theta)
        expected = noise_free(mu - neuron.shift * sigma, neuron)
        assert firing_rate(mu, sigma, neuron) == pytest.approx(expected, rel=(sigma / (mu - neuron.theta)) ** 2 + 1e-12)
    # 0.1 mV is at least 100 standard deviations below the threshold: exp(-100^2) underflows
    assert not firing_rate(neuron.theta - np.array([0.1, 1, 100]), sigma, neuron).any()


@NEURONS
def test_rates_without_noise_are_those_of_a_constant_input(neuron: RateNeuron) -> None:
    above = neuron.theta + np.array([1e-6, 0.1, 3, 500])
    np.testing.assert_allclose(firing_rate(above, 0.0, neuron), [noise_free(mu, neuron) for mu in above], rtol=1e-9)
    assert not firing_rate(neuron.theta - np.array([0, 0.1, 500]), 0.0, neuron).any()


def test_where_the_formula_without_noise_begins_the_rate_does_not_jump() -> None:
    sigma = NOISE_FREE_BELOW * np.array([[0.999], [1.001]])
    below, above = firing_rate(np.array([-100, 14, 14.9, 16, 20, 100]), sigma, NEURON)
    # shift * sigma = 2.3e-7 mV, at 1 mV above the threshold
    np.testing.assert_allclose(below, above, rtol=3e-7)


@settings(deadline=None, max_examples=300)
@given(mu=means, rise=st.floats(1e-6, 100), sigma=deviations)
def test_rates_grow_with_the_mean(mu: float, rise: float, sigma: float) -> None:
    low, high = firing_rate(np.array([mu, mu + rise]), sigma, NEURON)
    assert high >= low * (1 - 1e-13)  # the rounding of exp(-y^2)
    if rise > 1e-3 and low > NORMAL and mu < 100:
        assert high > low


@settings(deadline=None, max_examples=300)
@given(mu=st.floats(-200, 14.9), sigma=deviations, factor=st.floats(1.01, 10))
def test_below_the_threshold_rates_grow_with_the_noise(mu: float, sigma: float, factor: float) -> None:
    # the shift moves the threshold up with the noise: where y_th < 0, or nearly so, that may win
    quiet, noisy = firing_rate(mu, np.array([sigma, factor * sigma]), NEURON)
    if (NEURON.theta - mu) / (factor * sigma) > 1:
        assert noisy >= quiet
        assert noisy > quiet or quiet == 0


@settings(deadline=None, max_examples=300)
@given(mu=means, sigma=deviations, neuron=st.sampled_from([NEURON, OTHER]))
def test_derivatives_are_the_limits_of_differences(mu: float, sigma: float, neuron: RateNeuron) -> None:
    rate = firing_rate(mu, sigma, neuron)
    if rate < NORMAL * 1e10:
        return
    by_mean, by_variance = rate_derivatives(np.float64(mu), np.float64(sigma), neuron)
    # central differences of log rates with Richardson's extrapolation: 4th order in a step of 1e-3 of the scale on which they change,
    # so 1e-12 times the derivatives of higher order, and rounding of log rates up to 670 over that step, 1e-10
    points = 1e-3 * np.array([-1, 1, -0.5, 0.5])
    scale = max(sigma, abs(mu - neuron.theta))

    def slope(values: np.ndarray) -> float:
        low, high, near_low, near_high = np.log(values)
        return float((4 * (near_high - near_low) / 1e-3 - (high - low) / 2e-3) / 3)

    assert by_mean / rate * scale == pytest.approx(slope(firing_rate(mu + points * scale, sigma, neuron)), rel=1e-8, abs=3e-10)
    by_log_variance = by_variance / rate * sigma**2
    assert by_log_variance == pytest.approx(slope(firing_rate(mu, sigma * np.sqrt(1 + points), neuron)), rel=1e-8, abs=3e-10)


def test_derivatives_without_noise() -> None:
    mu = np.array([-10, 14.999, 15.5, 20, 200])
    by_mean, by_variance = rate_derivatives(mu, np.zeros(5), NEURON)
    assert not by_variance.any()
    assert not by_mean[:2].any()
    step = 1e-4
    differences = (firing_rate(mu[2:] + step, 0.0, NEURON) - firing_rate(mu[2:] - step, 0.0, NEURON)) / (2 * step)
    np.testing.assert_allclose(by_mean[2:], differences, rtol=1e-6)
    mixed = np.array(rate_derivatives(mu, np.array([0, 1, 0, 1, 0.0]), NEURON))
    np.testing.assert_array_equal(mixed[0, ::2], by_mean[::2])
    np.testing.assert_array_equal(mixed[:, 1::2], rate_derivatives(mu[1::2], np.ones(2), NEURON))


def test_any_shapes_give_the_same_numbers() -> None:
    mu, sigma = np.array([[-5.0], [14.0], [30.0]]), np.array([0.0, 1e-3, 2.0, 20.0])
    rates = firing_rate(mu, sigma, NEURON)
    slopes = np.array(rate_derivatives(mu, sigma, NEURON))
    assert rates.shape == (3, 4)
    assert slopes.shape == (2, 3, 4)
    for i in range(3):
        for j in range(4):
            alone = firing_rate(mu[i, 0], sigma[j], NEURON)
            assert np.shape(alone) == ()
            assert alone == rates[i, j]
            np.testing.assert_array_equal(rate_derivatives(mu[i, 0], sigma[j], NEURON), slopes[:, i, j])
    assert firing_rate(np.zeros((0, 3)), np.zeros((0, 3)), NEURON).shape == (0, 3)
