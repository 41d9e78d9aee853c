"""Every table of the original's anatomy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike, NDArray

from contracts.populations import AREAS, LAYER_POPULATIONS, split_label
from model.anatomy import Anatomy, AnatomyParameters, build_anatomy
from model.anatomy.aggregates import area_neurons, area_synapses, input_fractions, outdegrees, synapse_numbers
from model.anatomy.intrinsic import PEAK_PROBABILITY, RANGE_MM, mean_probability, microcircuit_mean_probability
from sources.fetch import SourceFolder

pytestmark = pytest.mark.golden

Table = Callable[..., pd.DataFrame]
Arrays = Callable[[str], dict[str, NDArray[Any]]]


def assert_close(found: ArrayLike, expected: ArrayLike, rel: float = 1e-9, absolute: float = 0.0) -> None:
    np.testing.assert_allclose(np.asarray(found, dtype=float), np.asarray(expected, dtype=float), rtol=rel, atol=absolute)


def assert_same_table(found: pd.DataFrame, expected: pd.DataFrame, rel: float = 1e-9, absolute: float = 0.0) -> None:
    assert list(map(str, found.index)) == list(map(str, expected.index))
    assert list(map(str, found.columns)) == list(map(str, expected.columns))
    assert_close(found, expected, rel, absolute)


AREA_TABLES: dict[str, Callable[[Anatomy], pd.DataFrame]] = {
    "densities": lambda a: a.structure.densities.per_mm3,
    "type_mean_densities": lambda a: a.structure.densities.type_means,
    "laminar_thickness_mm": lambda a: a.structure.thickness.laminar,
    "relative_thickness_prenorm": lambda a: a.structure.thickness.relative,
    "relative_thickness_measured": lambda a: a.structure.thickness.relative_measured,
    "distances_median_mm_32": lambda a: a.distance.to_pandas(),
    "FLN_measured_FV91": lambda a: a.connections.labelled.measured,
    "FLN_completed": lambda a: a.connections.labelled.completed,
    "FLN_normalised": lambda a: a.connections.labelled.normalised,
    "FLN_EDR_predicted": lambda a: a.connections.labelled.predicted,
    "SLN_measured_FV91": lambda a: a.connections.supragranular.measured,
    "SLN_completed": lambda a: a.connections.supragranular.completed,
    "SLN_predicted": lambda a: a.connections.supragranular.predicted,
    "connection_exists": lambda a: a.connections.existence,
    "Kprime_microcircuit_1mm2": lambda a: a.synapses.microcircuit.patch,
    "synapse_to_cell_body": lambda a: a.synapses.cell_bodies.probability.sel(target_area="V1").to_pandas(),
    "synapse_to_cell_body_TH": lambda a: a.synapses.cell_bodies.probability.sel(target_area="TH").to_pandas(),
}


@pytest.mark.parametrize("name", AREA_TABLES)
def test_table(stable: Anatomy, table: Table, name: str) -> None:
    assert_same_table(AREA_TABLES[name](stable), table(name), absolute=1e-15)


def test_populations(stable: Anatomy, table: Table) -> None:
    expected = table("populations", index=None)
    assert [split_label(str(label)) for label in stable.neurons["population"].to_numpy()] == list(
        zip(expected["area"], expected["population"], strict=True)
    )
    assert_close(stable.neurons, expected["N_1mm2"])
    assert stable.neurons.astype(int).to_numpy().tolist() == expected["N_int_truncated"].tolist()
    assert_close(stable.neurons_full, expected["N_full_area"])


def test_areas(stable: Anatomy, table: Table) -> None:
    expected, structure, synapses = table("areas"), stable.structure, stable.synapses
    neurons = area_neurons(stable.neurons)
    found = pd.DataFrame(
        {
            "architectural_type": structure.types,
            "hierarchy_reid": structure.hierarchy,
            "surface_mm2": structure.surface,
            "density_overall_per_mm3": structure.densities.per_mm3["overall"],
            "total_thickness_um": structure.thickness.total,
            "N_total_1mm2": neurons,
            "N_total_full": area_neurons(stable.neurons_full),
            "rho_syn_per_mm2_um": synapses.density,
            "Nsyn_total_1mm2": synapses.total,
            "Cprime_mean_full": structure.surface.map(mean_probability),
            "FLN_intrinsic_1mm2": synapses.intrinsic.fraction,
            "c_A_1mm2": synapses.intrinsic.factor,
            "c_A_full": synapses.intrinsic.factor_full,
            "Nsyn_typeI": synapses.intrinsic.synapses.sum(["target_population", "source_population"]).to_series(),
            "Nsyn_typeII": synapses.intrinsic.outside,
            "Nsyn_external_total": synapses.external,
            "K_ext_base": synapses.external / neurons,
        }
    ).loc[list(AREAS)]
    text = ["density_overall_source", "laminar_density_source", "total_thickness_source"]
    assert_same_table(found, expected.drop(columns=text), rel=1e-8)
    assert structure.densities.source.tolist() == expected["density_overall_source"].tolist()
    assert np.where(structure.thickness.measured, "measured", "regression").tolist() == expected["total_thickness_source"].tolist()


@pytest.mark.parametrize("which", ["FLN", "SLN"])
def test_means_over_injections(stable: Anatomy, table: Table, which: str) -> None:
    connections = stable.connections
    found = (connections.labelled if which == "FLN" else connections.supragranular).by_injection
    expected = table(f"{which}_M132_source_FV91_target", index=None)
    values = dict(zip(zip(expected["target_FV91"], expected["source_M132"], strict=True), expected.iloc[:, 2].astype(float), strict=True))
    ours = {(target, source): value for target, row in found.iterrows() for source, value in row.dropna().items()}
    assert ours.keys() == values.keys()
    assert_close([ours[pair] for pair in values], list(values.values()))


def test_points_of_the_distance_rule(stable: Anatomy, table: Table) -> None:
    points, expected = stable.connections.labelled.rule_points, table("EDR_fit_points", index=None).astype(float)
    assert len(points) == len(expected)
    assert_close(points.sort_values(["distance", "fln"]), expected.sort_values(["distance_mm", "FLN"]))


def test_laminar_patterns(stable: Anatomy, table: Table) -> None:
    expected = table("laminar_patterns", index=None)
    assert len(expected) == 571
    connections = stable.connections
    for row in expected.itertuples(index=False):
        target, source, *patterns, sln, kind = row
        for name, text in zip(("source", "target"), patterns, strict=True):
            found = getattr(connections.patterns, name).sel(target_area=target, source_area=source).to_numpy()
            codes = [np.nan] * 6 if pd.isna(text) else [float(code) for code in str(text).split()]
            np.testing.assert_array_equal(found, codes, err_msg=f"{name} of {target} <- {source}")
        place = AREAS.index(target), AREAS.index(source)
        assert connections.supragranular.completed.to_numpy()[place] == pytest.approx(float(sln), rel=1e-9)
        assert connections.supragranular.classes.to_numpy()[place] == kind


@pytest.mark.parametrize("which", ["base", "stable"])
def test_indegrees_and_their_sums(request: pytest.FixtureRequest, table: Table, which: str) -> None:
    anatomy: Anatomy = request.getfixturevalue(which)
    indegree = anatomy.indegree.to_pandas()
    indegree["external"] = anatomy.external_indegree.to_series()
    expected = table(f"K_{which}")
    assert_close(indegree, expected, 1e-9)
    assert list(indegree.index) == list(expected.index)
    assert list(indegree.columns)[:-1] == list(expected.columns)[:-1]

    synapses = area_synapses(anatomy.indegree, anatomy.external_indegree, anatomy.neurons)
    neurons = area_neurons(anatomy.neurons)
    assert_same_table(synapses, table(f"Nsyn_areas_{which}"))
    assert_same_table(synapses.div(neurons, axis=0), table(f"K_areas_{which}"))
    assert_same_table(synapses[list(AREAS)].div(neurons, axis=1), table(f"outdegree_areas_{which}"))
    assert_same_table(input_fractions(synapses), table(f"input_fractions_{which}"))


@pytest.mark.parametrize("which", ["base", "stable"])
def test_matrices(request: pytest.FixtureRequest, arrays: Arrays, which: str) -> None:
    anatomy: Anatomy = request.getfixturevalue(which)
    expected = arrays(f"matrices_{which}")
    assert expected["areas"].tolist() == list(AREAS)
    assert expected["populations"].tolist() == anatomy.indegree["target"].to_numpy().tolist()
    assert_close(np.column_stack([anatomy.indegree, anatomy.external_indegree]), expected["K"])
    synapses = synapse_numbers(anatomy.indegree, anatomy.neurons)
    assert_close(synapses, expected["synapses"][:, :254])
    assert_close(anatomy.external_indegree.to_numpy() * anatomy.neurons.to_numpy(), expected["synapses"][:, 254])
    assert_close(outdegrees(anatomy.indegree, anatomy.neurons), expected["N_out"])
    assert_close(anatomy.neurons, expected["N"])


def test_microcircuit_arrays(stable: Anatomy, arrays: Arrays) -> None:
    expected = arrays("intrinsic_microcircuit")
    assert expected["areas"].tolist() == list(AREAS)
    assert expected["populations"].tolist() == list(LAYER_POPULATIONS)
    assert_close(stable.synapses.microcircuit.patch, expected["K1mm2"])
    assert_close(stable.synapses.microcircuit.full, expected["Kfull"], 1e-8)


def test_fits(stable: Anatomy, facts: dict[str, Any]) -> None:
    structure, rule = stable.structure, stable.connections.labelled.distance_rule
    for name, fit in (
        ("nissl_vs_neun", structure.densities.nissl_on_neun),
        ("total_thickness_vs_log10density", structure.thickness.total_on_density),
        ("L4fraction_vs_log10density", structure.thickness.layer_4_on_density),
    ):
        assert {"slope": fit.slope, "intercept": fit.intercept, "r": fit.r, "n": fit.n} == pytest.approx(facts[name])
    edr = facts["EDR"]
    assert (rule.slope, rule.intercept, np.exp(rule.intercept), rule.n) == pytest.approx(
        (edr["slope"], edr["intercept"], edr["c"], edr["n"])
    )
    assert structure.thickness.mean_fractions.add_prefix("L").to_dict() == pytest.approx(facts["mean_fraction"])
    fit, used = stable.connections.supragranular_fit, facts["SLN_probit_used"]
    assert (fit.intercept, fit.slope) == (used["a0"], used["a1"])


def test_constants(stable: Anatomy, facts: dict[str, Any]) -> None:
    bodies = stable.synapses.cell_bodies
    relative = facts["relative_numbers_V1"]
    assert stable.structure.excitatory.to_dict() == pytest.approx(facts["EI_ratio"], rel=1e-12)
    assert bodies.cat_fractions.to_dict() == pytest.approx(facts["relative_numbers_binzegger"], rel=1e-12)
    assert bodies.model_fractions.to_dict() == pytest.approx({name: relative[name] for name in LAYER_POPULATIONS}, rel=1e-12)
    assert bodies.synapses.to_dict() == pytest.approx(facts["num_cc_synapses"], rel=1e-12)
    assert facts["sigma"] == RANGE_MM
    assert facts["C0"] == PEAK_PROBABILITY
    assert microcircuit_mean_probability() == pytest.approx(facts["Cprime_PD14"], rel=1e-12)
    assert mean_probability(1.0) == pytest.approx(facts["Cprime_1mm2"], rel=1e-10)
    assert stable.synapses.density == pytest.approx(facts["rho_syn"], rel=1e-12)
    assert stable.parameters.av_indegree_V1 == facts["av_indegree_V1"]


@pytest.mark.parametrize("which", ["base", "stable"])
def test_totals(request: pytest.FixtureRequest, facts: dict[str, Any], which: str) -> None:
    anatomy: Anatomy = request.getfixturevalue(which)
    expected = facts["totals"][which]
    neurons = anatomy.neurons.to_numpy()
    assert neurons.sum() == pytest.approx(expected["N"], rel=1e-12)
    assert neurons.astype(int).sum() == expected["N_int"]
    assert (anatomy.indegree.to_numpy().sum(axis=1) * neurons).sum() == pytest.approx(expected["syn_rec"], rel=1e-10)
    assert (anatomy.external_indegree.to_numpy() * neurons).sum() == pytest.approx(expected["syn_ext"], rel=1e-10)


@pytest.mark.parametrize("case", ["surface_2", "av_indegree_V1_3000", "fac_1.1_1.2_1.3"])
def test_other_parameters(raw: SourceFolder, nondefault: dict[str, Any], case: str) -> None:
    expected = nondefault[case]
    keys = {"K_stable": "stabilisation"}
    anatomy = build_anatomy(raw, AnatomyParameters(**{keys.get(key, key): value for key, value in expected["parameters"].items()}))
    indegree, external, neurons = anatomy.indegree, anatomy.external_indegree, anatomy.neurons.to_numpy()
    assert neurons.sum() == pytest.approx(expected["sum_N"], rel=1e-10)
    assert float(indegree.sum()) == pytest.approx(expected["sum_K"], rel=1e-10)
    assert float(external.sum()) == pytest.approx(expected["sum_K_ext"], rel=1e-10)
    assert (indegree.to_numpy().sum(axis=1) * neurons).sum() == pytest.approx(expected["recurrent_synapses"], rel=1e-10)
    assert np.count_nonzero(indegree) == expected["nonzero"]
    for pair, value in expected["entries"].items():
        target, source = pair.split("<-")
        assert float(indegree.sel(target=target, source=source)) == pytest.approx(value, rel=1e-9)
    for label, value in expected["K_ext"].items():
        assert float(external.sel(target=label)) == pytest.approx(value, rel=1e-9)
