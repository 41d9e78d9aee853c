"""Networks whose theory is quick or known: toys of one and two populations, random ones, and the macaque's from its tables."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

import numpy as np
import xarray as xr

from model.configuration import Parameters, load_experiment
from model.network.build import build_network
from model.theory.meanfield import MeanField, mean_field
from model.theory.siegert import Array, RateNeuron
from procortex.formats.populations import population_labels

NEURON = RateNeuron()
C_m = 250.0

GROUND = MappingProxyType({"stabilisation": "computed", "g": -11, "cc_weights_factor": 1, "cc_weights_I_factor": 1})
"""The ground state on the in-degrees that the tables bring along."""


def one_population(rate_ext: float) -> MeanField:
    """Excitatory population of Schuecker et al. (2017), Fig. 2: one state of activity, or two of them and a saddle point between."""
    drive = {"rate": np.array([[420 * rate_ext]]), "weight": np.array([[10.0]]), "dc": np.zeros(1)}
    return mean_field(("V1-23E",), np.array([[420.0]]), np.array([[10.0]]), drive, NEURON, C_m)


def oscillator() -> MeanField:
    """Excitation and slower inhibition by each other: an unstable fixed point within a limit cycle."""
    drive = {"rate": 420.0 * np.array([[170.0], [120.0]]), "weight": np.full((2, 1), 10.0), "dc": np.zeros(2)}
    weight = np.array([[10.0, -50.0], [10.0, -50.0]])
    return mean_field(("V1-23E", "V1-23I"), np.array([[800.0, 200.0], [1000.0, 0.0]]), weight, drive, NEURON, C_m)


def random_network(seed: int, areas: tuple[str, ...] = ("V1",)) -> MeanField:
    """Excitatory and inhibitory populations at random, with an input near the threshold at 5 spikes/s."""
    random = np.random.default_rng(seed)
    labels = population_labels(areas)
    n = len(labels)
    weight = random.uniform(50, 150, (n, n)) * np.tile([1.0, -6.0], n // 2)
    drive = {"rate": random.uniform(8_000, 15_000, (n, 2)), "weight": np.tile([87.8, -20.0], (n, 1)), "dc": np.zeros(n)}
    field = mean_field(labels, random.uniform(0, 200, (n, n)), weight, drive, NEURON, C_m)
    balance = random.uniform(8, 16, n) - field.mean(np.full(n, 5.0))
    return field.with_external(field.external_mean + balance, field.external_variance)


@cache
def ground_rates() -> Array:
    """Low activity of the ground state (spikes/s), shape (254,)."""
    from model.theory.meanfield import mean_field_of
    from model.theory.relaxation import low_activity_state

    rest = low_activity_state(mean_field_of(built()))
    assert rest.settled
    return rest.rates


def parameters(**changed: object) -> Parameters:
    """Parameters of the ground state, but for what is changed."""
    return load_experiment([], {**GROUND, **changed}).state()


@cache
def built(**changed: object) -> xr.Dataset:
    """The network of these parameters."""
    return build_network(parameters(**changed))
