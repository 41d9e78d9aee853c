"""Steps of the curation on small made-up data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from model.curation.cell_body import population_of, synapse_layer_of
from model.curation.connections import cocomac_connections, evidence
from model.curation.densities import neuron_densities
from model.curation.regression import fit_line
from model.curation.thickness import relative_thickness
from model.curation.tracing import map_to_model_areas, mean_over_injections
from model.tables.axes import LAYERS
from procortex.formats.populations import AREAS


def cocomac(*rows: tuple[str, str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "source_pattern", "target_pattern", "studies"])


def test_line() -> None:
    line = fit_line([1.0, 2.0, 4.0], [3.0, 1.0, -3.0])
    assert (line.slope, line.intercept, line.r, line.n) == pytest.approx((-2.0, 5.0, -1.0, 3))


def test_densities_are_put_on_the_nissl_scale() -> None:
    neun = pd.DataFrame(
        {"overall": [100.0, 50.0, 40.0], "23": [90.0, 45.0, 35.0], "4": [120.0, 60.0, 0.0], "56": [80.0, 40.0, 30.0]},
        index=["V1", "TEO", "TH"],
    )
    nissl = pd.Series({"V1": 210.0, "TEO": 110.0})  # twice the NeuN density, and 10
    types = pd.Series(5, index=list(AREAS))
    densities = neuron_densities(neun, nissl, {"TEO": ["PITd", "PITv", "VOT"]}, types)
    table = densities.per_mm3
    assert table.loc["V1"].tolist() == pytest.approx([210, 190, 250, 170, 170])
    assert table.loc["PITd"].tolist() == table.loc["VOT"].tolist() == pytest.approx([110, 100, 130, 90, 90])
    assert table.loc["TH"].tolist() == pytest.approx([90, 80, 0, 70, 70])  # no intercept where there is no layer
    assert table.loc["V2", "overall"] == pytest.approx((210 + 3 * 110 + 90) / 5)
    assert densities.source[["V1", "TH", "V2"]].tolist() == ["nissl", "neun", "type_mean"]


def test_relative_thickness_of_studies() -> None:
    nan = math.nan
    studies = pd.DataFrame(
        [("V1", 10, 40, 20, 20, 10, 100), ("V1", 30, nan, 20, 20, 10, 100), ("TH", 5, nan, 0, nan, nan, nan), ("MST", 1, 1, 1, 1, 1, 5)],
        columns=["area", *LAYERS, "total"],
    )
    fractions = relative_thickness(studies.astype(dict.fromkeys([*LAYERS, "total"], float)))
    assert fractions.loc["V1"].tolist() == pytest.approx([0.2, 0.4, 0.2, 0.2, 0.1])
    assert fractions.loc["TH", "4"] == 0  # absent, although the total is not known
    assert fractions.loc["TH"].notna().sum() == 1
    assert fractions.notna().any(axis=1).sum() == 2


def test_mean_over_injections_pads_with_zeros_and_keeps_the_last_row() -> None:
    rows = [("A", "x", 9.0), ("A", "x", 2.0), ("B", "x", 4.0), ("B", "y", 6.0), ("C", "x", 1.0), ("D", "x", 8.0)]
    values = pd.DataFrame(rows, columns=["monkey", "source", "value"])
    mean = mean_over_injections(values, {"A": "V1", "B": "V1", "C": "V2"})
    assert mean.loc["V1"].to_dict() == {"x": 3.0, "y": 3.0}
    assert mean.loc["V2", "x"] == 1.0
    assert math.isnan(mean.loc["V2", "y"])


def test_mapping_to_model_areas() -> None:
    overlap = pd.DataFrame(np.nan, index=["x", "9_46v"], columns=list(AREAS))
    overlap.loc["x", ["V1", "V2"]] = [0.25, 0.0]
    overlap.loc["9_46v", "V1"] = 0.5
    values = pd.DataFrame({"x": [4.0, 2.0], "9/46v": [1.0, np.nan]}, index=["V1", "V4"])
    mapped = map_to_model_areas(values, overlap)
    assert mapped.loc["V1", "V1"] == 1.5
    assert mapped.loc["V4", "V1"] == 0.5
    assert mapped.loc["V4", "V2"] == 0.0  # an entry of nothing is data
    assert mapped.notna().to_numpy().sum() == 4


def test_evidence_needs_a_pattern_or_a_study() -> None:
    table = cocomac(
        ("V1", "V2", "", "", 0),
        ("V2", "V1", "", "XXXXXX", 0),
        ("V4", "V1", "", "", 2),
        ("V1", "V1", "", "XXXXXX", 3),
        ("SII", "V1", "", "", 1),
        ("V1", "SII", "", "", 1),
    )
    kept = cocomac_connections(table)
    assert list(zip(kept["target"], kept["source"], strict=True)) == [("V1", "V2"), ("V1", "V4"), ("V1", "SII")]
    traced = pd.DataFrame(np.nan, index=list(AREAS), columns=list(AREAS))
    traced.loc["V1", ["V2", "MT", "TH"]] = [0.5, 0.1, 0.0]
    found = evidence(kept, traced)
    assert (found.loc["V1", "V2"], found.loc["V1", "V4"], found.loc["V1", "MT"], found.loc["V1", "TH"]) == (
        "cocomac",
        "cocomac",
        "tracing",
        "none",
    )
    assert (found != "none").to_numpy().sum() == 3


@pytest.mark.parametrize(
    ("cell_type", "layer", "population", "synapse_layer"),
    [
        ("p2/3", "L1", "23E", "1"),
        ("nb2/3", "", "23I", "23"),
        ("ss4(L2/3)", "", "4E", "23"),
        ("p5(L5/6)", "L4", "5E", "4"),
        ("b6", "", "6I", "6"),
        ("nb1", "", "1I", "1"),
    ],
)
def test_names_of_cell_types(cell_type: str, layer: str, population: str, synapse_layer: str) -> None:
    assert (population_of(cell_type), synapse_layer_of(cell_type, layer)) == (population, synapse_layer)
