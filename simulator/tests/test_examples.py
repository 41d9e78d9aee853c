"""Examples in docstrings give what they say."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from procortex.formats.network import write_network
from tests.networks import small_network

MODULES = ("procortex", "procortex.api", "procortex.simulation", "procortex.spike_data", "procortex.formats.network", "procortex.poisson")


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    pytest.importorskip("neo", reason="Neo is not installed")
    write_network(small_network({"V1-23E": 200, "V1-23I": 50, "V2-4E": 100}, indegree=40, rate=9500), tmp_path / "network.nc")
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(import_module(name))
    assert (found.failed, found.attempted > 0) == (0, True)
