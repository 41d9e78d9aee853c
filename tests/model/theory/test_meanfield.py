"""Mean and variance of the input, and how they survive whatever is done to a network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from model.network.assemble import full_scale_circuit
from model.network.build import anatomy_of, build_network
from model.theory.full_scale import circuit_field
from model.theory.meanfield import mean_field, mean_field_of, rate_neuron
from model.theory.relaxation import CONVERGED, fixed_point
from model.theory.siegert import RateNeuron, firing_rate
from procortex.formats.populations import label_areas
from tests.model.theory.networks import built, ground_rates, one_population, parameters, random_network


def test_input_of_one_population_by_hand() -> None:
    field = one_population(160.0)
    rates = np.array([5.0])
    jump = 10 * 0.5 / 250  # mV
    assert field.mean(rates) == pytest.approx(0.01 * 420 * jump * (5 + 160), rel=1e-14)
    assert field.deviation(rates) ** 2 == pytest.approx(0.01 * 420 * jump**2 * (5 + 160), rel=1e-14)


def test_input_by_sums_over_sources_and_streams() -> None:
    random = np.random.default_rng(1)
    indegree, weight = random.uniform(0, 500, (3, 3)), random.uniform(-900, 200, (3, 3))
    rate, stream_weight, dc = random.uniform(0, 1e4, (3, 2)), random.uniform(-100, 100, (3, 2)), random.uniform(-200, 200, 3)
    neuron = RateNeuron(tau_m=15.0, tau_syn=1.0)
    drive = {"rate": rate, "weight": stream_weight, "dc": dc}
    field = mean_field(("V1-23E", "V1-23I", "V2-23E"), indegree, weight, drive, neuron, C_m=200.0)
    rates = np.array([2.0, 7.0, 0.5])
    for i in range(3):
        inputs = [(indegree[i, j] * rates[j], weight[i, j]) for j in range(3)] + [(rate[i, s], stream_weight[i, s]) for s in range(2)]
        jumps = [(events, w * 1.0 / 200.0) for events, w in inputs]
        mean = 0.015 * sum(events * jump for events, jump in jumps) + 15.0 / 200.0 * dc[i]
        variance = 0.015 * sum(events * jump**2 for events, jump in jumps)
        assert field.mean(rates)[i] == pytest.approx(mean, rel=1e-12)
        assert field.deviation(rates)[i] == pytest.approx(np.sqrt(variance), rel=1e-12)
        assert field.respond(rates)[i] == pytest.approx(float(firing_rate(mean, np.sqrt(variance), neuron)), rel=1e-9)


def test_potentials_count_from_the_leak_potential() -> None:
    values = {"tau_m": 12.0, "tau_syn_ex": 0.7, "t_ref": 1.5, "V_th": -52.0, "V_reset": -70.0, "E_L": -66.0}
    assert rate_neuron(values) == RateNeuron(tau_m=12.0, tau_syn=0.7, t_ref=1.5, theta=14.0, V_r=-4.0)


def test_several_rates_and_drives_at_once() -> None:
    field = random_network(2)
    rates = np.random.default_rng(3).uniform(0, 20, (4, 8))
    factors = np.array([0.9, 1.0, 1.1, 1.2])[:, None]
    several = field.with_external(factors * field.external_mean, factors * field.external_variance)
    for row in range(4):
        alone = field.with_external(factors[row] * field.external_mean, factors[row] * field.external_variance)
        # products of a matrix with one vector and with several may add up in another order
        np.testing.assert_allclose(field.respond(rates)[row], field.respond(rates[row]), rtol=1e-10)
        np.testing.assert_allclose(several.respond(rates)[row], alone.respond(rates[row]), rtol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_effective_connectivity_is_the_derivative_of_the_response(seed: int) -> None:
    field = random_network(seed, ("V1", "V2"))
    rates = np.random.default_rng(seed).uniform(1, 10, 16)
    step = 1e-3
    moves = step * np.eye(16)
    # Richardson's extrapolation of central differences: an error of order step^4, and rounding of rates of up to 500 over the step
    difference = (field.respond(rates + moves) - field.respond(rates - moves)).T / (2 * step)
    finer = (field.respond(rates + moves / 2) - field.respond(rates - moves / 2)).T / step
    exact = field.effective_connectivity(rates)
    np.testing.assert_allclose(exact, (4 * finer - difference) / 3, rtol=1e-8, atol=1e-10)
    assert np.abs(exact).max() > 0.1


def test_silent_populations_have_no_effective_connectivity() -> None:
    field = random_network(0)
    silent = field.with_external(np.zeros(8), np.zeros(8))
    assert not silent.respond(np.zeros(8)).any()
    assert not silent.effective_connectivity(np.zeros(8)).any()


@pytest.mark.parametrize("poisson_input", [True, False])
def test_the_file_and_the_circuit_describe_one_network(poisson_input: bool) -> None:
    given = parameters(poisson_input=poisson_input)
    ours, field = mean_field_of(built(poisson_input=poisson_input)), circuit_field(full_scale_circuit(anatomy_of(given), given), given)
    assert ours.labels == field.labels
    assert ours.neuron == field.neuron
    for name in ("mean_gain", "variance_gain", "external_mean", "external_variance"):
        np.testing.assert_allclose(getattr(ours, name), getattr(field, name), rtol=1e-13, atol=0, err_msg=name)


def test_a_direct_current_instead_of_poisson_input_leaves_the_mean() -> None:
    poisson, current = (mean_field_of(built(poisson_input=value)) for value in (True, False))
    np.testing.assert_allclose(current.external_mean, poisson.external_mean, rtol=1e-13)
    assert (poisson.external_variance > 0).all()
    assert not current.external_variance.any()


REPLACED = {"replace_cc_input_source": "theory"}


def test_replacing_connections_between_areas_by_their_own_rates_leaves_the_state() -> None:
    field, rates = mean_field_of(built(replace_cc="het_poisson_stat", **REPLACED)), ground_rates()
    areas = label_areas(field.labels)
    assert not field.mean_gain[areas[:, None] != areas[None, :]].any()
    np.testing.assert_allclose(field.respond(rates), rates, rtol=1e-6)
    rest = fixed_point(field)
    assert rest.settled
    # both states are exact to CONVERGED / (1 - critical eigenvalue), some 1e-8 of the smallest rate
    np.testing.assert_allclose(rest.rates, rates, rtol=1e-6)


def test_replacing_them_by_other_rates_changes_the_state() -> None:
    rates = mean_field_of(built(replace_cc="hom_poisson_stat")).respond(ground_rates())
    assert np.abs(rates - ground_rates()).max() > 1


@pytest.mark.parametrize("areas", [("V1",), ("V2", "TH")])
def test_areas_alone_have_the_rates_of_the_whole_model(areas: tuple[str, ...]) -> None:
    field = mean_field_of(built(areas_simulated=areas, replace_non_simulated_areas="het_poisson_stat", **REPLACED))
    kept = np.isin(label_areas(mean_field_of(built()).labels), areas)
    assert len(field.labels) == kept.sum()
    rest = fixed_point(field)
    assert rest.settled
    np.testing.assert_allclose(rest.rates, ground_rates()[kept], rtol=1e-6)


def stimuli(**window: float) -> dict[str, object]:
    return {
        "dc_stimuli": ({"populations": ("V1-4E",), "amplitude": 30, **window},),
        "poisson_stimuli": ({"populations": ("V1",), "rate": 15, "indegree": 100, "PSP": 0.3, **window},),
    }


def test_stationary_stimuli_enter_the_theory_and_others_do_not() -> None:
    bare, brief = mean_field_of(built()), mean_field_of(build_network(parameters(**stimuli(start=700, stop=800))))
    np.testing.assert_array_equal(brief.external_mean, bare.external_mean)
    np.testing.assert_array_equal(brief.external_variance, bare.external_variance)
    always = mean_field_of(build_network(parameters(**stimuli())))
    in_v1 = np.isin(label_areas(bare.labels), ["V1"])
    jump = 0.3 * 585.3899568613897 * 0.5 / 250  # mV
    current = np.where(np.array(bare.labels) == "V1-4E", 30 * 10 / 250, 0.0)
    np.testing.assert_allclose(always.external_mean - bare.external_mean, 0.01 * 1500 * jump * in_v1 + current, atol=1e-12)
    np.testing.assert_allclose(always.external_variance - bare.external_variance, 0.01 * 1500 * jump**2 * in_v1, atol=1e-12)


def test_down_scaling_keeps_the_state_with_a_stimulus() -> None:
    full, scaled = (mean_field_of(build_network(parameters(K_scaling=K, fullscale_rates="theory", **stimuli()))) for K in (1.0, 0.2))
    rest = fixed_point(full)
    assert rest.rates[2] > 1.5 * ground_rates()[2]  # V1-4E feels it
    np.testing.assert_allclose(scaled.mean(rest.rates), full.mean(rest.rates), rtol=0, atol=1e-8)
    np.testing.assert_allclose(scaled.deviation(rest.rates), full.deviation(rest.rates), rtol=1e-12)


@pytest.mark.parametrize("K_scaling", [0.1, 0.5])
@pytest.mark.parametrize("poisson_input", [True, False])
def test_down_scaling_leaves_input_and_rates(K_scaling: float, poisson_input: bool) -> None:
    shared = {"poisson_input": poisson_input}
    full = mean_field_of(built(**shared))
    scaled = mean_field_of(built(N_scaling=0.1, K_scaling=K_scaling, fullscale_rates="theory", **shared))
    rates = fixed_point(full).rates
    # the mean is a difference of terms of up to some 100 mV; rates of theory are exact to CONVERGED / (1 - critical eigenvalue)
    np.testing.assert_allclose(scaled.mean(rates), full.mean(rates), rtol=0, atol=1e-8)
    np.testing.assert_allclose(scaled.deviation(rates), full.deviation(rates), rtol=1e-12)
    # a direct current in place of lost inhibition keeps a silent network silent: another attractor, which zero rates lead to
    rest = fixed_point(scaled, 0.95 * rates)
    assert rest.settled
    np.testing.assert_allclose(rest.rates, rates, rtol=1e-6)
    assert np.abs(scaled.respond(rates) - rates).max() < 1e3 * CONVERGED


def test_down_scaling_to_other_rates_moves_the_state(tmp_path: Path) -> None:
    path = tmp_path / "rates.json"
    areas: dict[str, dict[str, float]] = {}
    for label, rate in zip(mean_field_of(built()).labels, ground_rates(), strict=True):
        area, population = label.rsplit("-", 1)
        areas.setdefault(area, {})[population] = 0.5 * rate
    path.write_text(json.dumps(areas))
    scaled = mean_field_of(built(K_scaling=0.25, fullscale_rates=str(path)))
    assert np.abs(scaled.respond(ground_rates()) - ground_rates()).max() > 1
