"""Stationary firing rate of a leaky integrate-and-fire neuron with fast synaptic noise.

Siegert (1951); threshold shift for coloured noise of Fourcaud and Brunel (2002), as in Schuecker, Schmidt et al. (2017), eq. 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import dawsn, erfcx, zeta

Array: TypeAlias = NDArray[np.float64]

SQRT_PI = np.sqrt(np.pi)
NOISE_FREE_BELOW = 1e-6
"""Standard deviations (mV) below this one make no difference to the rate, but would overflow its formula."""

SERIES_FROM = 12.0
INTERVALS = 20_000


@dataclass(frozen=True)
class RateNeuron:
    """Parameters of the neuron, potentials relative to the leak potential.

    Attributes
    ----------
    tau_m, tau_syn, t_ref
        Time constants of membrane and synapses, refractory time (ms).
    theta, V_r
        Threshold and reset (mV).
    """

    tau_m: float = 10.0
    tau_syn: float = 0.5
    t_ref: float = 2.0
    theta: float = 15.0
    V_r: float = 0.0

    @property
    def shift(self) -> float:
        """Upward shift of threshold and reset by coloured noise, in standard deviations of the potential."""
        return float(np.sqrt(2) * abs(zeta(0.5)) / 2 * np.sqrt(self.tau_syn / self.tau_m))


def firing_rate(mu: Array, sigma: Array, neuron: RateNeuron) -> Array:
    """Compute stationary rates.

    Parameters
    ----------
    mu, sigma
        Mean and standard deviation (mV) of the free membrane potential, relative to the leak potential; any equal shapes.
    neuron
        Neuron parameters.

    Returns
    -------
    numpy.ndarray
        Rates (spikes/s), of the shape of `mu`; without noise those of a constant input.
    """
    mu, sigma = np.broadcast_arrays(np.asarray(mu, float), np.asarray(sigma, float))
    noisy = sigma > NOISE_FREE_BELOW
    if noisy.all():
        return _noisy_rate(mu, sigma, neuron)
    rate = _noise_free_rate(mu, neuron)
    rate[noisy] = _noisy_rate(mu[noisy], sigma[noisy], neuron)
    return rate


def rate_derivatives(mu: Array, sigma: Array, neuron: RateNeuron) -> tuple[Array, Array]:
    """Compute the derivatives of `firing_rate`.

    Parameters
    ----------
    mu, sigma
        As for `firing_rate`.
    neuron
        Neuron parameters.

    Returns
    -------
    tuple
        Derivatives after the mean (spikes/s per mV) and after the variance (spikes/s per mV^2), which without noise is 0.
    """
    mu, sigma = np.broadcast_arrays(np.asarray(mu, float), np.asarray(sigma, float))
    noisy = sigma > NOISE_FREE_BELOW
    if noisy.all():
        return _noisy_derivatives(mu, sigma, neuron)
    by_mean = _noise_free_slope(mu, neuron)
    by_variance = np.zeros_like(by_mean)
    by_mean[noisy], by_variance[noisy] = _noisy_derivatives(mu[noisy], sigma[noisy], neuron)
    return by_mean, by_variance


def _noisy_derivatives(mu: Array, sigma: Array, neuron: RateNeuron) -> tuple[Array, Array]:
    upper, lower = _bounds(mu, sigma, neuron)
    rate = _noisy_rate(mu, sigma, neuron)
    # nu^2 exp(y^2) can be a product of a tiny and a huge number: nu = scaled_nu exp(-y^2) where y, the upper bound, is positive
    scale = np.where(upper > 0, upper, 0.0)
    scaled = _scaled_rate(upper, lower, scale, neuron)
    at_upper = scaled * _integrand(upper, scale)
    at_lower = scaled * _integrand(lower, scale)
    factor = 1e-3 * neuron.tau_m * SQRT_PI * rate / sigma
    by_mean = factor * (at_upper - at_lower)
    by_sigma = factor * (at_upper * (neuron.theta - mu) - at_lower * (neuron.V_r - mu)) / sigma
    return by_mean, by_sigma / (2 * sigma)


def _bounds(mu: Array, sigma: Array, neuron: RateNeuron) -> tuple[Array, Array]:
    return (neuron.theta - mu) / sigma + neuron.shift, (neuron.V_r - mu) / sigma + neuron.shift


def _noisy_rate(mu: Array, sigma: Array, neuron: RateNeuron) -> Array:
    upper, lower = _bounds(mu, sigma, neuron)
    scale = np.where(upper > 0, upper, 0.0)
    with np.errstate(under="ignore", over="ignore", invalid="ignore"):  # where there is no rate: whoever asks for it says so
        rate: Array = _scaled_rate(upper, lower, scale, neuron) * np.exp(-(scale**2))
    return rate


def _scaled_rate(upper: Array, lower: Array, scale: Array, neuron: RateNeuron) -> Array:
    """Rate times ``exp(scale^2)``, which neither overflows nor vanishes."""
    with np.errstate(under="ignore", over="ignore", divide="ignore"):  # without refractory time a rate can be infinite
        interval = neuron.t_ref * np.exp(-(scale**2)) + neuron.tau_m * SQRT_PI * (
            _scaled_integral(upper, scale) - _scaled_integral(lower, scale)
        )
        rate: Array = 1e3 / interval
    return rate


def _integrand(y: Array, scale: Array) -> Array:
    """``exp(y^2) (1 + erf y) exp(-scale^2)`` = ``erfcx(-y) exp(-scale^2)``, for y up to the scale."""
    below = np.minimum(y, 0.0)
    above = np.maximum(y, 0.0)
    with np.errstate(under="ignore", over="ignore"):
        damped = np.exp(-(scale**2))
        # erfcx(-y) = 2 exp(y^2) - erfcx(y)
        values: Array = np.where(y > 0, 2 * np.exp(above**2 - scale**2) - erfcx(above) * damped, erfcx(-below) * damped)
    return values


def _scaled_integral(y: Array, scale: Array) -> Array:
    """``exp(-scale^2)`` times the integral of ``exp(u^2) (1 + erf u)`` from 0 to y, for y up to the scale."""
    above = np.maximum(y, 0.0)
    value: Array = -np.sign(np.abs(y)) * erfcx_integral(np.abs(y)) * np.exp(-(scale**2))
    value += 2 * np.exp(above**2 - scale**2) * dawsn(above)
    return value


def _noise_free_rate(mu: Array, neuron: RateNeuron) -> Array:
    above = mu > neuron.theta
    distance = np.where(above, mu - neuron.theta, 1.0)
    interval = neuron.t_ref + neuron.tau_m * np.log1p((neuron.theta - neuron.V_r) / distance)
    rate: Array = np.where(above, 1e3 / interval, 0.0)
    return rate


def _noise_free_slope(mu: Array, neuron: RateNeuron) -> Array:
    above = mu > neuron.theta
    to_threshold = np.where(above, mu - neuron.theta, 1.0)
    to_reset = np.where(above, mu - neuron.V_r, 1.0)
    rate = _noise_free_rate(mu, neuron)
    slope: Array = np.where(above, 1e-3 * rate**2 * neuron.tau_m * (neuron.theta - neuron.V_r) / to_threshold / to_reset, 0.0)
    return slope


def erfcx_integral(x: Array) -> Array:
    """Integral of the scaled complementary error function from 0 to x >= 0, to 1e-14.

    Cubic interpolation in ``x / (x + 1)`` up to `SERIES_FROM`, the asymptotic series beyond.
    """
    x = np.asarray(x, float)
    near = np.minimum(x, SERIES_FROM)
    place = near / (near + 1) * (INTERVALS * (SERIES_FROM + 1) / SERIES_FROM)
    left = np.fmin(place, INTERVALS - 1).astype(np.int64)  # of nan, too, which makes the value nan
    share = place - left
    a, b, c, d = _pieces()[:, left]
    value: Array = ((d * share + c) * share + b) * share + a
    far = x > SERIES_FROM
    if far.any():
        beyond = x[far]
        value = np.array(value)
        value[far] = (np.euler_gamma / 2 + np.log(2 * beyond) + _tail(beyond)) / SQRT_PI
    return value


def _tail(x: Array) -> Array:
    """Sum of ``-(-1)^n (2n - 1)!! / (2n (2 x^2)^n)`` over n >= 1: the asymptotic series of erfcx, integrated term by term."""
    total, factor = np.zeros_like(x), np.ones_like(x)
    for n in range(1, 12):
        factor = -factor * (2 * n - 1) / (2 * x**2)
        total -= factor / (2 * n)
    return total


@cache
def _pieces() -> Array:
    """Coefficients of the cubic through values and slopes at both ends of each interval, shape (4, intervals)."""
    share = np.linspace(0.0, SERIES_FROM / (SERIES_FROM + 1), INTERVALS + 1)
    x = share / (1 - share)
    nodes, weights = np.polynomial.legendre.leggauss(6)
    points = x[:-1, None] + np.diff(x)[:, None] * (nodes + 1) / 2
    value = np.concatenate([[0.0], np.cumsum((erfcx(points) * weights).sum(axis=1) * np.diff(x) / 2)])
    slope = erfcx(x) / (1 - share) ** 2 * (share[1] - share[0])
    rise = np.diff(value)
    return np.array([value[:-1], slope[:-1], 3 * rise - 2 * slope[:-1] - slope[1:], slope[:-1] + slope[1:] - 2 * rise])
