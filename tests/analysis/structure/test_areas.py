"""Areas, connection classes, laminar patterns and probabilities, by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from analysis.structure.areas import (
    ARCHITECTURAL_ORDER,
    area_indegrees,
    area_neurons,
    area_synapses,
    indegrees_by_origin,
    relative_indegrees,
    relative_outdegrees,
)
from analysis.structure.connections import connection_classes, connection_probabilities, supragranular_fractions
from analysis.structure.laminar import mean_patterns, termination_layers
from contracts.anatomy import AREA_PAIR
from procortex.formats.populations import AREAS, split_label

Named = Callable[..., np.ndarray]


def test_the_order_of_figures_holds_every_area_once() -> None:
    assert sorted(ARCHITECTURAL_ORDER) == sorted(AREAS)


def test_area_synapses_are_the_sums_over_populations(anatomy: xr.Dataset) -> None:
    labels = [split_label(str(label))[0] for label in anatomy["target"].to_numpy()]
    rows, columns = (np.flatnonzero(np.array(labels) == area) for area in ("V2", "TH"))
    neurons = anatomy["neurons"].to_numpy()
    expected = sum(anatomy["indegree"].to_numpy()[i, j] * neurons[i] for i in rows for j in columns)
    found = area_synapses(anatomy).sel(target_area="V2", source_area="TH")
    assert float(found) == pytest.approx(expected)
    assert float(area_neurons(anatomy).sum()) == pytest.approx(neurons.sum())
    assert float(area_indegrees(anatomy).sel(target_area="V2", source_area="TH")) == pytest.approx(expected / neurons[rows].sum())


def test_relative_numbers_sum_to_one(anatomy: xr.Dataset) -> None:
    anatomy["external_indegree"][:] = 0.0
    np.testing.assert_allclose(relative_indegrees(anatomy).sum("source_area"), 1)
    outdegrees = relative_outdegrees(anatomy)
    np.testing.assert_allclose(outdegrees.sum("target_area"), 1)
    assert not np.diag(outdegrees).any()


def test_an_area_that_sends_nothing_has_no_relative_outdegrees(anatomy: xr.Dataset) -> None:
    of_th = [str(label) for label in anatomy["source"].to_numpy() if str(label).startswith("TH-")]
    others = [str(label) for label in anatomy["target"].to_numpy() if not str(label).startswith("TH-")]
    anatomy["indegree"].loc[{"target": others, "source": of_th}] = 0.0
    assert not relative_outdegrees(anatomy).sel(source_area="TH").any()


def test_origins_add_up_to_all_synapses(anatomy: xr.Dataset) -> None:
    neurons = anatomy["neurons"]
    total = float((anatomy["indegree"] * neurons).sum() + (anatomy["external_indegree"] * neurons).sum())
    means = indegrees_by_origin(anatomy)
    assert (means.sum(axis=1).to_numpy() * area_neurons(anatomy).to_numpy()).sum() == pytest.approx(total)


def test_classes_follow_measured_then_fitted_fractions(anatomy: xr.Dataset, named: Named) -> None:
    anatomy["density"][:] = 1e5  # the fit gives Phi(-0.15) = 0.44 everywhere
    anatomy["sln_measured"] = (AREA_PAIR, named({("V1", "V2"): 0.1, ("V2", "V1"): 0.9, ("V1", "V3"): 0.35, ("V3", "V1"): 0.65}))
    anatomy["evidence"] = (AREA_PAIR, named({("V1", "V2"): 1, ("V2", "V1"): 1, ("V1", "V3"): 2, ("MT", "V1"): 1}, 0).astype(int))
    classes = connection_classes(anatomy)
    assert [classes.sel(target_area=t, source_area=s).item() for t, s in (("V1", "V2"), ("V2", "V1"), ("V1", "V3"), ("MT", "V1"))] == [
        "feedback", "feedforward", "lateral", "lateral",
    ]  # fmt: skip
    assert (classes != "").sum() == 4
    assert classes.sel(target_area="V3", source_area="V1").item() == ""
    assert connection_classes(anatomy, unconnected=True).sel(target_area="V3", source_area="V1").item() == "lateral"
    assert float(supragranular_fractions(anatomy).sel(target_area="MT", source_area="V1")) == pytest.approx(0.4403823)


def test_terminations_are_counted_by_layer(anatomy: xr.Dataset, named: Named) -> None:
    pairs = (("V1", "V2"), ("V1", "V3"), ("V2", "V1"))
    anatomy["evidence"] = (AREA_PAIR, named(dict.fromkeys(pairs, 1), 0).astype(int))
    anatomy["sln_measured"] = (AREA_PAIR, named(dict(zip(pairs, (0.1, 0.2, 0.9), strict=True))))
    anatomy["target_pattern"] = (AREA_PAIR, named(dict(zip(pairs, ("3X0?12", "X00?00", "000X00"), strict=True)), ""))
    counts = termination_layers(anatomy).set_index(["connection_class", "layer"])
    assert counts.loc["feedback", "present"].tolist() == [2, 1, 0, 0, 1, 1]
    assert counts.loc["feedback", "unknown"].tolist() == [0, 0, 0, 2, 0, 0]
    assert counts.loc["feedback", "patterns"].tolist() == [2] * 6
    assert counts.loc["feedforward", "present"].tolist() == [0, 0, 0, 1, 0, 0]
    assert counts.loc["lateral", "patterns"].tolist() == [0] * 6


def test_mean_patterns_are_shares(anatomy: xr.Dataset) -> None:
    patterns = mean_patterns(anatomy)
    np.testing.assert_allclose(patterns.sum(["target_population", "source_population"]), 1)
    assert not patterns.sel(source_population=["23I", "4E", "4I", "5I", "6I"]).any()


def test_a_class_without_connections_has_an_empty_pattern(anatomy: xr.Dataset, named: Named) -> None:
    anatomy["evidence"] = (AREA_PAIR, named({("V1", "V2"): 1}, 0).astype(int))
    anatomy["sln_measured"] = (AREA_PAIR, named({("V1", "V2"): 0.1}))
    patterns = mean_patterns(anatomy)
    assert not patterns.sel(connection_class=["feedforward", "lateral"]).any()


def test_probabilities_by_hand() -> None:
    neurons = xr.DataArray([2.0, 4.0], {"target": ["V1-23E", "V1-23I"]}, ("target",))
    indegree = xr.DataArray(
        [[3.0, 0.0], [1.0, 10.0]], {"target": ["V1-23E", "V1-23I"], "source": ["V1-23E", "V1-23I"]}, ("target", "source")
    )
    found = connection_probabilities(indegree, neurons).to_numpy()
    np.testing.assert_allclose(found, [[1 - 0.75**6, 0.0], [1 - (7 / 8) ** 4, 1 - (15 / 16) ** 40]])


def test_small_probabilities_keep_their_digits() -> None:
    neurons = xr.DataArray([5e4], {"target": ["V1-23E"]}, ("target",))
    indegree = xr.DataArray([[1e-6]], {"target": ["V1-23E"], "source": ["V1-23E"]}, ("target", "source"))
    assert float(connection_probabilities(indegree, neurons)[0, 0]) == pytest.approx(1e-6 / 5e4, rel=1e-9)
