"""Every table of the original that the curation computes on its way to ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model.curation import Curated
from model.tables.derived import completed_fln, normalised_fln
from procortex.formats.populations import AREAS, LAYER_POPULATIONS
from tests.helpers.golden_anatomy import Table, assert_close, assert_same_table

pytestmark = pytest.mark.golden

EVIDENCE = {"none": 0, "cocomac": 1, "tracing": 2}
AREA_TABLES: dict[str, Callable[[Curated], pd.DataFrame]] = {
    "densities": lambda c: c.structure.densities.per_mm3,
    "type_mean_densities": lambda c: c.structure.densities.type_means,
    "laminar_thickness_mm": lambda c: c.structure.thickness.laminar,
    "relative_thickness_prenorm": lambda c: c.structure.thickness.relative,
    "relative_thickness_measured": lambda c: c.structure.thickness.relative_measured,
    "distances_median_mm_32": lambda c: c.connections.distances.loc[list(AREAS), list(AREAS)],
    "FLN_measured_FV91": lambda c: c.connections.labelled.measured,
    "FLN_completed": lambda c: completed_fln(c.tables).assign(external=c.connections.labelled.external),
    "FLN_normalised": lambda c: normalised_fln(c.tables),
    "FLN_EDR_predicted": lambda c: c.connections.labelled.predicted,
    "SLN_measured_FV91": lambda c: c.connections.supragranular.measured,
    "SLN_predicted": lambda c: c.connections.supragranular.predicted,
    "connection_exists": lambda c: c.connections.evidence.map(EVIDENCE.__getitem__),
    "synapse_to_cell_body": lambda c: c.cell_bodies.probability,
}


@pytest.mark.parametrize("name", AREA_TABLES)
def test_table(curated: Curated, table: Table, name: str) -> None:
    assert_same_table(AREA_TABLES[name](curated), table(name), absolute=1e-15)


@pytest.mark.parametrize("which", ["FLN", "SLN"])
def test_means_over_injections(curated: Curated, table: Table, which: str) -> None:
    connections = curated.connections
    found = (connections.labelled if which == "FLN" else connections.supragranular).by_injection
    expected = table(f"{which}_M132_source_FV91_target", index=None)
    values = dict(zip(zip(expected["target_FV91"], expected["source_M132"], strict=True), expected.iloc[:, 2].astype(float), strict=True))
    ours = {(target, source): value for target, row in found.iterrows() for source, value in row.dropna().items()}
    assert ours.keys() == values.keys()
    assert_close([ours[pair] for pair in values], list(values.values()))


def test_points_of_the_distance_rule(curated: Curated, table: Table) -> None:
    points, expected = curated.connections.labelled.rule_points, table("EDR_fit_points", index=None).astype(float)
    assert len(points) == len(expected)
    assert_close(points.sort_values(["distance", "fln"]), expected.sort_values(["distance_mm", "FLN"]))


def test_fits(curated: Curated, facts: dict[str, Any]) -> None:
    structure, rule = curated.structure, curated.connections.labelled.distance_rule
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
    fit, used = curated.connections.supragranular_fit, facts["SLN_probit_used"]
    assert (fit.intercept, fit.slope) == (used["a0"], used["a1"])


def test_constants(curated: Curated, facts: dict[str, Any]) -> None:
    bodies = curated.cell_bodies
    relative = facts["relative_numbers_V1"]
    assert curated.structure.excitatory.to_dict() == pytest.approx(facts["EI_ratio"], rel=1e-12)
    assert bodies.cat_fractions.to_dict() == pytest.approx(facts["relative_numbers_binzegger"], rel=1e-12)
    assert bodies.model_fractions.to_dict() == pytest.approx({name: relative[name] for name in LAYER_POPULATIONS}, rel=1e-12)
    assert bodies.synapses.to_dict() == pytest.approx(facts["num_cc_synapses"], rel=1e-12)
