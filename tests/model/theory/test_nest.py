"""NEST as a witness: its rate neurons have our rates, alone and in networks."""

from __future__ import annotations

import numpy as np
import pytest

from model.theory.meanfield import MeanField, mean_field_of
from model.theory.relaxation import fixed_point, relax
from model.theory.siegert import Array, RateNeuron, firing_rate
from tests.model.theory.networks import built, ground_rates, one_population, oscillator, random_network

pytestmark = pytest.mark.nest
nest = pytest.importorskip("nest", reason="PyNEST is not installed")

STEP = 0.1
TOLERANCE = 1e-11
"""Relative; NEST's integrals agree to 5e-13."""

SILENT = 1e-9
"""Rates (spikes/s) below this one are 0 to NEST, six standard deviations below the threshold."""


def nest_rates(means: Array, variances: Array, neuron: RateNeuron, gains: tuple[Array, Array] | None, time: float) -> Array:
    """Rates (spikes/s) of NEST's rate neurons after a time, with constant input (mV, mV^2) and that of each other; zero at first."""
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.set(resolution=STEP, use_wfr=False)
    parameters = {"tau_m": neuron.tau_m, "tau_syn": neuron.tau_syn, "t_ref": neuron.t_ref, "theta": neuron.theta, "V_reset": neuron.V_r}
    # a neuron with mean 1 and no other input has the rate 1 from the start
    one = nest.Create("siegert_neuron", params={**parameters, "mean": 1.0, "rate": 1.0})
    population = nest.Create("siegert_neuron", len(means), params=parameters)

    def connect(source, target, drift: float, diffusion: float) -> None:
        synapse = {"synapse_model": "diffusion_connection", "drift_factor": float(drift), "diffusion_factor": float(diffusion)}
        nest.Connect(source, target, "all_to_all", synapse)

    for place, target in enumerate(population):
        connect(one, target, means[place], variances[place])
        for number, source in enumerate(population):
            if gains is not None and gains[1][place, number] > 0:
                connect(source, target, gains[0][place, number], gains[1][place, number])
    nest.Simulate(time)
    return np.atleast_1d(np.array(population.rate, dtype=float))


def nest_fixed_point(field: MeanField, time: float = 100.0) -> Array:
    return nest_rates(field.external_mean, field.external_variance, field.neuron, (field.mean_gain, field.variance_gain), time)


@pytest.mark.parametrize(
    "neuron", [RateNeuron(), RateNeuron(tau_m=20.0, tau_syn=2.0, t_ref=1.0, theta=20.0, V_r=5.0)], ids=["default", "other"]
)
def test_rates_of_single_neurons_are_those_of_nest(neuron: RateNeuron) -> None:
    mu, sigma = (
        values.ravel() for values in np.meshgrid([-20, 0, 5, 10, 14, 14.5, 15, 15.5, 16, 20, 50, 200.0], [0.5, 1, 2, 5, 10, 30, 100.0])
    )
    ours = firing_rate(mu, sigma, neuron)
    theirs = nest_rates(mu, sigma**2, neuron, None, time=60.0)  # exp(-60) of the start is left
    np.testing.assert_allclose(theirs, ours, rtol=TOLERANCE, atol=SILENT)
    assert (ours > 1).sum() > 50


@pytest.mark.parametrize("rate_ext", [155.0, 160.0, 165.0, 170.0])
def test_fixed_point_of_one_population(rate_ext: float) -> None:
    rest = fixed_point(one_population(rate_ext))
    assert rest.settled
    np.testing.assert_allclose(nest_fixed_point(one_population(rate_ext)), rest.rates, rtol=1e-8, atol=SILENT)


@pytest.mark.parametrize("seed", range(3))
def test_fixed_point_of_excitation_and_inhibition(seed: int) -> None:
    field = random_network(seed)
    rest = fixed_point(field)
    assert rest.settled
    np.testing.assert_allclose(nest_fixed_point(field), rest.rates, rtol=1e-8, atol=1e-8)


def test_trajectory_of_an_oscillation() -> None:
    field = oscillator()
    ours = relax(field, np.zeros(2), dt=STEP, T=20.0)
    # the same scheme; what NEST's neurons send at the start reaches them one step later
    np.testing.assert_allclose(nest_fixed_point(field, time=20.0), ours.rates[-2], rtol=1e-9)
    assert np.abs(ours.rates[-1] / ours.rates[-2] - 1).max() > 0.05


def test_v1_among_the_rates_of_the_other_areas() -> None:
    field = mean_field_of(built(areas_simulated=("V1",), replace_non_simulated_areas="het_poisson_stat", replace_cc_input_source="theory"))
    np.testing.assert_allclose(nest_fixed_point(field), ground_rates()[:8], rtol=1e-7)
