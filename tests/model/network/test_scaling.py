"""Down-scaling keeps mean and variance of the input at the target rates."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.configuration.groups import NeuronParams
from model.network.circuit import Circuit
from model.network.scaling import scale_circuit

NEURON = NeuronParams()
RATE_EXT = 10.0
fractions = st.floats(0.005, 1)


def random_circuit(seed: int) -> tuple[Circuit, np.ndarray]:
    random = np.random.default_rng(seed)
    mean = random.uniform(50, 400, (4, 4)) * np.array([1, -6, 1, -6])
    circuit = Circuit(
        labels=("V1-23E", "V1-23I", "V2-23E", "V2-23I"),
        neurons=random.uniform(1000, 1e5, 4),
        indegree=random.uniform(0, 2000, (4, 4)),
        external_indegree=random.uniform(500, 2000, 4),
        weight_mean=mean,
        weight_sd=0.1 * np.abs(mean),
        external_weight=87.8,
        dc=random.uniform(0, 100, 4),
    )
    return circuit, random.uniform(0.1, 20, 4)


def input_moments(circuit: Circuit, rates: np.ndarray) -> SimpleNamespace:
    """Mean (mV) and variance (mV^2) of the input in the diffusion approximation."""
    jump, jump_ext = circuit.weight_mean * NEURON.tau_syn_ex / NEURON.C_m, circuit.external_weight * NEURON.tau_syn_ex / NEURON.C_m
    tau = 1e-3 * NEURON.tau_m
    return SimpleNamespace(
        mean=tau * ((circuit.indegree * jump) @ rates + circuit.external_indegree * jump_ext * RATE_EXT)
        + NEURON.tau_m / NEURON.C_m * circuit.dc,
        variance=tau * ((circuit.indegree * jump**2) @ rates + circuit.external_indegree * jump_ext**2 * RATE_EXT),
    )


@given(seed=st.integers(0, 1000), N_scaling=fractions, K_scaling=fractions)
@settings(max_examples=50, deadline=None)
def test_mean_and_variance_of_the_input_stay(seed: int, N_scaling: float, K_scaling: float) -> None:
    circuit, rates = random_circuit(seed)
    before = input_moments(circuit, rates)
    after = input_moments(scale_circuit(circuit, N_scaling, K_scaling, rates, RATE_EXT, NEURON), rates)
    scale = np.abs(before.mean).max() / np.sqrt(K_scaling)
    np.testing.assert_allclose(after.mean, before.mean, rtol=0, atol=1e-12 * scale)
    np.testing.assert_allclose(after.variance, before.variance, rtol=1e-12)


def test_sizes_shrink_and_spreads_stay() -> None:
    circuit, rates = random_circuit(0)
    scaled = scale_circuit(circuit, 0.1, 0.25, rates, RATE_EXT, NEURON)
    np.testing.assert_allclose(scaled.neurons, 0.1 * circuit.neurons)
    np.testing.assert_allclose(scaled.indegree, 0.25 * circuit.indegree)
    np.testing.assert_allclose(scaled.weight_mean, 2 * circuit.weight_mean)
    np.testing.assert_array_equal(scaled.weight_sd, circuit.weight_sd)  # as published: the relative spread shrinks


def test_full_scale_changes_nothing() -> None:
    circuit, rates = random_circuit(0)
    scaled = scale_circuit(circuit, 1.0, 1.0, rates, RATE_EXT, NEURON)
    np.testing.assert_array_equal(scaled.dc, circuit.dc)
    assert scaled.external_weight == pytest.approx(circuit.external_weight)
