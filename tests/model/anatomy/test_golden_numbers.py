"""The single numbers that the anatomy of the original is known by."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.anatomy import Anatomy
from model.anatomy.intrinsic import mean_probability, microcircuit_mean_probability
from procortex.formats.populations import AREAS
from tests.helpers.golden_anatomy import close
from tests.model.anatomy.aggregates import area_neurons, area_synapses, input_fractions

PARTS = ["intra", "cortico_cortical", "external"]
ENTRIES = [
    ("V1-23E", "V1-23E", 1066.6110993071295, 1062.0578066595617),
    ("V1-4E", "V1-4I", 382.6199191507399, 382.5020503185205),
    ("V2-4E", "V1-23E", 1062.3095254676855, 1055.53951546318),
    ("V1-23E", "V2-5E", 257.04603031102994, 256.39388723032044),
    ("46-5E", "FEF-23E", 1141.654092819712, 168.5544958474013),
    ("TH-6I", "V4-23E", 154.07395237841024, 138.21975107824116),
]


def test_neurons(base: Anatomy) -> None:
    assert base.neurons.size == 254
    assert float(base.neurons.sum()) == close(4130056.7202180717)
    assert int(base.neurons.astype(int).sum()) == 4129924
    assert float(base.neurons_full.sum()) == close(932969277.1275789)


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("V1-23E", 47386.68671739471),
        ("V1-4I", 17597.617346338477),
        ("TH-6I", 2224.4605343692483),
        ("46-5E", 11850.62683730778),
        ("MT-4E", 28202.67101685091),
    ],
)
def test_neurons_of_populations(base: Anatomy, label: str, number: float) -> None:
    assert float(base.neurons.sel(population=label)) == close(number)


def test_neurons_of_areas(base: Anatomy) -> None:
    neurons = area_neurons(base.neurons)
    assert neurons["V1"] == close(197935.95927204544)
    assert neurons["TH"] == close(73251.36208103283)


@pytest.mark.parametrize(
    ("target", "source", "fraction"),
    [
        ("V1", "V2", 0.4007722176652154),
        ("V4", "V2", 0.8946774848445084),
        ("MSTd", "MT", 0.2855607205308309),
        ("FEF", "46", 0.355330414099398),
        ("MT", "V1", 0.8444668131657759),
    ],
)
def test_supragranular_fractions(base: Anatomy, target: str, source: str, fraction: float) -> None:
    assert base.connections.supragranular.to_numpy()[AREAS.index(target), AREAS.index(source)] == close(fraction)


def test_classes_of_connections(base: Anatomy) -> None:
    classes = base.connections.classes.to_numpy()
    assert [(classes == name).sum() for name in "MCF"] == [172, 273, 126]
    measured = base.tables.matrix("sln_measured").notna() & base.tables.exists
    assert measured.to_numpy().sum() == 133


def test_microcircuit(base: Anatomy) -> None:
    assert mean_probability(1.0) == close(0.04709082640747767, 1e-10)
    assert microcircuit_mean_probability() == close(0.06607215335398368, 1e-10)
    patch = base.synapses.microcircuit.patch
    entries = [patch.loc["23E", "23E"], patch.loc["5I", "5I"], patch.loc["4I", "23E"]]
    assert entries == close([1545.162500604361, 271.76150234741783, 1043.001095090345])
    v1 = base.synapses.microcircuit.full.sel(area="V1")
    assert float(v1.sel(target_population="23E", source_population="23E")) == close(2470.4702242, 1e-6)
    assert float(v1.max()) == close(3302.068951573529, 1e-6)


def test_scaling_of_the_microcircuit(base: Anatomy) -> None:
    intrinsic = base.synapses.intrinsic
    assert intrinsic.fraction[["V1", "V4t", "TH"]].tolist() == close([0.48753119178278786, 0.5228169987241935, 0.5140784419927597])
    assert intrinsic.fraction.mean() == close(0.503874, 1e-5)
    assert intrinsic.factor[["V1", "TH"]].tolist() == close([0.6902905674257205, 2.6706592708899248])
    assert base.synapses.density == close(630521.8057456285, 1e-12)


def test_cell_bodies(base: Anatomy) -> None:
    probability = base.synapses.cell_bodies.sel(target_area="V1")
    assert probability.sel(layer="23", target_population="4E") == close(0.83695565792650384)
    assert probability.sel(layer="1", target_population="23E") == close(0.56708255428333698)
    assert probability.sel(layer="1", target_population="4E") == close(0.17328245714496943)
    assert probability.sel(layer="1", target_population="5E") == close(0.25683272206384772)
    assert probability.sel(layer="1", target_population="6E") == close(0.002802266507845748)


@pytest.mark.parametrize(("target", "source", "before", "after"), ENTRIES)
def test_indegrees(base: Anatomy, target: str, source: str, before: float, after: float) -> None:
    assert float(base.indegree.sel(target=target, source=source)) == close(before, 1e-7)


@pytest.mark.golden
@pytest.mark.parametrize(("target", "source", "before", "after"), ENTRIES)
def test_stabilised_indegrees(stable: Anatomy, target: str, source: str, before: float, after: float) -> None:
    place = {"target": target, "source": source}
    assert float(stable.indegree_raw.sel(place)) == close(before, 1e-7)
    assert float(stable.indegree.sel(place)) == close(after)


def test_external_indegrees(base: Anatomy) -> None:
    external = base.external_indegree.sel(target=["V1-23E", "V1-5E", "V1-6E", "TH-23E", "TH-5E"]).to_numpy().tolist()
    assert external == close([1246.1017924759685, 1401.8645165088703, 1765.3108767944725, 6590.213715672324, 7413.990430117965], 1e-8)


def origins(anatomy: Anatomy) -> pd.DataFrame:
    return input_fractions(area_synapses(anatomy.indegree, anatomy.external_indegree, anatomy.neurons))[PARTS]


def test_totals(base: Anatomy) -> None:
    found = origins(base).sum()
    assert found.tolist() == close([20364791745.585, 7325304535.479, 13860989340.948], 1e-8)
    assert found[:2].sum() == close(27690096281.064323, 1e-8)
    assert np.count_nonzero(base.indegree) == 12023


@pytest.mark.golden
def test_stabilised_totals(stable: Anatomy) -> None:
    found = origins(stable).sum()
    assert found.tolist() == close([19670576711.9392, 4455944236.7871, 13860989340.948], 1e-8)
    assert found[:2].sum() == close(24126520948.72628, 1e-8)
    assert np.count_nonzero(stable.indegree) == 8411


def indegrees_of_v1(anatomy: Anatomy) -> list[float]:
    by_origin: list[float] = origins(anatomy).div(area_neurons(anatomy.neurons), axis=0).T["V1"].tolist()
    return by_origin


def test_origin_of_the_input_of_v1(base: Anatomy) -> None:
    assert indegrees_of_v1(base) == close([1925.748, 778.150, 1314.466], 1e-6)


@pytest.mark.golden
def test_origin_of_the_stabilised_input_of_v1(stable: Anatomy) -> None:
    assert indegrees_of_v1(stable) == close([1919.442, 614.172, 1314.466], 1e-6)


def test_input_of_v1_from_other_areas_is_its_share(base: Anatomy) -> None:
    assert origins(base)["cortico_cortical"]["V1"] / area_neurons(base.neurons)["V1"] == close(0.197 * 3950)


@pytest.mark.golden
@pytest.mark.parametrize(("present", "kept", "count"), [(False, True, 1864), (True, False, 5476)])
def test_stabilisation_moves_connections(stable: Anatomy, present: bool, kept: bool, count: int) -> None:
    before, after = stable.indegree_raw.to_numpy() > 0, stable.indegree.to_numpy() > 0
    assert ((before == present) & (after == kept)).sum() == count
