"""Fixtures that several folders of tests share."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from procortex.backends.cpu import load_library
from procortex.formats.network import write_network
from tests.kernels import Kernels
from tests.networks import small_network

TWO_AREAS = {"V1-23E": 803, "V1-23I": 201, "V2-4E": 517, "V2-4I": 130}


@pytest.fixture
def two_areas(tmp_path: Path) -> Path:
    """Network file of two areas that fire at some tens of spikes per second."""
    path = tmp_path / "network.nc"
    write_network(small_network(TWO_AREAS, indegree=60, rate=9000), path)
    return path


@pytest.fixture(scope="session")
def kernels() -> Kernels:
    return Kernels(load_library())


@pytest.fixture(scope="session")
def alpha() -> Callable[[int], float]:
    """Level of each of n tests so that all of them together fail by chance with probability 1e-3 (Bonferroni)."""
    return lambda n_tests: 1e-3 / n_tests


@contextmanager
def _no_file_beyond(n_bytes: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def full_disk() -> Callable[[int], AbstractContextManager[None]]:
    """``with full_disk(n):`` no file can grow beyond n bytes, as on a full disk."""
    return _no_file_beyond
