"""The beta-binomial probit model of the laminar origin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import check_grad
from scipy.stats import betabinom, norm

from model.anatomy import build_anatomy
from model.curation import Curated, curate
from model.curation.raw import read_laminar_counts
from model.curation.sln_fit import PUBLISHED_FIT, fit_supragranular, log_likelihood, log_likelihood_gradient
from procortex.utilities.errors import InputError
from sources.checksums import SourceFolder

PARAMETERS = [(-0.15, -1.5, 0.2), (0.4, 0.3, 0.05), (0.0, 2.0, 0.7)]


@pytest.fixture(scope="module")
def counts() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts of a model that is known: intercept -0.2, slope -1.2, over-dispersion 0.1."""
    rng = np.random.default_rng(3)
    ratio = rng.uniform(-1, 1, 3000)
    mean = norm.cdf(-0.2 - 1.2 * ratio)
    supra = betabinom.rvs(200, mean * 9, (1 - mean) * 9, random_state=rng)
    return ratio, supra.astype(float), 200.0 - supra


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_likelihood_is_the_beta_binomial_one(counts: tuple[np.ndarray, ...], parameters: tuple[float, ...]) -> None:
    ratio, supra, infra = (column[:50] for column in counts)
    mean, concentration = norm.cdf(parameters[0] + parameters[1] * ratio), 1 / parameters[2] - 1
    expected = betabinom.logpmf(supra, supra + infra, mean * concentration, (1 - mean) * concentration).sum()
    assert log_likelihood(np.array(parameters), ratio, supra, infra) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_gradient(counts: tuple[np.ndarray, ...], parameters: tuple[float, ...]) -> None:
    sample = [column[:50] for column in counts]
    gradient = log_likelihood_gradient(np.array(parameters), *sample)
    error = check_grad(log_likelihood, log_likelihood_gradient, np.array(parameters), *sample)
    assert error < 1e-5 * np.linalg.norm(gradient)


def test_fit_finds_the_parameters_of_its_data(counts: tuple[np.ndarray, ...]) -> None:
    fit = fit_supragranular(*counts)
    assert (fit.intercept, fit.slope, fit.phi) == pytest.approx((-0.2, -1.2, 0.1), abs=0.03)
    assert np.abs(log_likelihood_gradient(np.array([fit.intercept, fit.slope, fit.phi]), *counts)).max() < 1e-2


def test_fit_without_information_is_refused() -> None:
    with pytest.raises(InputError, match="do not determine"):
        fit_supragranular(np.array([0.1, 0.2]), np.array([np.nan, 1.0]), np.array([1.0, 1.0]))


@pytest.mark.golden
def test_fit_of_the_raw_counts(raw: SourceFolder, facts: dict[str, Any]) -> None:
    counts = read_laminar_counts(raw)
    assert len(counts) == 188
    data = [counts[column].to_numpy() for column in ("log_density_ratio", "supra", "infra")]
    fit, converged, stopped = fit_supragranular(*data), facts["SLN_probit_ML_converged"], facts["SLN_probit_R_optim_reltol1e8"]
    assert (fit.intercept, fit.slope, fit.phi) == pytest.approx((converged["a0"], converged["a1"], converged["phi"]), abs=1e-6)
    assert fit.log_likelihood == pytest.approx(converged["logL"], abs=1e-6)
    assert log_likelihood(np.array([stopped["a0"], stopped["a1"], stopped["phi"]]), *data) == pytest.approx(stopped["logL"], abs=1e-6)
    assert fit.log_likelihood > stopped["logL"]


@pytest.mark.golden
def test_refit_is_used(raw: SourceFolder, curated: Curated) -> None:
    refit = curate(raw, sln_fit="refit")
    assert refit.connections.supragranular_fit != PUBLISHED_FIT
    assert refit.tables.constant("sln_slope") == refit.connections.supragranular_fit.slope
    before, after = (build_anatomy(each.tables).indegree.to_numpy() for each in (curated, refit))
    change = np.abs(after - before)[before > 0] / before[before > 0]
    assert 0 < change.max() <= 1.4e-3
