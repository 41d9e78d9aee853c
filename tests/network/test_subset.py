"""Poisson input in place of areas and connections, and the merging of its streams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from contracts.populations import label_areas, population_labels
from model.configuration import resolve_parameters
from model.network.assemble import full_scale_circuit
from model.network.subset import merge_streams, poisson_streams, replaced_pairs

LABELS = population_labels()
shape = (3, 7)


@settings(deadline=None)
@given(rate=arrays(float, shape, elements=st.floats(0, 100)), weight=arrays(float, shape, elements=st.sampled_from([-2.0, 0.0, 1.0, 3.0])))
def test_merging_keeps_mean_and_variance(rate: np.ndarray, weight: np.ndarray) -> None:
    merged_rate, merged_weight = merge_streams(rate, weight)
    for power in (1, 2):
        before, after = (rate * weight**power).sum(axis=1), (merged_rate * merged_weight**power).sum(axis=1)
        np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-9)
    for rates, weights in zip(merged_rate, merged_weight, strict=True):
        assert len(set(weights[rates > 0])) == (rates > 0).sum()
    assert merged_rate.shape[1] >= 1


def given_streams(anatomy, rates, **given):
    parameters = resolve_parameters({"cc_weights_factor": 1, "cc_weights_I_factor": 1, **given})
    circuit = full_scale_circuit(anatomy, parameters)
    return circuit, *poisson_streams(circuit, parameters, rates)


def test_a_whole_model_has_background_only(anatomy, rates) -> None:
    circuit, rate, weight = given_streams(anatomy, None)
    np.testing.assert_allclose(rate, 10 * circuit.external_indegree[:, None])
    assert set(weight.ravel()) == {circuit.external_weight}


def test_direct_current_leaves_no_background(anatomy) -> None:
    _, rate, _ = given_streams(anatomy, None, poisson_input=False)
    assert rate.shape == (254, 1)
    assert not rate.any()


def test_replaced_areas_fire_at_their_rates(anatomy, rates) -> None:
    circuit, rate, weight = given_streams(anatomy, rates, areas_simulated=["V1"])
    outside = label_areas(LABELS) != "V1"
    expected = circuit.indegree[0, outside] @ rates[outside] + 10 * circuit.external_indegree[0]
    assert rate[0] == pytest.approx(expected)  # merged with the background: at chi = 1 all weights are equal
    assert weight.shape[1] == 1


def test_other_weights_make_other_streams(anatomy, rates) -> None:
    circuit, rate, weight = given_streams(anatomy, rates, areas_simulated=["V1"], cc_weights_factor=1.9, cc_weights_I_factor=2)
    for target, factor in ((0, 1.9), (1, 3.8)):
        assert weight[target] == pytest.approx([circuit.external_weight, factor * circuit.external_weight])
        assert rate[target, 0] == pytest.approx(10 * circuit.external_indegree[target])


def test_homogeneous_input_fires_at_the_background_rate(anatomy) -> None:
    circuit, rate, _ = given_streams(anatomy, None, areas_simulated=["V1"], replace_non_simulated_areas="hom_poisson_stat")
    outside = label_areas(LABELS) != "V1"
    assert rate[0, 0] == pytest.approx(10 * (circuit.indegree[0, outside].sum() + circuit.external_indegree[0]))


def test_both_replacements_combine(anatomy, rates) -> None:
    given = {"areas_simulated": ["V1", "V2"], "replace_cc": "hom_poisson_stat"}
    outside, between = replaced_pairs(LABELS, resolve_parameters(given))
    areas = label_areas(LABELS)
    assert outside[0, areas == "MT"].all()
    assert between[0, areas == "V2"].all()
    assert not (outside | between)[0, areas == "V1"].any()
    circuit, rate, _ = given_streams(anatomy, rates, **given)
    elsewhere = ~np.isin(areas, ["V1", "V2"])
    expected = circuit.indegree[0, elsewhere] @ rates[elsewhere] + 10 * (
        circuit.indegree[0, areas == "V2"].sum() + circuit.external_indegree[0]
    )
    assert rate[0, 0] == pytest.approx(expected)
