"""What holds for the anatomy of the tables whatever the parameters."""

from __future__ import annotations

import time

import numpy as np
import pytest

from model.anatomy import Anatomy, AnatomyParameters, build_anatomy
from model.anatomy.corticocortical import over_area_pairs
from model.tables import Tables, read_tables
from model.tables.derived import normalised_fln
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, population_labels
from tests.model.anatomy.aggregates import area_neurons, area_synapses, input_fractions

WITHOUT_FACTORS = {"fac_nu_ext_5E": 1.0, "fac_nu_ext_6E": 1.0, "fac_nu_ext_TH": 1.0}


def anatomy(tables: Tables, **parameters: float | bool) -> Anatomy:
    return build_anatomy(tables, AnatomyParameters(**parameters))  # type: ignore[arg-type]


def total_indegrees(built: Anatomy, area: str) -> float:
    synapses = area_synapses(built.indegree, built.external_indegree, built.neurons)
    return float(synapses.T[area].sum() / area_neurons(built.neurons)[area])


def test_build_is_fast() -> None:
    start = time.perf_counter()
    build_anatomy(read_tables())
    assert time.perf_counter() - start < 5


def test_labels_and_dimensions(base: Anatomy) -> None:
    labels = list(population_labels())
    assert base.neurons["population"].to_numpy().tolist() == labels
    assert base.indegree.dims == ("target", "source")
    assert base.external_indegree.dims == ("target",)
    assert base.indegree["source"].to_numpy().tolist() == base.external_indegree["target"].to_numpy().tolist() == labels
    assert base.distance.dims == ("target_area", "source_area")
    np.testing.assert_array_equal(base.distance, base.distance.T)
    assert not np.diag(base.distance).any()


def test_fractions_sum_to_one(base: Anatomy) -> None:
    synapses, exists = base.synapses, base.tables.exists.to_numpy()
    np.testing.assert_allclose(normalised_fln(base.tables).sum(axis=1), 0.197, rtol=1e-12)
    np.testing.assert_allclose(synapses.cell_bodies.sum("target_population"), 1.0, rtol=1e-12)
    np.testing.assert_allclose(synapses.sources.sum("source_population").to_numpy()[exists], 1.0, rtol=1e-12)
    np.testing.assert_allclose(synapses.targets.sum("layer").to_numpy()[exists], 1.0, rtol=1e-12)


def test_synapses_between_areas_follow_the_labelled_neurons(base: Anatomy) -> None:
    expected = over_area_pairs(base.connections.labelled.mul(base.synapses.total, axis=0)).fillna(0.0)
    found = base.synapses.corticocortical.sum(["target_population", "source_population"])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("surface", [0.5, 1.0, 2.0, 150.0])
def test_surface(tables: Tables, base: Anatomy, surface: float) -> None:
    built = anatomy(tables, surface=surface, **WITHOUT_FACTORS)
    np.testing.assert_allclose(built.neurons, base.neurons * surface, rtol=1e-12)
    np.testing.assert_allclose(built.neurons_full, base.neurons_full, rtol=1e-12)
    assert total_indegrees(built, "V1") == pytest.approx(3950, rel=1e-9)
    areas = np.array([str(label).rpartition("-")[0] for label in built.indegree["target"].to_numpy()])
    between = areas[:, None] != areas[None, :]
    np.testing.assert_allclose(built.indegree.to_numpy()[between], base.indegree.to_numpy()[between], rtol=1e-9)


def test_more_surface_brings_more_of_the_input_from_within(tables: Tables) -> None:
    patches = [anatomy(tables, surface=surface) for surface in (0.5, 1.0, 2.0, 150.0)]
    fractions = [patch.synapses.intrinsic.fraction["V1"] for patch in patches]
    assert fractions == sorted(fractions)
    external = [float(patch.external_indegree.sel(target="V1-23E")) for patch in patches]
    assert external == sorted(external, reverse=True)


def test_all_indegrees_are_proportional_to_that_of_v1(tables: Tables, base: Anatomy) -> None:
    built = anatomy(tables, av_indegree_V1=7900.0)
    np.testing.assert_allclose(built.indegree, 2 * base.indegree, rtol=1e-12)
    np.testing.assert_allclose(built.external_indegree, 2 * base.external_indegree, rtol=1e-12)


def test_external_factors(tables: Tables, base: Anatomy) -> None:
    built = anatomy(tables, fac_nu_ext_5E=2.25, fac_nu_ext_6E=2.83333334, fac_nu_ext_TH=3.6)
    ratio = (built.external_indegree / base.external_indegree).to_series()
    np.testing.assert_array_equal(built.indegree, base.indegree)
    assert ratio[["V1-23E", "V1-5E", "46-6E", "TH-23E", "TH-5E", "TH-6E", "TH-6I"]].tolist() == pytest.approx([1, 2, 2, 3, 6, 2, 1])


def test_excitatory_specificity_moves_only_targets_of_feedback(tables: Tables, base: Anatomy) -> None:
    built = anatomy(tables, E_specificity=False)
    sums = [a.synapses.corticocortical.sum(["target_population", "source_population"]) for a in (built, base)]
    np.testing.assert_allclose(sums[0], sums[1], rtol=1e-12)
    np.testing.assert_allclose(built.external_indegree, base.external_indegree, rtol=1e-12)
    excitatory = [name for name in LAYER_POPULATIONS if name.endswith("E")]
    feedback = over_area_pairs(base.connections.classes).to_numpy() == "M"
    share = [
        (a.synapses.corticocortical.sel(target_population=excitatory).sum(["target_population", "source_population"]))
        for a in (built, base)
    ]
    moved = ~np.isclose(share[0], share[1], rtol=1e-9)
    assert moved.any()
    assert not moved[~feedback].any()
    np.testing.assert_allclose((share[1] / sums[1]).to_numpy()[moved], 0.93, rtol=1e-9)


@pytest.mark.golden
def test_stabilisation_keeps_all_but_the_recurrent_indegrees(stable: Anatomy, base: Anatomy) -> None:
    np.testing.assert_array_equal(stable.indegree_raw, base.indegree)
    np.testing.assert_array_equal(stable.external_indegree, base.external_indegree)
    assert (base.indegree_raw == base.indegree).all()
    assert (stable.indegree >= 0).all()


def test_area_th_has_no_layer_4_but_its_thickness(base: Anatomy) -> None:
    assert not any(str(label).startswith("TH-4") for label in base.neurons["population"].to_numpy())
    assert base.tables.thickness.T["TH"]["4"] == pytest.approx(0.1154320988)


def test_input_fractions_sum_to_one(base: Anatomy) -> None:
    fractions = input_fractions(area_synapses(base.indegree, base.external_indegree, base.neurons))
    assert list(fractions.index) == list(AREAS)
    np.testing.assert_allclose(fractions[["frac_intra", "frac_cc", "frac_ext"]].sum(axis=1), 1.0, rtol=1e-12)
