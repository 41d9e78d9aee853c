"""The anatomy file of the published model, and what the structure of its network is, against the original's tables and the paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from analysis.structure.areas import area_indegrees, area_sums, indegrees_by_origin, relative_outdegrees
from analysis.structure.communities import find_communities
from analysis.structure.connections import connection_classes, labelled_curve, supragranular_fractions
from analysis.structure.laminar import termination_layers
from analysis.structure.paths import area_paths
from contracts.anatomy import read_anatomy
from model.__main__ import main
from procortex.formats.populations import AREAS
from tests.helpers.golden_anatomy import Arrays, Table, arrays, table  # noqa: F401 - fixtures

pytestmark = pytest.mark.golden


@pytest.fixture(scope="module")
def published(raw_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> xr.Dataset:
    """Resting state; the scaling must have no effect."""
    out = tmp_path_factory.mktemp("published") / "anatomy.nc"
    overrides = ["stabilisation=published", "N_scaling=0.01", "K_scaling=0.1", "areas_simulated=[V1]", f"raw_dir={raw_dir}"]
    assert main(["anatomy", "--set", *overrides, "--out", str(out)]) == 0
    return read_anatomy(out)


@pytest.mark.parametrize(("variable", "name"), [("indegree", "stable"), ("indegree_anatomical", "base")])
def test_area_matrices(published: xr.Dataset, table: Table, variable: str, name: str) -> None:  # noqa: F811
    expected = table(f"K_areas_{name}")
    np.testing.assert_allclose(area_indegrees(published, variable), expected[list(AREAS)], rtol=1e-9, atol=1e-12)
    fractions = table(f"input_fractions_{name}")
    origins = indegrees_by_origin(published, variable)
    shares = origins.div(origins.sum(axis=1), axis=0)
    np.testing.assert_allclose(shares, fractions[["frac_intra", "frac_cc", "frac_ext"]], rtol=1e-9, atol=1e-12)


def test_outdegrees(published: xr.Dataset, table: Table) -> None:  # noqa: F811
    expected = table("outdegree_areas_stable")[list(AREAS)].to_numpy(copy=True)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(relative_outdegrees(published), expected / expected.sum(axis=0), rtol=1e-9, atol=1e-12)


def test_weights_are_those_of_the_state(published: xr.Dataset, arrays: Arrays) -> None:  # noqa: F811
    np.testing.assert_allclose(published["weight_mean"], arrays("matrices_stable")["W_pA"][:, :-1], rtol=1e-9)
    np.testing.assert_allclose(area_sums(published["indegree"]).sum(), arrays("matrices_stable")["K"][:, :-1].sum())


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("evidence", "connection_exists"), ("distance", "distances_median_mm_32"), ("fln_measured", "FLN_measured_FV91"),
        ("fln_normalised", "FLN_normalised"), ("fln_predicted", "FLN_EDR_predicted"), ("sln_predicted", "SLN_predicted"),
    ],
)  # fmt: skip
def test_tables_of_pairs(published: xr.Dataset, table: Table, variable: str, name: str) -> None:  # noqa: F811
    np.testing.assert_allclose(published[variable], table(name).loc[list(AREAS), list(AREAS)], rtol=1e-9)


def test_classes(published: xr.Dataset, table: Table) -> None:  # noqa: F811
    classes, fractions = connection_classes(published), supragranular_fractions(published)
    assert [int((classes == name).sum()) for name in ("feedback", "lateral", "feedforward")] == [172, 273, 126]
    np.testing.assert_allclose(fractions.where(classes != ""), table("SLN_completed").loc[list(AREAS), list(AREAS)], rtol=1e-9)


def test_the_distance_rule_is_that_of_the_predictions(published: xr.Dataset) -> None:
    off_diagonal = ~np.eye(len(AREAS), dtype=bool)
    distances, predicted = (published[name].to_numpy()[off_diagonal] for name in ("distance", "fln_predicted"))
    np.testing.assert_allclose(labelled_curve(published, distances), predicted, rtol=1e-9)


def test_patterns_of_172_connections_are_counted(published: xr.Dataset) -> None:
    counts = termination_layers(published)
    assert counts.groupby("connection_class")["patterns"].first().sum() == 172
    assert (counts["present"] + counts["unknown"] <= counts["patterns"]).all()


def test_the_anatomy_has_the_six_communities_of_the_paper(published: xr.Dataset) -> None:
    found = find_communities(relative_outdegrees(published, "indegree_anatomical").to_numpy(), nulls=50)
    assert found.count == 6
    members = [{AREAS[i] for i in np.flatnonzero(found.labels == label)} for label in range(found.count)]
    assert {"V1", "V2"} in members
    assert {"FEF", "46"} in members
    assert {"STPp", "STPa"} in members
    assert found.modularity > found.null_modularities.max()


def test_paths_reach_every_area_that_receives(published: xr.Dataset) -> None:
    paths = area_paths(published)
    assert len(paths) == 31 * 31  # MDP receives nothing from other areas
    assert "MDP" not in {path.areas[-1] for path in paths}
    direct = [path.layers for path in paths if path.is_direct and path.connection_class == "feedforward"]
    assert sum(layers[0] == "23E" and layers[-1] in ("4E", "4I") for layers in direct) / len(direct) > 0.6
