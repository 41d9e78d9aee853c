"""Steps of the anatomy on small made-up data."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from contracts.errors import InputError
from contracts.populations import AREAS, LAYER_POPULATIONS
from model.anatomy import AnatomyParameters
from model.anatomy.cell_body import population_of, synapse_layer_of, without_layer_4
from model.anatomy.connections import cocomac_connections, existence, laminar_patterns
from model.anatomy.corticocortical import source_fractions, target_fractions, with_feedback_specificity
from model.anatomy.densities import neuron_densities
from model.anatomy.external import external_indegrees
from model.anatomy.intrinsic import PEAK_PROBABILITY, RANGE_MM, mean_probability, microcircuit_indegrees, microcircuit_mean_probability
from model.anatomy.labels import LAYERS, by_population, by_population_pair
from model.anatomy.neuron_numbers import neuron_numbers
from model.anatomy.regression import fit_line
from model.anatomy.stabilised import stabilised_indegrees
from model.anatomy.thickness import relative_thickness
from model.anatomy.tracing import map_to_model_areas, mean_over_injections

N_AREAS = len(AREAS)


def thickness_table() -> pd.DataFrame:
    return pd.DataFrame({layer: 0.1 * (i + 1) for i, layer in enumerate(LAYERS)}, index=list(AREAS))


def cocomac(*rows: tuple[str, str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "source_pattern", "target_pattern", "studies"])


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
        ({"stabilisation": "computed"}, "stabilisation is 'computed'; expected published or none"),
    ],
)
def test_impossible_parameters_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        AnatomyParameters(**values)  # type: ignore[arg-type]


def test_all_impossible_parameters_are_named() -> None:
    with pytest.raises(InputError, match=r"(?s)surface.*\n.*fac_nu_ext_5E"):
        AnatomyParameters(surface=-1.0, fac_nu_ext_5E=-1.0)


def test_line() -> None:
    line = fit_line([1.0, 2.0, 4.0], [3.0, 1.0, -3.0])
    assert (line.slope, line.intercept, line.r, line.n) == pytest.approx((-2.0, 5.0, -1.0, 3))


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
    assert densities.source[["V1", "TH", "V2"]].tolist() == ["nissl", "neun_rescaled", "type_mean"]


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


def test_neuron_numbers_follow_volume_and_density() -> None:
    index = ["V1", "V2"]
    surface = pd.Series([2.0, 10.0], index=index)
    thickness = pd.DataFrame(0.5, index=index, columns=list(LAYERS))
    density = pd.DataFrame({"23": 1000.0, "4": [0.0, 500.0], "5": 100.0, "6": 10.0}, index=index)
    numbers = neuron_numbers(surface, thickness, density, pd.Series(0.8, index=["23", "4", "5", "6"]))
    assert numbers.loc["V1"].tolist() == pytest.approx([800, 200, 0, 0, 80, 20, 8, 2])
    assert numbers.loc["V2", "4E"] == pytest.approx(2000)


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


def test_existence_needs_a_pattern_or_a_study() -> None:
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
    found = existence(kept, traced)
    assert (found.loc["V1", "V2"], found.loc["V1", "V4"], found.loc["V1", "MT"], found.loc["V1", "TH"]) == (1, 1, 2, 0)
    assert found.to_numpy().sum() == 4


def test_codes_of_patterns() -> None:
    patterns = laminar_patterns(cocomac(("V2", "V1", "?X1?3?", "?X0?12", 1)))
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
    fractions = source_fractions(laminar_patterns(cocomac(("V2", "V1", pattern, "", 1))), pairs(0.4), neurons_table())
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
    fractions = target_fractions(laminar_patterns(cocomac(("V2", "V1", "", pattern, 1))), pairs(kind), thickness_table())
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
