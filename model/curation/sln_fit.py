"""Beta-binomial regression of the laminar origin of connections on the ratio of neuron densities, with a probit link.

Schmidt et al. (2018a), "Cortico-cortical connectivity"; the counts are those of Markov et al. (2014b).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, log_ndtr, ndtr

from procortex.utilities.errors import InputError

Vector = NDArray[np.float64]

START_DISPERSION = 0.1


@dataclass(frozen=True)
class SupragranularFit:
    """Coefficients of the probit model ``Phi(intercept + slope * log_ratio)``, over-dispersion `phi`, log-likelihood at the optimum."""

    intercept: float
    slope: float
    phi: float
    log_likelihood: float


PUBLISHED_FIT = SupragranularFit(intercept=-0.1516142, slope=-1.5343200, phi=0.214007016, log_likelihood=-1067.351546)
"""Coefficients of the published model: where the optimiser of the original stopped, to the seven digits that it prints."""


def log_likelihood(parameters: Vector, log_ratio: Vector, supra: Vector, infra: Vector) -> float:
    """Beta-binomial log-likelihood of the counts.

    Parameters
    ----------
    parameters
        Intercept, slope, over-dispersion (between 0 and 1).
    log_ratio
        ln(density of the target / density of the source).
    supra, infra
        Labelled neurons above and below layer 4.
    """
    mean, concentration = ndtr(parameters[0] + parameters[1] * log_ratio), 1 / parameters[2] - 1
    total = supra + infra
    choices = gammaln(total + 1) - gammaln(supra + 1) - gammaln(infra + 1)
    alpha, beta = mean * concentration, (1 - mean) * concentration
    return float(np.sum(choices + betaln(alpha + supra, beta + infra) - betaln(alpha, beta)))


def log_likelihood_gradient(parameters: Vector, log_ratio: Vector, supra: Vector, infra: Vector) -> Vector:
    """Gradient of `log_likelihood` in its parameters."""
    eta = parameters[0] + parameters[1] * log_ratio
    mean, concentration = ndtr(eta), 1 / parameters[2] - 1
    alpha, beta = mean * concentration, (1 - mean) * concentration
    by_alpha, by_beta = digamma(alpha + supra) - digamma(alpha), digamma(beta + infra) - digamma(beta)
    by_eta = (by_alpha - by_beta) * concentration * np.exp(-(eta**2) / 2) / np.sqrt(2 * np.pi)
    by_total = digamma(concentration + supra + infra) - digamma(concentration)
    by_concentration = mean * by_alpha + (1 - mean) * by_beta - by_total
    return np.array([by_eta.sum(), (by_eta * log_ratio).sum(), -by_concentration.sum() / parameters[2] ** 2])


def fit_supragranular(log_ratio: Vector, supra: Vector, infra: Vector) -> SupragranularFit:
    """Fit the beta-binomial model by maximum likelihood, starting from the binomial one.

    Parameters
    ----------
    log_ratio, supra, infra
        As for `log_likelihood`.

    Raises
    ------
    InputError
        If the counts do not determine the model.
    """
    bounds = [(None, None), (None, None), (1e-6, 1 - 1e-6)]
    start = np.append(_fit_binomial(log_ratio, supra, infra), START_DISPERSION)
    best = minimize(
        lambda parameters: -log_likelihood(parameters, log_ratio, supra, infra),
        start,
        jac=lambda parameters: -log_likelihood_gradient(parameters, log_ratio, supra, infra),
        bounds=bounds,
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-7},
    )
    if not np.isfinite(best.fun) or np.abs(best.jac).max() > 1e-2:
        raise InputError(
            f"the laminar counts do not determine their probit model ({best.message}); expected counts over a range of densities"
        )
    intercept, slope, phi = (float(value) for value in best.x)
    return SupragranularFit(intercept, slope, phi, -float(best.fun))


def _fit_binomial(log_ratio: Vector, supra: Vector, infra: Vector) -> Vector:
    def cost(parameters: Vector) -> float:
        eta = parameters[0] + parameters[1] * log_ratio
        return float(-np.sum(supra * log_ndtr(eta) + infra * log_ndtr(-eta)) / np.sum(supra + infra))

    found: Vector = minimize(cost, np.zeros(2), method="BFGS").x
    return found
