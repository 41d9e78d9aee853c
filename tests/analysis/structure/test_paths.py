"""Shortest paths on graphs small enough for a hand, and paths of areas."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from analysis.structure.paths import PUBLISHED_G, AreaPath, area_paths, gain_matrix, shortest_paths, walk, with_relative_inhibition
from procortex.formats.populations import AREAS


def test_the_strong_detour_is_shorter_than_the_weak_edge() -> None:
    gain = np.zeros((4, 4))  # [target, source]
    gain[1, 0], gain[2, 1], gain[2, 0] = 0.1, 0.1, 0.001
    distance, before = shortest_paths(gain)
    assert distance[0, 2] == pytest.approx(2)
    assert walk(before, 0, 2) == [0, 1, 2]
    assert np.isinf(distance[2, 0])
    assert np.isinf(distance[0, 3])
    gain[2, 0] = 0.02
    distance, before = shortest_paths(gain)
    assert distance[0, 2] == pytest.approx(-np.log10(0.02))
    assert walk(before, 0, 2) == [0, 2]


def test_edges_above_one_make_negative_lengths_but_no_negative_cycle() -> None:
    gain = gain_matrix(np.array([[0.0, 0.01], [4.0, 0.0]]), np.ones((2, 2)))
    assert gain[1, 0] > 1
    distance, _ = shortest_paths(gain)
    assert distance[0, 1] == pytest.approx(-np.log10(4.0 / 0.2))
    assert distance[0, 0] == 0


def test_a_gain_matrix_has_the_largest_eigenvalue_one() -> None:
    rng = np.random.default_rng(2)
    gain = gain_matrix(rng.exponential(1, (20, 20)), rng.normal(0, 1, (20, 20)))
    assert (gain >= 0).all()
    assert np.linalg.eigvals(gain).real.max() == pytest.approx(1)


def test_a_missing_path_is_no_walk() -> None:
    _, before = shortest_paths(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="no path from 0 to 1"):
        walk(before, 0, 1)


def test_only_inhibitory_weights_change(anatomy: xr.Dataset) -> None:
    weight = with_relative_inhibition(anatomy["weight_mean"], -11.0)
    assert float(weight.sel(target="V1-4E", source="V1-23I")) == pytest.approx(-965.9 * PUBLISHED_G / -11)
    assert float(weight.sel(target="V1-4E", source="V2-23E")) == pytest.approx(87.8)
    assert weight.dims == ("target", "source")


def test_relays_are_the_stays_between() -> None:
    path = AreaPath(("V1-23E", "V2-4E", "V2-23E", "V4-4E", "V4-6E"), 1.0, "feedforward", "HL")
    assert path.areas == ("V1", "V2", "V4")
    assert not path.is_direct
    assert path.layers == ("23E", "4E", "23E", "4E", "6E")
    assert path.relays() == [("4E", "23E")]
    direct = AreaPath(("V1-23E", "V2-4E"), 1.0, "feedforward", "HL")
    assert direct.is_direct
    assert direct.relays() == []


def test_paths_of_a_chain_of_areas(anatomy: xr.Dataset) -> None:
    anatomy["indegree"][:] = 0.0
    for target, source in (("V2-4E", "V1-23E"), ("V2-23E", "V2-4E"), ("V4-5E", "V2-23E"), ("V1-4E", "V1-23E"), ("V1-23E", "V1-4E")):
        anatomy["indegree"].loc[{"target": target, "source": source}] = 100.0
    anatomy["architectural_type"][:] = 5
    anatomy["architectural_type"].loc[{"area": ["V1", "V2"]}] = [8, 7]
    anatomy["sln_measured"].loc[{"target_area": "V2", "source_area": "V1"}] = 0.9
    paths = {(path.areas[0], path.areas[-1]): path for path in area_paths(anatomy)}
    assert set(paths) == {("V1", "V2"), ("V2", "V4"), ("V1", "V4")}
    assert paths["V1", "V2"].populations == ("V1-23E", "V2-4E")
    assert paths["V1", "V2"].connection_class == "feedforward"
    assert paths["V1", "V2"].type_step == "HL"
    assert paths["V1", "V4"].populations == ("V1-23E", "V2-4E", "V2-23E", "V4-5E")
    assert paths["V1", "V4"].relays() == [("4E", "23E")]
    assert paths["V1", "V4"].length == pytest.approx(0.0, abs=1e-12)  # all gains are 1: the cycle in V1 sets the scale


def test_every_pair_has_a_path_in_a_dense_network(anatomy: xr.Dataset) -> None:
    paths = area_paths(anatomy)
    assert {(path.areas[0], path.areas[-1]) for path in paths} == {(a, b) for a in AREAS for b in AREAS if a != b}
    assert {path.type_step for path in paths} == {"HL", "HZ", "LH"}
