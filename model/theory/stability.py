"""Linear stability of a fixed point: eigenvalues of the effective connectivity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.theory.meanfield import MeanField
from model.theory.siegert import Array
from procortex.utilities.errors import InputError

ComplexArray: TypeAlias = NDArray[np.complex128]


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of the effective connectivity at some rates, by descending real part; the first is the critical one.

    Attributes
    ----------
    values
        Eigenvalues, shape (n,); a fixed point is stable where all real parts are below 1.
    right, left
        Right eigenvectors as columns, and left ones as rows, with ``left @ right`` the identity.
    """

    values: ComplexArray
    right: ComplexArray
    left: ComplexArray


def spectrum(field: MeanField, rates: Array) -> Spectrum:
    """Decompose the effective connectivity at rates of shape (n,)."""
    values, right = np.linalg.eig(_effective_connectivity(field, rates))
    order = np.argsort(-values.real, kind="stable")
    values, right = values[order].astype(complex), right[:, order].astype(complex)
    return Spectrum(values, right, np.linalg.inv(right))


def critical_eigenvalue(field: MeanField, rates: Array) -> float:
    """Largest real part of the eigenvalues; the original's ``lambda_max`` is its square root."""
    return float(np.linalg.eigvals(_effective_connectivity(field, rates)).real.max())


def _effective_connectivity(field: MeanField, rates: Array) -> Array:
    effective = field.effective_connectivity(rates)
    finite = np.asarray(np.isfinite(effective).all(axis=1))
    if not finite.all():
        raise InputError(field.without_rate(finite, rates))
    return effective
