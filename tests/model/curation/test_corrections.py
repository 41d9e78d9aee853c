"""Corrections of the curation: single steps on made-up data, and what each does to the tables and to the network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.anatomy import Anatomy, build_anatomy
from model.corrections.registry import CORRECTIONS
from model.curation import Curated, curate
from model.curation.cell_body import cell_layer_of, synapse_layer_of
from model.curation.raw import read_laminar_counts
from model.curation.sln import with_m121_label
from model.curation.sln_fit import log_likelihood
from model.curation.tracing import mean_over_injections
from sources.checksums import SourceFolder

CHANGED = {
    "m121_label": {("connections", "sln_measured")},
    "zero_padding": {("connections", "sln_measured")},
    "sln_fit": {("connections", "sln_predicted"), ("constants", "value")},
    "traced_external": {("areas", "external_fln"), ("connections", "fln_normalised")},
    "spiny_stellate_layer": {("synapse_to_cell_body", name) for name in ("23I", "4E", "4I", "5E", "6E")},
}
"""Columns of the tables that each correction changes."""


def test_means_over_the_injections_that_have_a_source() -> None:
    values = pd.DataFrame({"monkey": ["a", "a", "b"], "source": ["V2", "V3", "V2"], "value": [0.6, 0.4, 0.8]})
    injections = {"a": "V1", "b": "V1"}
    assert mean_over_injections(values, injections).loc["V1"].to_dict() == pytest.approx({"V2": 0.7, "V3": 0.2})
    assert mean_over_injections(values, injections, zero_padding=False).loc["V1"].to_dict() == pytest.approx({"V2": 0.7, "V3": 0.4})


def test_only_the_rows_of_the_injection_into_v1_change_their_monkey() -> None:
    rows = pd.DataFrame({"monkey": ["M121RH", "M121RH", "M81LH"], "injected": ["V1", "V4", "V1"], "source": "V2", "value": 0.5})
    assert with_m121_label(rows)["monkey"].tolist() == ["M121LH", "M121RH", "M81LH"]


@pytest.mark.parametrize(
    ("cell_type", "layer", "published", "corrected"),
    [
        ("ss4(L2/3)", "", "23", "4"),
        ("ss4(L4)", "", "4", "4"),
        ("p5(L2/3)", "L1", "1", "1"),
        ("b2/3", "", "23", "23"),
        ("nb5", "", "5", "5"),
    ],
)
def test_synapses_without_a_layer_lie_where_the_cell_body_is(cell_type: str, layer: str, published: str, corrected: str) -> None:
    assert synapse_layer_of(cell_type, layer) == published
    assert cell_layer_of(cell_type, layer) == corrected


@pytest.fixture(scope="module")
def published(curated: Curated) -> Anatomy:
    return build_anatomy(curated.tables)


@pytest.fixture(scope="module")
def corrected(raw: SourceFolder) -> dict[str, Curated]:
    return {name: curate(raw, corrections=frozenset([name])) for name in CHANGED}


def test_every_correction_is_tried() -> None:
    assert set(CHANGED) == {name for name, correction in CORRECTIONS.items() if correction.stage == "curation"}


@pytest.mark.golden
@pytest.mark.parametrize("name", CHANGED)
def test_a_correction_changes_the_columns_it_is_about(curated: Curated, corrected: dict[str, Curated], name: str) -> None:
    changed = set()
    for table in ("areas", "connections", "microcircuit", "synapse_to_cell_body", "constants"):
        before, after = getattr(curated.tables, table), getattr(corrected[name].tables, table)
        changed |= {(table, column) for column in before if not before[column].equals(after[column])}
    assert changed == CHANGED[name]


@pytest.mark.golden
@pytest.mark.parametrize(("name", "change"), [("m121_label", 3e-4), ("spiny_stellate_layer", 0.1)])
def test_synapses_move_as_much_as_the_original_would_change(
    published: Anatomy, corrected: dict[str, Curated], name: str, change: float
) -> None:
    """Relative sums of magnitudes that a second implementation of the published model found, to its one digit."""
    neurons = published.neurons.to_numpy()[:, None]
    before, after = (anatomy.indegree.to_numpy() * neurons for anatomy in (published, build_anatomy(corrected[name].tables)))
    assert float(f"{np.abs(after - before).sum() / before.sum():.0e}") == change


@pytest.mark.golden
def test_v1_has_all_its_injections(curated: Curated, corrected: dict[str, Curated]) -> None:
    before, after = (found.connections.supragranular.by_injection for found in (curated, corrected["m121_label"]))
    # V4's own rows replaced those of V1 but for the source V4, which is no connection; V1's means are over five injections, not four
    pd.testing.assert_series_equal(before.loc["V4"].drop("V4"), after.loc["V4"].drop("V4"))
    assert after.loc["V1", "DP"] == pytest.approx(before.loc["V1", "DP"] * 4 / 5)


@pytest.mark.golden
def test_the_corrected_fit_is_more_likely(raw: SourceFolder, curated: Curated, corrected: dict[str, Curated]) -> None:
    counts = [read_laminar_counts(raw)[column].to_numpy() for column in ("log_density_ratio", "supra", "infra")]
    fits = [found.connections.supragranular_fit for found in (curated, corrected["sln_fit"])]
    before, after = (log_likelihood(np.array([fit.intercept, fit.slope, fit.phi]), *counts) for fit in fits)
    assert before < after < before + 1e-3


@pytest.mark.golden
def test_label_is_inside_or_outside_the_model(curated: Curated, corrected: dict[str, Curated]) -> None:
    labelled = corrected["traced_external"].connections.labelled
    traced = list(labelled.by_injection.index)
    assert len(traced) == 11
    assert labelled.external[traced].between(0, 1, inclusive="neither").all()
    within = labelled.measured.loc[traced].sum(axis=1)
    assert ((within + labelled.external[traced]) <= labelled.by_injection.sum(axis=1) + 1e-12).all()
    others = labelled.external.drop(traced)
    assert others.equals(curated.connections.labelled.external.drop(traced))
