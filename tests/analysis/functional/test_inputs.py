"""Synaptic input of areas: the sum by hand, the kernel in time, and series that do not fit the network."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from analysis.functional.inputs import synaptic_input
from procortex.utilities.errors import InputError
from tests.analysis.functional.made_up import NEURONS, network, series


def one_volley(population: int, time: int = 5, bins: int = 12) -> np.ndarray:
    """Every neuron of a population spikes once, together."""
    counts = np.zeros((3, bins))
    counts[population, time] = list(NEURONS.values())[population]
    return counts


@pytest.mark.parametrize(
    ("population", "v1", "v2"),
    [
        (0, (30 * 1 * 10 + 10 * 3 * 10) / 40, 5 * 10),
        (1, 30 * 2 * 40 / 40, 0),  # inhibition counts with its absolute weight
        (2, 10 * 4 * 10 / 40, 6 * 10),
    ],
)
def test_areas_have_the_mean_over_their_neurons(population: int, v1: float, v2: float) -> None:
    inputs = synaptic_input(series(one_volley(population)), network())
    assert inputs.dims == ("area", "time")
    np.testing.assert_allclose(inputs.sel(area=["V1", "V2"], time=5.0), [v1, v2])


def test_the_kernel_acts_at_once_and_never_before() -> None:
    inputs = synaptic_input(series(one_volley(0)), network(tau_ex=2.0)).sel(area="V2").to_numpy()
    expected = np.where(np.arange(12) < 5, 0.0, 50 * np.exp(-(np.arange(12) - 5) / 2.0))
    np.testing.assert_allclose(inputs, expected, atol=1e-12)


def test_sources_have_the_time_constants_of_their_synapses() -> None:
    inputs = synaptic_input(series(one_volley(1)), network(tau_ex=0.5, tau_in=4.0)).sel(area="V1").to_numpy()
    assert inputs[9] / inputs[5] == pytest.approx(np.exp(-1))


def test_rates_are_relative_to_the_recorded_neurons() -> None:
    few = series(one_volley(0) / 3)
    few["neurons"] = few["neurons"] // 3
    np.testing.assert_allclose(synaptic_input(few, network()), synaptic_input(series(one_volley(0)), network()))


def test_networks_without_real_numbers_of_neurons_have_whole_ones() -> None:
    counts = series(one_volley(0))
    xr.testing.assert_equal(synaptic_input(counts, network().drop_vars("neurons_real")), synaptic_input(counts, network()))


def test_series_and_network_must_belong_together() -> None:
    with pytest.raises(InputError, match="1 populations are not in the network, V3-4E first"):
        synaptic_input(series(np.ones((3, 5)), ["V1-23E", "V1-23I", "V3-4E"]), network())
    with pytest.raises(InputError, match="1 populations of the network are missing, V2-5E first"):
        synaptic_input(series(np.ones((2, 5)), ["V1-23E", "V1-23I"]), network())
