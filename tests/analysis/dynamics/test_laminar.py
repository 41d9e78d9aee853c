"""Paths of the effective connectivity, by hand."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from analysis.dynamics.laminar import effective_gain, effective_paths
from procortex.formats.populations import population_labels
from tests.helpers.anatomy import random_anatomy

AREAS = ("V1", "V2", "V4")


def theory_of(connections: dict[tuple[str, str], float]) -> xr.Dataset:
    labels = list(population_labels(AREAS))
    matrix = xr.DataArray(np.zeros((len(labels), len(labels))), {"target": labels, "source": labels}, ("target", "source"))
    for (target, source), value in connections.items():
        matrix.loc[{"target": target, "source": source}] = value
    return xr.Dataset({"effective_connectivity": matrix})


def test_gains_are_magnitudes_whose_largest_eigenvalue_is_one() -> None:
    matrix = np.random.default_rng(1).normal(0.0, 1.0, (20, 20))
    gain = effective_gain(matrix)
    assert np.linalg.eigvals(gain).real.max() == pytest.approx(1)
    np.testing.assert_allclose(gain / gain[0, 0], np.abs(matrix / matrix[0, 0]))


def test_the_shortest_path_is_the_largest_product() -> None:
    anatomy = random_anatomy()
    anatomy["architectural_type"].loc[{"area": list(AREAS)}] = [8, 7, 7]
    loop = {("V1-23E", "V1-23E"): 2.0}  # the only cycle: its gain is the largest eigenvalue
    chain = {("V2-4E", "V1-23E"): 0.2, ("V2-23E", "V2-4I"): 1.0, ("V2-4I", "V2-4E"): -2.0, ("V4-4E", "V2-23E"): 0.2}
    paths = {(path.areas[0], path.areas[-1]): path for path in effective_paths(theory_of(loop | chain), anatomy)}
    assert set(paths) == {("V1", "V2"), ("V2", "V4"), ("V1", "V4")}
    assert paths["V1", "V2"].populations == ("V1-23E", "V2-4E")
    assert paths["V1", "V2"].length == pytest.approx(1.0)  # 0.2 over 2
    assert paths["V1", "V2"].type_step == "HL"
    assert paths["V2", "V4"].type_step == "HZ"
    assert paths["V1", "V4"].populations == ("V1-23E", "V2-4E", "V2-4I", "V2-23E", "V4-4E")
    assert paths["V1", "V4"].relays() == [("4E", "4I", "23E")]
    assert paths["V1", "V4"].length == pytest.approx(-np.log10(0.1 * 1.0 * 0.5 * 0.1))
    direct = effective_paths(theory_of(loop | chain | {("V4-5E", "V1-23E"): 0.02}), anatomy)
    assert [path.populations for path in direct if path.areas == ("V1", "V4")] == [("V1-23E", "V4-5E")]


def test_signs_that_cancel_leave_no_cycle_of_negative_length() -> None:
    connections = {("V1-23E", "V1-23E"): 3.0, ("V1-23I", "V1-23E"): 8.0, ("V1-23E", "V1-23I"): -8.0, ("V2-4E", "V1-23E"): 0.1}
    matrix = theory_of(connections)["effective_connectivity"].to_numpy()
    assert np.linalg.eigvals(matrix).real.max() < 3
    paths = effective_paths(theory_of(connections), random_anatomy())
    assert [path.areas for path in paths] == [("V1", "V2")]
