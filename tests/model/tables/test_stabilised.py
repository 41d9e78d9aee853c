"""Stabilised in-degrees of the tables: those of the table beside them, unless the anatomy has been edited since."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from contracts.tables import STABILISED, stabilised_file
from model.__main__ import main
from model.configuration import resolve_parameters
from model.network.build import build_network
from model.stabilisation.drive import DrivenNetwork
from procortex.formats.network import pair_matrix
from procortex.formats.populations import label_areas, population_labels
from tests.model.tables.conftest import Edit

AREAS = label_areas(population_labels())
LESION = np.ix_(AREAS == "FEF", AREAS == "V4")


@pytest.fixture
def stabilised(monkeypatch: pytest.MonkeyPatch) -> list[DrivenNetwork]:
    """Networks that were stabilised; instead of two minutes of theory, their in-degrees are halved."""
    calls: list[DrivenNetwork] = []

    def halve(network: DrivenNetwork) -> SimpleNamespace:
        calls.append(network)
        return SimpleNamespace(indegree=network.indegree / 2)

    monkeypatch.setattr("model.stabilisation.indegrees.stabilise", halve)
    return calls


@pytest.fixture
def build(folder: Path) -> Callable[..., xr.Dataset]:
    """Build the network of the tables in the folder, which has the table of stabilised in-degrees too."""
    shutil.copy(stabilised_file(), folder)
    return lambda **given: build_network(resolve_parameters({"tables_dir": str(folder), "stabilisation": "computed", **given}))


def test_tables_as_they_are_take_the_stabilised_indegrees_beside_them(
    build: Callable[..., xr.Dataset], stabilised: list[DrivenNetwork]
) -> None:
    whole, anatomical = build(), build(stabilisation="none")
    assert not stabilised
    assert pair_matrix(whole, "indegree").to_numpy()[LESION].any()
    assert not np.allclose(pair_matrix(whole, "indegree"), pair_matrix(anatomical, "indegree"), rtol=0.01)


def test_a_lesion_changes_the_network_and_is_stabilised_anew(
    build: Callable[..., xr.Dataset], stabilised: list[DrivenNetwork], folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = build()
    edit("connections", "FEF,V4", evidence="none")
    assert main(["curate", "--tables", str(folder), "--out", str(folder)]) == 0
    lesioned, anatomical = build(), build(stabilisation="none")
    assert f"{STABILISED} was made for another anatomy" in capsys.readouterr().err
    (network,) = stabilised
    np.testing.assert_array_equal(network.indegree, pair_matrix(anatomical, "indegree"))
    np.testing.assert_array_equal(pair_matrix(lesioned, "indegree"), pair_matrix(anatomical, "indegree") / 2)
    assert pair_matrix(whole, "synapses").to_numpy()[LESION].any()
    assert not pair_matrix(lesioned, "synapses").to_numpy()[LESION].any()
    assert lesioned.attrs["tables_sha256"] != whole.attrs["tables_sha256"]


@pytest.mark.parametrize("given", [{"av_indegree_V1": 4000.0}, {"E_specificity": False}])
def test_another_anatomy_of_the_same_tables_is_stabilised_anew(
    build: Callable[..., xr.Dataset], stabilised: list[DrivenNetwork], given: dict[str, Any]
) -> None:
    build(**given)
    assert len(stabilised) == 1


def test_without_their_table_they_are_computed(
    build: Callable[..., xr.Dataset], stabilised: list[DrivenNetwork], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stabilised_file(folder).unlink()
    build()
    assert len(stabilised) == 1
    assert "another anatomy" not in capsys.readouterr().err


@pytest.mark.golden
def test_raw_sources_take_the_same_stabilised_indegrees(raw_dir: Path, stabilised: list[DrivenNetwork]) -> None:
    given = {"stabilisation": "computed", "raw_dir": str(raw_dir)}
    tables, raw = (build_network(resolve_parameters(given | {"source": source})) for source in ("tables", "raw"))
    assert not stabilised
    assert set(tables.variables) == set(raw.variables)
    for name in tables.variables:
        if tables[name].dtype.kind == "f":
            np.testing.assert_allclose(tables[name], raw[name], rtol=1e-12, err_msg=str(name))
        else:
            np.testing.assert_array_equal(tables[name], raw[name], err_msg=str(name))
