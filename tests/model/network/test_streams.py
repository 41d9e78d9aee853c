"""Poisson input in place of areas and connections, and the merging of its streams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.configuration import resolve_parameters
from model.network.assemble import full_scale_circuit
from model.network.replacement import replaced_pairs
from model.network.streams import Streams, merge_streams, poisson_streams
from procortex.formats.network import ALWAYS, NEVER_ENDS
from procortex.formats.populations import label_areas, population_labels

LABELS = population_labels()
shape = (3, 7)


@settings(deadline=None)
@given(
    rate=arrays(float, shape, elements=st.floats(0, 100)),
    weight=arrays(float, shape, elements=st.sampled_from([-2.0, 0.0, 1.0, 3.0])),
    window=arrays(int, shape, elements=st.integers(0, 3)),
)
def test_merging_keeps_mean_and_variance_of_every_step(rate: np.ndarray, weight: np.ndarray, window: np.ndarray) -> None:
    bounds = np.array([(ALWAYS, NEVER_ENDS), (ALWAYS, 40), (11, NEVER_ENDS), (11, 40)])[window]
    given = Streams(rate, weight, bounds[..., 0], bounds[..., 1])
    merged = merge_streams(given)
    for step in (1, 10, 11, 39, 40, 1000):
        for power in (1, 2):
            before, after = (
                (each.rate * each.weight**power * ((each.start <= step) & (step < each.stop))).sum(axis=1) for each in (given, merged)
            )
            np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-9)
    fewest = 1
    for target in range(len(rate)):
        kinds = list(zip(merged.start[target], merged.stop[target], merged.weight[target], strict=True))
        used = merged.rate[target] > 0
        assert len({kind for kind, use in zip(kinds, used, strict=True) if use}) == used.sum()
        stationary = (merged.start[target] == ALWAYS) & (merged.stop[target] == NEVER_ENDS)
        assert not (np.diff((used & stationary).astype(int)) > 0).any()  # stationary ones stand first
        here = (rate[target] > 0) & (weight[target] != 0)
        fewest = max(fewest, len({(weight[target, k], window[target, k]) for k in np.flatnonzero(here)}))
    assert merged.rate.shape[1] == fewest


def given_streams(anatomy, rates, **given):
    parameters = resolve_parameters({"cc_weights_factor": 1, "cc_weights_I_factor": 1, **given})
    circuit = full_scale_circuit(anatomy, parameters)
    streams = poisson_streams(circuit, parameters, rates)
    assert (streams.start == ALWAYS).all()
    assert (streams.stop == NEVER_ENDS).all()
    return circuit, streams.rate, streams.weight


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
