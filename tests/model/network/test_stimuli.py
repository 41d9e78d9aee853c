"""Stimuli: who gets them and when, what becomes of stationary ones, and how few inputs they take."""

from __future__ import annotations

import numpy as np
import pytest

from model.circuit.stimuli import pulses, streams
from model.configuration import resolve_parameters
from model.network.assemble import assemble_network
from procortex.formats.network import ALWAYS, NETWORK, NEVER_ENDS, stream_matrix
from procortex.utilities.errors import InputError

PSC = 585.3899568613897  # pA for a PSP of 1 mV
LABELS = tuple(f"{area}-{layer}" for area in ("V1", "46") for layer in ("23E", "23I", "4E", "4I", "5E", "5I", "6E", "6I"))


def network_of(anatomy, rates=None, **given):
    shared = {"areas_simulated": ["V1", "46"], "replace_non_simulated_areas": "hom_poisson_stat", "cc_weights_factor": 1}
    network = assemble_network(anatomy, resolve_parameters(shared | {"cc_weights_I_factor": 1} | given), rates, rates)
    NETWORK.check(network, "network")
    return network


@pytest.mark.parametrize(
    ("populations", "expected"),
    [
        (["46"], [label for label in LABELS if label.startswith("46")]),
        ([46, "V1-4E"], [label for label in LABELS if label.startswith("46") or label == "V1-4E"]),
        (["4E", "V1-6I"], ["V1-4E", "V1-6I", "46-4E"]),
        (["V1", "V1-4E", "4E"], [*(label for label in LABELS if label.startswith("V1")), "46-4E"]),
    ],
)
def test_populations_are_areas_labels_or_layers(populations: list[str], expected: list[str]) -> None:
    given = {"areas_simulated": ["V1", "46"], "dc_stimuli": [{"populations": populations, "amplitude": 1}]}
    (pulse,) = pulses(LABELS, resolve_parameters(given))
    assert [label for label, current in zip(LABELS, pulse.current, strict=True) if current] == expected


def test_windows_are_half_open_steps_from_one() -> None:
    given = [
        {"populations": ["V1"], "rate": 15, "indegree": 300, "PSP": 0.3, **window}
        for window in ({}, {"start": 0}, {"start": 700, "stop": 710})
    ]
    every = streams(LABELS, resolve_parameters({"areas_simulated": ["V1"], "poisson_stimuli": given}))
    assert [(each.window.start, each.window.stop) for each in every] == [(ALWAYS, NEVER_ENDS), (ALWAYS, NEVER_ENDS), (7001, 7101)]
    assert every[2].rate.tolist() == [4500.0] * 8 + [0.0] * 8
    assert every[2].weight == pytest.approx(0.3 * PSC)


def test_currents_come_and_go_at_their_populations(anatomy) -> None:
    stimuli = [
        {"populations": ["V1-4E", "6E"], "amplitude": 50, "start": 70, "stop": 90},
        {"populations": ["V1"], "amplitude": -20, "start": 80},
        {"populations": ["46"], "amplitude": 7},
    ]
    network, bare = network_of(anatomy, dc_stimuli=stimuli), network_of(anatomy)
    np.testing.assert_allclose(network["dc"] - bare["dc"], [0.0] * 8 + [7.0] * 8, rtol=1e-12)
    assert network["current_start"].values.tolist() == [0, 701, 801, 901]
    at = {label: network["current"].sel(population=label).values.tolist() for label in ("V1-23E", "V1-4E", "V1-6E", "46-6E", "46-4E")}
    assert at == {
        "V1-23E": [0, 0, -20, -20],
        "V1-4E": [0, 50, 30, -20],
        "V1-6E": [0, 50, 30, -20],
        "46-6E": [0, 50, 50, 0],
        "46-4E": [0, 0, 0, 0],
    }
    assert "longest_t_sim" not in network.attrs  # stimuli are known for ever


def test_a_stationary_stimulus_of_equal_weight_adds_to_the_background(anatomy) -> None:
    stimulus = {"populations": ["V1-4E"], "rate": 15, "indegree": 300}
    network, bare = network_of(anatomy, poisson_stimuli=[stimulus]), network_of(anatomy)
    assert network["stream_target"].values.tolist() == bare["stream_target"].values.tolist() == list(range(16))
    np.testing.assert_allclose(network["stream_rate"] - bare["stream_rate"], [0, 0, 4500, *[0] * 13], rtol=1e-12, atol=1e-9)


def test_windowed_stimuli_take_as_few_inputs_as_they_can(anatomy) -> None:
    """V1-4E has the background and two windows; two streams of one window and weight are one; elsewhere there are fewer."""
    shared = {"rate": 15, "indegree": 100}
    network = network_of(
        anatomy,
        poisson_stimuli=[
            shared | {"populations": ["4E"], "start": 70, "stop": 80},
            shared | {"populations": ["V1-4E"], "start": 70, "stop": 80},
            shared | {"populations": ["V1"], "start": 170, "stop": 180, "PSP": -0.2},
            shared | {"populations": ["46-5E"], "start": 170, "stop": 180},
        ],
    )
    here, elsewhere = (network.isel(stream=network["stream_target"].values == LABELS.index(label)) for label in ("V1-4E", "46-5E"))
    assert here["stream_start"].values.tolist() == [0, 701, 1701]
    assert here["stream_stop"].values.tolist() == [NEVER_ENDS, 801, 1801]
    assert here["stream_rate"].values[1:].tolist() == [3000.0, 1500.0]
    np.testing.assert_allclose(here["stream_weight"].values[1:], [0.15 * PSC, -0.2 * PSC])
    assert elsewhere["stream_rate"].values[1:].tolist() == [1500.0]
    assert here["stream_threshold"].values[1, 0] == round(2**31 * np.exp(-0.3)) - 1  # 3000 spikes/s in 0.1 ms


def test_down_scaling_keeps_mean_and_variance_of_stimuli(anatomy, rates) -> None:
    stimuli = {
        "poisson_stimuli": [{"populations": ["V1"], "rate": 15, "indegree": 300, "PSP": 0.3, "start": 70, "stop": 80}],
        "dc_stimuli": [{"populations": ["V1-4E"], "amplitude": 50, "start": 70, "stop": 80}],
    }
    full, scaled = (network_of(anatomy, rates, K_scaling=K, **stimuli) for K in (1.0, 0.1))
    for network in (full, scaled):
        assert network["current_start"].values.tolist() == [0, 701, 801]
    moments = []
    for network in (full, scaled):
        rate, weight = (stream_matrix(network, name)[:, 1] for name in ("stream_rate", "stream_weight"))
        moments.append((network["current"].values[:, 1] + 1e-3 * 0.5 * rate * weight, rate * weight**2))
    np.testing.assert_allclose(moments[1], moments[0], rtol=1e-12)
    assert moments[0][0].tolist() == pytest.approx([4500 * 0.3 * PSC * 5e-4 + 50 * (label == "V1-4E") for label in LABELS[:8]] + [0] * 8)
    assert not scaled["current"].values[:, [0, 2]].any()


def test_a_scaled_stationary_stimulus_adds_to_the_background_too(anatomy, rates) -> None:
    network = network_of(anatomy, rates, K_scaling=0.1, poisson_stimuli=[{"populations": ["V1-4E"], "rate": 15, "indegree": 300}])
    assert network.sizes["stream"] == network.sizes["population"]
    assert network.sizes["segment"] == 1


def test_a_postsynaptic_potential_that_fits_no_event_is_refused(anatomy) -> None:
    with pytest.raises(InputError, match="the PSP of stimuli"):
        network_of(anatomy, poisson_stimuli=[{"populations": ["V1"], "rate": 1, "indegree": 1, "PSP": 3000}])
