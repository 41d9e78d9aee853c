"""Fixtures that these tests share with the library's own."""

from tests.fixtures import alpha, kernels, two_areas  # noqa: F401 fixtures
