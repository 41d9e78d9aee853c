"""The single numbers that the curated data of the original are known by."""

from __future__ import annotations

import pytest

from model.curation import Curated
from model.curation.regression import Line
from model.tables.derived import completed_fln
from procortex.formats.populations import AREAS
from tests.helpers.golden_anatomy import close

pytestmark = pytest.mark.golden


def line(fit: Line) -> tuple[float, float]:
    return fit.slope, fit.intercept


def test_regressions(curated: Curated) -> None:
    structure, rule = curated.structure, curated.connections.labelled.distance_rule
    assert line(structure.densities.nissl_on_neun) == close((0.9680906805214337, 17279.965535761905))
    assert line(structure.thickness.total_on_density) == close((-2081.80130518184, 12094.628749113328))
    assert line(structure.thickness.layer_4_on_density) == close((0.4403083442417227, -2.0062049886176037))
    assert line(rule) == close((-0.11435667515359622, -3.0932607748553234))
    assert rule.n == 331


def test_thickness(curated: Curated) -> None:
    thickness = curated.structure.thickness
    assert thickness.total[["VP", "FST", "VOT"]].tolist() == close([1585.3422732626877, 2247.3286742114742, 1904.2178479221384])
    assert thickness.laminar.T["V1"].tolist() == close(
        [0.089670054453, 0.3653998098401, 0.461489024169, 0.1662977740573, 0.1571433374805], 1e-9
    )


def test_connected_pairs(curated: Curated) -> None:
    evidence = curated.connections.evidence.to_numpy()
    assert ((evidence == "cocomac").sum(), (evidence == "tracing").sum()) == (414, 157)


@pytest.mark.parametrize(
    ("target", "source", "fraction", "tolerance"),
    [
        ("V1", "V2", 0.59778782, 1e-9),
        ("V2", "V1", 0.719374, 1e-9),
        ("V4", "VOT", 0.0464001333, 1e-9),
        ("MT", "V1", 0.003441977555515, 1e-9),
        ("MSTd", "MT", 0.00558822, 1e-9),
    ],
)
def test_labelled_fractions(curated: Curated, target: str, source: str, fraction: float, tolerance: float) -> None:
    assert completed_fln(curated.tables).to_numpy()[AREAS.index(target), AREAS.index(source)] == close(fraction, tolerance)
