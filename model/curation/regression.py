"""Ordinary least squares with one regressor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Line:
    """A fitted line ``y = intercept + slope * x`` with its correlation coefficient `r` over `n` points."""

    slope: float
    intercept: float
    r: float
    n: int


def fit_line(x: ArrayLike, y: ArrayLike) -> Line:
    """Fit a line by ordinary least squares."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    return Line(slope, float(y.mean() - slope * x.mean()), float(dx @ dy / np.sqrt((dx @ dx) * (dy @ dy))), len(x))
