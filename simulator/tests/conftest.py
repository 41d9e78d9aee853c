"""Fixtures of the library's tests."""

from tests.fixtures import alpha, full_disk, kernels, two_areas  # noqa: F401 fixtures
