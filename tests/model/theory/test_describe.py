"""All that the theory says of a network, where its relaxation starts, and the rates that others take from it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from contracts.theory import check_theory
from model.configuration.groups import TheoryParams
from model.network.assemble import full_scale_circuit
from model.network.build import anatomy_of
from model.theory.describe import describe
from model.theory.full_scale import theory_rates
from model.theory.meanfield import mean_field_of
from model.theory.relaxation import random_starts, relax
from model.theory.starts import initial_rates
from procortex.formats.populations import population_labels
from procortex.utilities.errors import InputError
from tests.model.theory.networks import built, ground_rates, one_population, oscillator, parameters


def test_random_starts_find_both_states_of_a_bistable_population() -> None:
    field = one_population(160.0)
    starts = random_starts(1, 40, 60.0)
    found = describe(field, starts, dt=0.1, T=50.0)
    check_theory(found.assign_attrs(initial_rates="random_uniform"), "here")
    assert found["settled"].all()
    low = starts[:, 0] < 15.85  # the saddle point lies at 15.850 spikes/s, no start within 0.1 of it
    assert np.abs(starts - 15.85).min() > 0.1
    assert 5 < low.sum() < 35
    np.testing.assert_array_equal(found["attractor"], np.where(low, 0, 1))
    np.testing.assert_allclose(found["rates"][:, 0], np.where(low, 0.00480191, 41.29254595), atol=1e-8)
    assert found["low_rates"].values == pytest.approx(0.00480191, abs=1e-8)
    assert found.attrs["low_activity_found"] == 1


def test_description_of_the_ground_state() -> None:
    field, rates = mean_field_of(built()), ground_rates()
    found = describe(field, np.stack([np.zeros(254), rates]), dt=0.1, T=50.0, record_every=100)
    check_theory(found.assign_attrs(initial_rates="made up"), "here")
    np.testing.assert_allclose(found["rates"], np.stack([rates, rates]), atol=1e-8)
    np.testing.assert_array_equal(found["attractor"], [0, 0])
    np.testing.assert_array_equal(found["low_rates"], rates)
    np.testing.assert_array_equal(found["input_mean"], field.mean(rates))
    np.testing.assert_array_equal(found["input_sd"], field.deviation(rates))
    np.testing.assert_allclose(found["time"], [0, 10, 20, 30, 40, 50])
    np.testing.assert_allclose(found["mean_rate"][0, [0, -1]], [0, rates.mean()], atol=1e-8)
    assert (found["speed"][:, -1] < 1e-3).all()
    assert list(found["target"].values) == list(population_labels())
    values = found["eigenvalue_real"].values
    assert (np.diff(values) <= 0).all()
    matrix, right, left = field.effective_connectivity(rates), found["critical_right"].values, found["critical_left"].values
    np.testing.assert_array_equal(found["effective_connectivity"], matrix)
    assert found["effective_connectivity"].dims == ("target", "source")
    assert list(found["source"].values) == list(found["target"].values)
    np.testing.assert_allclose(matrix @ right, values[0] * right, atol=1e-10)
    np.testing.assert_allclose(left @ matrix, values[0] * left, atol=1e-10 * np.abs(left).max())
    assert left @ right == pytest.approx(1)


def test_rates_that_oscillate_belong_to_no_attractor() -> None:
    field = oscillator()
    found = describe(field, np.array([[0.0, 0.0], [23.124427, 14.444095]]), dt=0.1, T=50.0)
    assert not found["settled"].any()
    np.testing.assert_array_equal(found["attractor"], [-1, -1])
    assert found.attrs["low_activity_found"] == 1
    assert found["eigenvalue_real"][0] > 1


def test_without_low_activity_the_end_of_the_rates_from_zero_stands_for_it() -> None:
    field = mean_field_of(built(cc_weights_factor=2.5, cc_weights_I_factor=2))
    found = describe(field, np.zeros((1, 254)), dt=0.1, T=20.0)
    assert found.attrs["low_activity_found"] == 0
    np.testing.assert_array_equal(found["low_rates"], relax(field, np.zeros(254), T=20.0).end)


def test_a_network_without_any_input_is_silent() -> None:
    found = describe(mean_field_of(built(rate_ext=0)), np.zeros((1, 254)), dt=0.1, T=1.0)
    assert found.attrs["low_activity_found"] == 1
    assert not found["low_rates"].any()
    assert not found["eigenvalue_real"].any()


def test_starts_are_zero_random_or_from_a_file(tmp_path: Path) -> None:
    labels = population_labels(["V1"])
    np.testing.assert_array_equal(initial_rates(labels, TheoryParams()), np.zeros((1, 8)))
    random = initial_rates(labels, TheoryParams(initial_rates="random_uniform", initial_rates_iter=3, initial_rates_max=7.0))
    np.testing.assert_array_equal(random, random_starts(8, 3, 7.0))
    path = tmp_path / "rates.json"
    path.write_text(json.dumps({"V1": {label.split("-")[1]: place for place, label in enumerate(labels)}}))
    np.testing.assert_array_equal(initial_rates(labels, TheoryParams(initial_rates=str(path))), [np.arange(8)])
    with pytest.raises(InputError, match=r"rates\.json: area V2 is missing"):
        initial_rates(population_labels(["V1", "V2"]), TheoryParams(initial_rates=str(path)))


@pytest.mark.golden
def test_starts_at_the_published_rates(published_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCORTEX_PUBLISHED_DIR", str(published_dir))
    starts = initial_rates(population_labels(), TheoryParams(initial_rates="published"))
    assert starts.shape == (1, 254)
    assert starts.mean() == pytest.approx(3.5, abs=0.5)


def test_rates_of_the_theory_are_those_of_the_full_network() -> None:
    given = parameters()
    rates = theory_rates(full_scale_circuit(anatomy_of(given), given), given)
    np.testing.assert_allclose(rates, ground_rates(), rtol=1e-8)


def test_networks_without_low_activity_have_no_rates_of_the_theory() -> None:
    given = parameters(cc_weights_factor=2.5, cc_weights_I_factor=2)
    circuit = full_scale_circuit(anatomy_of(given), given)
    with pytest.raises(InputError) as error:
        theory_rates(circuit, given)
    message = str(error.value)
    assert message.startswith("fullscale_rates: theory finds no state of low activity at cc_weights_factor = 2.5, g = -11 (")
    assert message.endswith("expected a smaller cc_weights_factor, or rates from a file")
    assert "\n" not in message
    # the same circuit with the weights of the ground state has one
    weight = full_scale_circuit(anatomy_of(parameters()), parameters()).weight_mean
    assert theory_rates(replace(circuit, weight_mean=weight), given).max() < 50


@pytest.mark.parametrize(
    ("changed", "largest"),
    [
        ({"E_L": 10_000, "cc_weights_factor": 0}, "a mean of at most 20 spikes/s, and in each population at most 250 (half of 1 / t_ref)"),
        ({"t_ref": 50, "E_L": 10_000}, "a mean of at most 20 spikes/s, and in each population at most 10 (half of 1 / t_ref)"),
    ],
)
def test_rates_near_saturation_are_no_low_activity(changed: dict[str, float], largest: str) -> None:
    given = parameters(**changed)
    with pytest.raises(
        InputError, match=r"^fullscale_rates: theory finds no state of low activity: the largest rate is [\d.]+ spikes/s \("
    ) as error:
        theory_rates(full_scale_circuit(anatomy_of(given), given), given)
    assert f"expected {largest}: a weaker drive" in str(error.value)
    other = {"areas_simulated": "V1", "fullscale_rates": "published", "replace_cc_input_source": "theory"}
    given = parameters(**changed, **other)
    with pytest.raises(InputError, match=r"^replace_cc_input_source: theory finds no state of low activity: "):
        theory_rates(full_scale_circuit(anatomy_of(given), given), given)
