"""Steps of the anatomy on small made-up data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from model.anatomy import AnatomyParameters
from model.anatomy.cell_body import without_layer_4
from model.anatomy.corticocortical import source_fractions, target_fractions, with_feedback_specificity
from model.anatomy.external import external_indegrees
from model.anatomy.intrinsic import PEAK_PROBABILITY, RANGE_MM, mean_probability, microcircuit_indegrees, microcircuit_mean_probability
from model.anatomy.labels import by_population, by_population_pair
from model.anatomy.patterns import laminar_patterns
from model.anatomy.stabilised import stabilised_indegrees
from model.tables.axes import LAYERS
from procortex.formats.populations import AREAS, LAYER_POPULATIONS
from procortex.utilities.errors import InputError

N_AREAS = len(AREAS)


def thickness_table() -> pd.DataFrame:
    return pd.DataFrame({layer: 0.1 * (i + 1) for i, layer in enumerate(LAYERS)}, index=list(AREAS))


def text(pattern: str) -> pd.DataFrame:
    """Give the connection from V2 to V1 a laminar pattern."""
    table = pd.DataFrame("", index=list(AREAS), columns=list(AREAS))
    table.loc["V1", "V2"] = pattern
    return table


def pairs(value: object) -> xr.DataArray:
    return xr.DataArray(np.full((N_AREAS, N_AREAS), value), coords={"target_area": list(AREAS), "source_area": list(AREAS)})


def neurons_table() -> pd.DataFrame:
    table = pd.DataFrame(10.0, index=list(AREAS), columns=list(LAYER_POPULATIONS))
    table["5E"] = 30.0
    table.loc["TH", ["4E", "4I"]] = 0.0
    return table


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"surface": 0.0}, "surface is 0.0; expected a positive number"),
        ({"av_indegree_V1": math.nan}, "av_indegree_V1 is nan; expected a positive number"),
        ({"fac_nu_ext_TH": -1.0}, "fac_nu_ext_TH is -1.0; expected 0 or more"),
    ],
)
def test_impossible_parameters_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        AnatomyParameters(**values)  # type: ignore[arg-type]


def test_all_impossible_parameters_are_named() -> None:
    with pytest.raises(InputError, match=r"(?s)surface.*\n.*fac_nu_ext_5E"):
        AnatomyParameters(surface=-1.0, fac_nu_ext_5E=-1.0)


def test_flattening_keeps_the_order_and_drops_layer_4_of_th() -> None:
    table = pd.DataFrame(np.arange(N_AREAS * 8.0).reshape(N_AREAS, 8), index=list(AREAS), columns=list(LAYER_POPULATIONS))
    flat = by_population(table.iloc[::-1, ::-1])
    assert flat.size == 254
    assert float(flat.sel(population="46-5I")) == table.loc["46", "5I"]
    assert flat["population"].to_numpy().tolist()[-6:] == ["TH-23E", "TH-23I", "TH-5E", "TH-5I", "TH-6E", "TH-6I"]
    coords = {
        f"{end}_{what}": list(names) for end in ("source", "target") for what, names in (("area", AREAS), ("population", LAYER_POPULATIONS))
    }
    blocks = xr.DataArray(np.arange(float((N_AREAS * 8) ** 2)).reshape(N_AREAS, 8, N_AREAS, 8), coords=coords)
    matrix = by_population_pair(blocks)
    place = {"source_area": "TH", "source_population": "5E", "target_area": "7a", "target_population": "4I"}
    assert float(matrix.sel(target="7a-4I", source="TH-5E")) == float(blocks.sel(place))


def test_codes_of_patterns() -> None:
    patterns = laminar_patterns(text("?X1?3?"), text("?X0?12"))
    assert patterns.source.sel(target_area="V1", source_area="V2").to_numpy().tolist() == [0, 2, 1, 0, 3, -1]
    assert patterns.target.sel(target_area="V1", source_area="V2").to_numpy().tolist() == [-1, 2, 0, -1, 1, 2]
    assert int(np.isfinite(patterns.source).sum()) == 6


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", [0.4, 0.6 * 0.75, 0.6 * 0.25]),
        ("032033", [0.4, 0.3, 0.3]),
        ("0230?1", [0.4, 0.6 * 0.1 / 10.1, 0.6 * 10 / 10.1]),
        ("000012", [0.0, 10 / 110, 100 / 110]),
        ("000003", [0.0, 0.0, 1.0]),
        ("022200", [1.0, 0.0, 0.0]),
        ("0??030", [0.4, 0.6, 0.0]),
        ("100003", [0.4, 0.0, 0.6]),
    ],
)
def test_origin_of_synapses(pattern: str, expected: list[float]) -> None:
    fractions = source_fractions(laminar_patterns(text(pattern), text("")), pairs(0.4), neurons_table())
    assert fractions.sel(target_area="V1", source_area="V2").to_numpy().tolist() == pytest.approx(expected)
    np.testing.assert_allclose(fractions.sum("source_population"), 1.0, rtol=1e-14)


@pytest.mark.parametrize(
    ("pattern", "kind", "expected"),
    [
        ("", "F", [0, 0, 1, 0, 0]),
        ("", "M", [0.5, 0.5 * 2 / 11, 0, 0.5 * 4 / 11, 0.5 * 5 / 11]),
        ("", "C", [0.5, 0.5 * 2 / 14, 0.5 * 3 / 14, 0.5 * 4 / 14, 0.5 * 5 / 14]),
        ("001200", "M", [0, 10 / 110, 100 / 110, 0, 0]),
        ("0X3000", "F", [0, 1, 0, 0, 0]),
        ("?00?00", "F", [0, 0, 1, 0, 0]),
        ("?00?00", "M", [1, 0, 0, 0, 0]),
        ("?00?00", "C", [0.5, 0, 0.5, 0, 0]),
        ("?00300", "C", [100 / 1100, 0, 1000 / 1100, 0, 0]),
    ],
)
def test_layers_of_termination(pattern: str, kind: str, expected: list[float]) -> None:
    fractions = target_fractions(laminar_patterns(text(""), text(pattern)), pairs(kind), thickness_table())
    assert fractions.sel(target_area="V1", source_area="V2").to_numpy().tolist() == pytest.approx(expected)
    np.testing.assert_allclose(fractions.sum("layer"), 1.0, rtol=1e-14)


@pytest.mark.parametrize(("kind", "expected"), [("M", 0.93), ("C", 0.25), ("F", 0.25)])
def test_feedback_prefers_excitatory_targets(kind: str, expected: float) -> None:
    coords = {
        "target_area": list(AREAS),
        "target_population": list(LAYER_POPULATIONS),
        "source_area": list(AREAS),
        "source_population": ["23E", "5E", "6E"],
    }
    synapses = xr.DataArray(np.zeros((N_AREAS, 8, N_AREAS, 3)), coords=coords)
    synapses.loc[{"target_area": "V1", "source_area": "V2", "target_population": "5E"}] = 1.0
    synapses.loc[{"target_area": "V1", "source_area": "V2", "target_population": "5I"}] = 3.0
    synapses.loc[{"target_area": "V1", "source_area": "V4", "target_population": "23I"}] = 2.0
    moved = with_feedback_specificity(synapses, pairs(kind)).sel(target_area="V1")
    assert float(moved.sel(source_area="V2").sum()) == pytest.approx(12)
    assert float(moved.sel(source_area="V2", target_population="5E").sum()) == pytest.approx(12 * expected)
    assert float(moved.sel(source_area="V4", target_population="23I").sum()) == 6.0  # nothing to move to


def test_without_layer_4_nothing_is_lost() -> None:
    probability = pd.DataFrame(0.125, index=list(LAYERS), columns=list(LAYER_POPULATIONS))
    moved = without_layer_4(probability, thickness_table(), "TH")
    assert moved.loc["1", ["23E", "4E", "5E", "6E"]].tolist() == pytest.approx([0.125 * (1 + part / 11) for part in (2, -11, 4, 5)])
    np.testing.assert_allclose(moved.sum(axis=1), 1.0)


@pytest.mark.parametrize("surface", [0.5, 1.0, 150.0])
def test_mean_probability_is_the_mean_over_pairs(surface: float) -> None:
    rng, n = np.random.default_rng(1), 400_000
    radius = math.sqrt(surface / math.pi)
    points = radius * np.sqrt(rng.random((2, n))) * np.exp(2j * np.pi * rng.random((2, n)))
    drawn = PEAK_PROBABILITY * np.exp(-(np.abs(points[0] - points[1]) ** 2) / (2 * RANGE_MM**2))
    assert mean_probability(surface) == pytest.approx(drawn.mean(), abs=5 * drawn.std() / math.sqrt(n))


def test_mean_probability_of_a_small_disk_is_the_peak() -> None:
    assert mean_probability(1e-6) == pytest.approx(PEAK_PROBABILITY, rel=1e-4)


@pytest.mark.parametrize("surface", [0.5, 1.0, 99.0, 100.0, 150.0, 1500.0])
def test_indegrees_of_the_microcircuit(surface: float) -> None:
    names = list(LAYER_POPULATIONS)
    numbers = pd.Series(np.linspace(1000, 20000, 8), index=names)
    probabilities = pd.DataFrame(np.linspace(0, 0.37, 64).reshape(8, 8), index=names, columns=names)
    indegrees = microcircuit_indegrees(surface, probabilities, numbers)
    connected = probabilities * mean_probability(surface) / microcircuit_mean_probability()
    log = connected.map(math.log1p) if surface >= 100 else -(-connected).map(math.log1p)
    np.testing.assert_allclose(indegrees, log * numbers * surface, rtol=2e-3 if surface < 100 else 1e-6, atol=1e-3)
    synapses = indegrees.mul(numbers * surface, axis=0)
    np.testing.assert_allclose(synapses, synapses.round(), atol=1e-6 * synapses.to_numpy().max())


def test_external_indegrees_and_their_factors() -> None:
    parameters = AnatomyParameters(fac_nu_ext_5E=2.0, fac_nu_ext_6E=3.0, fac_nu_ext_TH=5.0)
    indegrees = external_indegrees(pd.Series(2000.0, index=list(AREAS)), neurons_table(), parameters)
    assert indegrees.loc["V1"].tolist() == [20, 20, 20, 20, 40, 20, 60, 20]
    same = 2000 / 80
    assert indegrees.loc["TH"].tolist() == [5 * same, same, 0, 0, 10 * same, same, 3 * same, same]


def test_stabilised_indegrees_lose_their_residues() -> None:
    indegree = xr.DataArray(np.ones((2, 2)), coords={"target": ["a", "b"], "source": ["a", "b"]})
    stabilised = stabilised_indegrees(np.array([[1e-9, 2.0], [1e-7, 0.0]]), indegree)
    assert stabilised.to_numpy().tolist() == [[0.0, 2.0], [1e-7, 0.0]]
    with pytest.raises(InputError, match="expected \\(2, 2\\)"):
        stabilised_indegrees(np.zeros((3, 3)), indegree)
