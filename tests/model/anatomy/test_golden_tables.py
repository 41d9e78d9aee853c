"""Every table of the original's anatomy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.anatomy import Anatomy, AnatomyParameters, build_anatomy
from model.anatomy.intrinsic import PEAK_PROBABILITY, RANGE_MM, mean_probability, microcircuit_mean_probability
from model.anatomy.stabilised import read_published_indegrees, with_indegrees
from model.tables import Tables
from model.tables.derived import normalised_fln
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, split_label
from sources.checksums import SourceFolder
from tests.helpers.golden_anatomy import Arrays, Table, assert_close, assert_same_table
from tests.model.anatomy.aggregates import area_neurons, area_synapses, input_fractions, outdegrees, synapse_numbers

pytestmark = pytest.mark.golden

AREA_TABLES: dict[str, Callable[[Anatomy], pd.DataFrame]] = {
    "laminar_thickness_mm": lambda a: a.tables.thickness,
    "distances_median_mm_32": lambda a: a.distance.to_pandas(),
    "FLN_normalised": lambda a: normalised_fln(a.tables),
    "SLN_completed": lambda a: a.connections.supragranular,
    "Kprime_microcircuit_1mm2": lambda a: a.synapses.microcircuit.patch,
    "synapse_to_cell_body": lambda a: a.synapses.cell_bodies.sel(target_area="V1").to_pandas(),
    "synapse_to_cell_body_TH": lambda a: a.synapses.cell_bodies.sel(target_area="TH").to_pandas(),
}


@pytest.mark.parametrize("name", AREA_TABLES)
def test_table(base: Anatomy, table: Table, name: str) -> None:
    assert_same_table(AREA_TABLES[name](base), table(name), absolute=1e-15)


def test_populations(base: Anatomy, table: Table) -> None:
    expected = table("populations", index=None)
    assert [split_label(str(label)) for label in base.neurons["population"].to_numpy()] == list(
        zip(expected["area"], expected["population"], strict=True)
    )
    assert_close(base.neurons, expected["N_1mm2"])
    assert base.neurons.astype(int).to_numpy().tolist() == expected["N_int_truncated"].tolist()
    assert_close(base.neurons_full, expected["N_full_area"])


def test_areas(base: Anatomy, table: Table) -> None:
    expected, given, synapses = table("areas"), base.tables.areas, base.synapses
    neurons = area_neurons(base.neurons)
    found = pd.DataFrame(
        {
            "architectural_type": given["architectural_type"],
            "hierarchy_reid": given["hierarchy"],
            "surface_mm2": given["surface_mm2"],
            "density_overall_per_mm3": given["density_overall"],
            "total_thickness_um": 1e3 * given["thickness_mm"],
            "N_total_1mm2": neurons,
            "N_total_full": area_neurons(base.neurons_full),
            "rho_syn_per_mm2_um": synapses.density,
            "Nsyn_total_1mm2": synapses.total,
            "Cprime_mean_full": given["surface_mm2"].map(mean_probability),
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
    assert given["density_source"].tolist() == expected["density_overall_source"].str.removesuffix("_rescaled").tolist()
    assert given["thickness_source"].tolist() == expected["total_thickness_source"].tolist()


def test_laminar_patterns(base: Anatomy, table: Table) -> None:
    expected = table("laminar_patterns", index=None)
    assert len(expected) == 571
    connections = base.connections
    for row in expected.itertuples(index=False):
        target, source, *patterns, sln, kind = row
        for name, text in zip(("source", "target"), patterns, strict=True):
            found = getattr(connections.patterns, name).sel(target_area=target, source_area=source).to_numpy()
            codes = [np.nan] * 6 if pd.isna(text) else [float(code) for code in str(text).split()]
            np.testing.assert_array_equal(found, codes, err_msg=f"{name} of {target} <- {source}")
        place = AREAS.index(target), AREAS.index(source)
        assert connections.supragranular.to_numpy()[place] == pytest.approx(float(sln), rel=1e-9)
        assert connections.classes.to_numpy()[place] == kind


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


def test_microcircuit_arrays(base: Anatomy, arrays: Arrays) -> None:
    expected = arrays("intrinsic_microcircuit")
    assert expected["areas"].tolist() == list(AREAS)
    assert expected["populations"].tolist() == list(LAYER_POPULATIONS)
    assert_close(base.synapses.microcircuit.patch, expected["K1mm2"])
    assert_close(base.synapses.microcircuit.full, expected["Kfull"], 1e-8)


def test_constants(base: Anatomy, facts: dict[str, Any]) -> None:
    assert facts["sigma"] == RANGE_MM
    assert facts["C0"] == PEAK_PROBABILITY
    assert microcircuit_mean_probability() == pytest.approx(facts["Cprime_PD14"], rel=1e-12)
    assert mean_probability(1.0) == pytest.approx(facts["Cprime_1mm2"], rel=1e-10)
    assert base.synapses.density == pytest.approx(facts["rho_syn"], rel=1e-12)
    assert base.parameters.av_indegree_V1 == facts["av_indegree_V1"]


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
def test_other_parameters(tables: Tables, raw: SourceFolder, nondefault: dict[str, Any], case: str) -> None:
    expected = nondefault[case]
    given = dict(expected["parameters"])
    stabilisation = given.pop("K_stable", "published")
    anatomy = build_anatomy(tables, AnatomyParameters(**given))
    if stabilisation == "published":
        anatomy = with_indegrees(anatomy, read_published_indegrees(raw))
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
