"""Corrections of the anatomy, from the tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.anatomy import Anatomy, AnatomyParameters, build_anatomy
from model.anatomy.build import without_absent_layers
from model.anatomy.intrinsic import mean_probability, microcircuit_indegrees, microcircuit_mean_probability
from model.corrections.registry import CORRECTIONS
from model.tables import Tables
from model.tables.checks import row_findings
from model.tables.tables import AREA_LAYOUT
from tests.model.anatomy.aggregates import EXTERNAL, area_synapses

ANATOMICAL = [name for name, correction in CORRECTIONS.items() if correction.stage == "anatomy"]


def build(tables: Tables, *names: str) -> Anatomy:
    return build_anatomy(tables, AnatomyParameters(corrections=frozenset(names)))


def exact_synapses(surface: float, tables: Tables) -> tuple[pd.DataFrame, np.ndarray]:
    """ln(1 - c) / ln(1 - 1/M) as a power series: c + c^2/2 + c^3/3 ... over the same for 1/M, and the neurons of the targets."""
    numbers = tables.microcircuit["neurons_per_mm2"]
    connected = tables.probabilities * (mean_probability(surface) / microcircuit_mean_probability())
    pairs = np.outer(numbers, numbers) * surface**2
    series, one = (sum(x**k / k for k in range(1, 40)) for x in (connected, 1 / pairs))
    return series / one, numbers.to_numpy() * surface


@pytest.mark.parametrize(("surface", "name"), [(1.0, "log_cancellation"), (50.0, "log_cancellation"), (400.0, "series_sign")])
def test_microcircuit_follows_the_logarithm(tables: Tables, surface: float, name: str) -> None:
    synapses, neurons = exact_synapses(surface, tables)
    numbers = tables.microcircuit["neurons_per_mm2"]
    indegrees = microcircuit_indegrees(surface, tables.probabilities, numbers, frozenset([name, "synapse_rounding"]))
    np.testing.assert_allclose(indegrees, synapses.to_numpy() / neurons[:, None], rtol=1e-12)
    rounded = microcircuit_indegrees(surface, tables.probabilities, numbers, frozenset([name]))
    assert np.abs((rounded - indegrees).to_numpy() * neurons[:, None]).max() <= 0.5 + 1e-6
    other = {"log_cancellation": "series_sign", "series_sign": "log_cancellation"}[name]
    published = microcircuit_indegrees(surface, tables.probabilities, numbers)
    assert microcircuit_indegrees(surface, tables.probabilities, numbers, frozenset([other])).equals(published)


def test_the_wrong_sign_changes_full_in_degrees_by_less_than_half_a_percent(base: Anatomy, tables: Tables) -> None:
    right = build(tables, "series_sign")
    change = (right.synapses.microcircuit.full / base.synapses.microcircuit.full - 1).to_numpy()
    assert np.nanmax(np.abs(change)) == pytest.approx(0.0043, abs=5e-5)
    small = tables.areas["surface_mm2"].to_numpy() < 100
    assert not np.nan_to_num(change[small]).any()
    assert right.synapses.microcircuit.patch.equals(base.synapses.microcircuit.patch)


def test_th_gets_its_whole_share_of_intrinsic_synapses(base: Anatomy, tables: Tables) -> None:
    right = build(tables, "absent_sources")
    for anatomy, whole in ((base, False), (right, True)):
        intrinsic = anatomy.synapses.intrinsic
        share = intrinsic.fraction * anatomy.synapses.total
        inside = intrinsic.synapses.sum(["target_population", "source_population"]).to_series()
        np.testing.assert_allclose(inside.drop("TH"), share.drop("TH"), rtol=1e-12)
        assert (abs(inside["TH"] / share["TH"] - 1) < 1e-12) == whole
    assert (right.indegree != base.indegree).any("source").sum() == 6  # the populations of TH


def test_layer_4_of_th_leaves_its_thickness_to_the_other_layers(base: Anatomy, tables: Tables) -> None:
    changed = without_absent_layers(tables)
    assert not row_findings(AREA_LAYOUT, changed.areas)
    assert changed.thickness.loc["TH", "4"] == 0
    np.testing.assert_allclose(changed.thickness.sum(axis=1), tables.thickness.sum(axis=1), rtol=1e-14)
    pd.testing.assert_frame_equal(changed.areas.drop(index="TH"), tables.areas.drop(index="TH"))
    right = build(tables, "absent_layer_thickness")
    assert float(right.neurons.sum()) == pytest.approx(4.13488e6, rel=2e-6)
    assert float(base.neurons.sum()) == pytest.approx(4130056.7202180717, rel=1e-9)
    assert right.synapses.targets.sel(target_area="TH", layer="4").max() > 0  # patterns of CoCoMac still name it


@pytest.mark.parametrize("name", ANATOMICAL)
def test_each_correction_acts_and_keeps_the_total(base: Anatomy, tables: Tables, name: str) -> None:
    right = build(tables, name)
    assert (right.indegree != base.indegree).any()
    recurrent = area_synapses(right.indegree, right.external_indegree, right.neurons).drop(columns=EXTERNAL).sum(axis=1)
    missing = (recurrent + right.synapses.external) / right.synapses.total - 1
    # only TH lacks synapses, those that its absent populations would send
    assert missing.drop("TH").abs().max() < 1e-9
    assert missing["TH"] == pytest.approx(0, abs=1e-9) if name == "absent_sources" else missing["TH"] < -0.05


def test_nothing_changes_without_a_name(base: Anatomy, tables: Tables) -> None:
    again = build_anatomy(tables, replace(AnatomyParameters(), corrections=frozenset(["weight_spread", "m121_label"])))
    assert again.indegree.equals(base.indegree)
    assert again.external_indegree.equals(base.external_indegree)
