"""Lognormal weights: which pairs have them, their tables, the unit that their tail needs, and what of it theory and Poisson input see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from model.circuit.weights import lognormal_pairs, weight_matrices
from model.configuration import resolve_parameters
from model.configuration.groups import ConnectionParams, NeuronParams
from model.network.assemble import assemble_network
from model.network.weight_tables import lognormal_levels, lognormal_parameters, round_keeping_sum, streams_on_grid, weight_table
from model.network.weight_unit import COARSEST, EVENT_LIMIT, weight_unit
from model.theory.meanfield import mean_field_of
from procortex.formats.network import read_network, write_network
from procortex.formats.populations import population_labels
from procortex.utilities.errors import InputError

LEVELS = 4096
LABELS = population_labels(["V1", "V2"])
spreads = st.floats(0.05, 10)


def distribution(mean: float, sd: float):
    location, scale = lognormal_parameters(mean, sd)
    return stats.lognorm(s=scale, scale=np.exp(location))


@settings(deadline=None)
@given(mean=st.floats(1, 1000), spread=spreads)
def test_parameters_of_the_logarithm(mean: float, spread: float) -> None:
    law = distribution(mean, spread * mean)
    assert law.mean() == pytest.approx(mean, rel=1e-12)
    assert law.std() == pytest.approx(spread * mean, rel=1e-10)


@settings(deadline=None)
@given(mean=st.floats(1, 1000), spread=spreads)
def test_levels_have_the_mean_and_lie_in_their_bins(mean: float, spread: float) -> None:
    levels = lognormal_levels(mean, spread * mean)
    assert levels.mean() == pytest.approx(mean, rel=1e-12)
    edges = distribution(mean, spread * mean).ppf(np.arange(LEVELS + 1) / LEVELS)
    assert (levels >= edges[:-1] * (1 - 1e-9)).all()
    assert (levels <= edges[1:] * (1 + 1e-9)).all()


@pytest.mark.parametrize("level", [0, 1, 2000, 4000, 4094, 4095])
def test_levels_are_conditional_means(level: int) -> None:
    law = distribution(87.8, 3 * 87.8)
    low, high = law.ppf([level / LEVELS, (level + 1) / LEVELS])
    integral = integrate.quad(lambda u: law.ppf(u), level / LEVELS, (level + 1) / LEVELS, epsrel=1e-10, limit=500)[0]
    assert lognormal_levels(87.8, 3 * 87.8)[level] == pytest.approx(LEVELS * integral, rel=1e-5)
    assert low <= LEVELS * integral <= high


@pytest.mark.parametrize(("spread", "kept"), [(0.1, 0.9999), (1.0, 0.998), (3.0, 0.954), (10.0, 0.731)])
def test_the_levels_lose_the_variance_within_their_bins(spread: float, kept: float) -> None:
    """docs/experiments.md quotes these."""
    assert lognormal_levels(1.0, spread).std() / spread == pytest.approx(kept, abs=1e-3)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 0.0), (87.8, 0.0)])
def test_nothing_spreads_without_mean_or_deviation(mean: float, sd: float) -> None:
    assert set(lognormal_levels(mean, sd)) == {mean}


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=200))
def test_rounding_keeps_sum_and_order(values: list[float]) -> None:
    numbers = np.sort(values)
    rounded = round_keeping_sum(numbers)
    assert abs(rounded.sum() - numbers.sum()) <= 0.5 + 1e-6
    assert (np.abs(rounded - numbers) < 1).all()
    assert (np.diff(rounded) >= 0).all()


@settings(deadline=None)
@given(spread=st.floats(0, 5), unit=st.sampled_from([2.0**k for k in range(-5, 4)]), lognormal=st.booleans())
def test_tables_keep_the_mean_in_coarse_units_and_mirror(spread: float, unit: float, lognormal: bool) -> None:
    mean = 87.80849352920845
    table = weight_table(mean, spread * mean, lognormal, unit, coarse=True)
    levels = (np.arange(LEVELS) + 0.5) / LEVELS
    exact = mean if lognormal or not spread else stats.truncnorm.ppf(levels, -1 / spread, np.inf, mean, spread * mean)
    assert table.mean() * unit == pytest.approx(np.mean(exact), abs=unit / LEVELS + 1e-6)
    assert (table >= 0).all()
    np.testing.assert_array_equal(weight_table(-mean, spread * mean, lognormal, unit, coarse=True), -table)


def test_the_unit_is_as_coarse_as_the_tail_needs() -> None:
    weights = np.array([1.0, -11.0])
    assert weight_unit(weights, 50.0, COARSEST) == 2.0**-10  # as for normal weights
    assert weight_unit(weights, 1000.0, COARSEST) == 2.0**-6
    assert 1000.0 / 2.0**-6 <= EVENT_LIMIT < 1000.0 / 2.0**-7
    assert weight_unit(weights, 4000.0, COARSEST) == COARSEST
    with pytest.raises(InputError, match=r"weights between 1 and 5000 pA are too far apart .* at most 4096 pA: .* PSC_rel_sd_lognormal"):
        weight_unit(weights, 5000.0, COARSEST)


def test_rounded_streams_keep_their_mean() -> None:
    rate, weight = np.array([[10.0, 0.0], [3.0, 7.0]]), np.array([[87.8, 0.0], [-30.3, 87.8]])
    new_rate, new_weight = streams_on_grid(rate, weight, 0.5)
    assert new_weight.tolist() == [[88.0, 0.0], [-30.5, 88.0]]
    np.testing.assert_allclose(new_rate * new_weight, rate * weight, rtol=1e-14)


@pytest.mark.parametrize(("only", "number"), [(True, 8 * 8), (False, 16 * 16)])
def test_pairs_with_lognormal_weights(only: bool, number: int) -> None:
    connections = ConnectionParams(lognormal_weights=True, lognormal_EE_only=only)
    pairs = lognormal_pairs(LABELS, connections)
    assert pairs.sum() == number
    mean, sd = weight_matrices(LABELS, connections, NeuronParams())
    np.testing.assert_allclose(sd, np.where(pairs, 3.0, 0.1) * np.abs(mean), rtol=1e-14)
    assert pairs[LABELS.index("V1-23E"), LABELS.index("V1-4E")]  # the pair with doubled weight is one like the others


def test_without_the_switch_no_pair_is_lognormal() -> None:
    assert not lognormal_pairs(LABELS, ConnectionParams(lognormal_EE_only=True)).any()


@pytest.fixture(scope="module")
def networks(anatomy, rates):
    given = {"areas_simulated": ["V1", "V2"], "N_scaling": 0.1, "K_scaling": 0.25, "cc_weights_factor": 1.0, "cc_weights_I_factor": 1.0}
    variants = {"normal": {}, "EE": {"lognormal_weights": True, "lognormal_EE_only": True}, "all": {"lognormal_weights": True}}
    return {name: assemble_network(anatomy, resolve_parameters(given | own), rates, rates) for name, own in variants.items()}


def test_only_networks_with_lognormal_weights_say_so(networks, tmp_path: Path) -> None:
    assert "weight_lognormal" not in networks["normal"]
    assert networks["EE"]["weight_lognormal"].values.tolist() == [0, 0, 1, 1]  # inhibitory, E to I, E to E, 4E to 23E
    assert networks["all"]["weight_lognormal"].values.all()
    write_network(networks["EE"], tmp_path / "n.nc")
    np.testing.assert_array_equal(read_network(tmp_path / "n.nc")["weight_lognormal"], networks["EE"]["weight_lognormal"])
    with pytest.raises(InputError, match="weight_lognormal has dimensions"):
        write_network(networks["EE"].assign(weight_lognormal=("level", np.zeros(LEVELS, np.int8))), tmp_path / "m.nc")


@pytest.mark.parametrize("name", ["EE", "all"])
def test_tables_of_a_network_have_the_means_of_its_pairs(networks, name: str) -> None:
    network = networks[name]
    unit = network.attrs["weight_unit_pA"]
    assert unit > networks["normal"].attrs["weight_unit_pA"]
    table = network["weight_quantiles"].values * unit
    connected, lognormal = network["synapses"].values > 0, network["weight_lognormal"].values > 0
    tables, mean, sd = (network[name].values[connected] for name in ("weight_table", "weight_mean", "weight_sd"))
    np.testing.assert_allclose(table.mean(axis=1)[tables], mean, atol=unit / LEVELS)
    relative = np.where(lognormal, 3.0, 0.1 * 0.5)[
        tables
    ]  # published spread shrinks by sqrt(K_scaling), that of lognormal weights does not
    np.testing.assert_allclose(sd, relative * np.abs(mean), rtol=1e-12)
    kept = np.where(lognormal, 0.954, 1.0)[tables]
    np.testing.assert_allclose(table.std(axis=1)[tables], kept * sd, rtol=5e-3)


@pytest.mark.parametrize("name", ["EE", "all"])
def test_theory_takes_the_mean_weights(networks, name: str) -> None:
    changed, normal = mean_field_of(networks[name]), mean_field_of(networks["normal"])
    np.testing.assert_array_equal(changed.mean_gain, normal.mean_gain)
    np.testing.assert_array_equal(changed.variance_gain, normal.variance_gain)
    np.testing.assert_allclose(changed.external_mean, normal.external_mean, rtol=1e-12)  # the rates of streams make up for coarse weights
    np.testing.assert_allclose(changed.external_variance, normal.external_variance, rtol=COARSEST / 2)


def test_the_correction_keeps_the_relative_spread(anatomy, rates) -> None:
    given = {"areas_simulated": ["V1"], "K_scaling": 0.25}
    published, corrected = (
        assemble_network(anatomy, resolve_parameters(given | {"corrections": names}), rates, rates) for names in ([], ["weight_spread"])
    )
    mean = np.abs(published["weight_mean"])
    np.testing.assert_allclose(published["weight_sd"], 0.05 * mean, rtol=1e-12)
    np.testing.assert_allclose(corrected["weight_sd"], 0.1 * mean, rtol=1e-12)
    np.testing.assert_array_equal(corrected["synapses"], published["synapses"])
