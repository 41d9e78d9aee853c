"""Correlation matrices of areas, and how alike two of them are. Schmidt et al. (2018b), "Functional connectivity"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def correlations(signals: Matrix) -> Matrix:
    """Pearson correlation coefficients of all pairs of series.

    Parameters
    ----------
    signals
        Series (area, time).

    Returns
    -------
    numpy.ndarray
        Matrix (area, area); NaN for areas whose series does not vary, which an area without input may have.
    """
    centred = signals - signals.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    # rounding leaves a rest of a constant series
    varies = size > 1e-12 * np.sqrt((signals**2).sum(axis=1, keepdims=True))
    scaled = np.where(varies, centred / np.where(varies, size, 1.0), np.nan)
    matrix: Matrix = np.clip(scaled @ scaled.T, -1.0, 1.0)
    matrix = (matrix + matrix.T) / 2
    np.fill_diagonal(matrix, np.where(varies[:, 0], 1.0, np.nan))
    return matrix


def zero_diagonal(matrix: Matrix) -> Matrix:
    """Copy of a square matrix with a diagonal of zeros."""
    return np.where(np.eye(len(matrix), dtype=bool), 0.0, matrix)


def similarity(first: Matrix, second: Matrix, diagonal: bool = True) -> float:
    """Pearson correlation of the elements of two square matrices over the same areas.

    Areas with NaN on the diagonal of one of them are left out.

    Parameters
    ----------
    first, second
        The matrices.
    diagonal
        Whether their diagonals take part, as zeros: so the published values are defined. Where all other elements have the same sign,
        the zeros by themselves bring some similarity. False leaves the diagonals out.

    Returns
    -------
    float
        The coefficient; NaN where it is not defined, as for two areas.
    """
    known = np.isfinite(np.diag(first)) & np.isfinite(np.diag(second))
    chosen = np.outer(known, known) if diagonal else np.outer(known, known) & ~np.eye(len(first), dtype=bool)
    pair = np.vstack([zero_diagonal(first)[chosen], zero_diagonal(second)[chosen]])
    return float(correlations(pair)[0, 1]) if pair.shape[1] > 1 else float("nan")
