"""Weights and delays of pairs of populations against the published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from model.configuration.groups import ConnectionParams, DelayParams, NeuronParams
from model.network.delays import delay_matrices
from model.network.weights import external_weight, psc_per_psp, weight_matrices
from procortex.formats.populations import population_labels

LABELS = population_labels(["V1", "V2", "TH"])
EXCITATORY, INHIBITORY, DOUBLED = 87.80849352920845, -965.8934288212929, 175.6169870584169


def place(target: str, source: str) -> tuple[int, int]:
    return LABELS.index(target), LABELS.index(source)


def test_current_per_potential() -> None:
    assert psc_per_psp(250.0, 10.0, 0.5) == pytest.approx(585.3899568613897, rel=1e-14)


@pytest.mark.parametrize(("C_m", "tau_m", "tau_syn"), [(250, 10, 0.5), (100, 20, 5), (250, 2, 8)])
def test_a_current_of_that_amplitude_causes_1_mv(C_m: float, tau_m: float, tau_syn: float) -> None:
    t = np.linspace(0, 60, 600_001)
    potential = psc_per_psp(C_m, tau_m, tau_syn) * tau_m * tau_syn / (C_m * (tau_m - tau_syn)) * (np.exp(-t / tau_m) - np.exp(-t / tau_syn))
    assert potential.max() == pytest.approx(1, rel=1e-8)


@pytest.mark.parametrize(
    ("target", "source", "mean"),
    [
        ("V1-23E", "V1-23E", EXCITATORY),
        ("V1-23E", "V1-4E", DOUBLED),
        ("V1-23I", "V1-4E", EXCITATORY),
        ("V1-4E", "V1-23I", INHIBITORY),
        ("V1-23E", "V2-4E", 1.9 * EXCITATORY),  # doubled within an area only
        ("V1-23E", "V2-23E", 1.9 * EXCITATORY),
        ("V1-23I", "V2-23E", 3.8 * EXCITATORY),
        ("TH-6I", "V1-5E", 3.8 * EXCITATORY),
    ],
)
def test_weight_of_a_pair(target: str, source: str, mean: float) -> None:
    means, sds = weight_matrices(LABELS, ConnectionParams(cc_weights_factor=1.9, cc_weights_I_factor=2.0), NeuronParams())
    assert means[place(target, source)] == pytest.approx(mean, rel=1e-14)
    assert sds[place(target, source)] == pytest.approx(0.1 * abs(mean), rel=1e-14)


def test_external_weight() -> None:
    assert external_weight(ConnectionParams(), NeuronParams()) == pytest.approx(EXCITATORY, rel=1e-14)


def test_delays_within_and_between_areas() -> None:
    mean, sd = delay_matrices(LABELS, np.full((len(LABELS), len(LABELS)), 7.0), DelayParams())
    assert mean[place("V1-23E", "V1-5E")] == 1.5
    assert mean[place("V1-23E", "V1-5I")] == 0.75
    assert mean[place("V1-23E", "V2-5E")] == 2.0
    np.testing.assert_array_equal(sd, 0.5 * mean)
