"""Times of others to time steps of ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from procortex.utilities.errors import InputError

TOLERANCE = 0.1
"""Largest distance from the grid, in steps: more than printing three decimals or storing 32 bits costs, less than any other resolution."""


def to_steps(times: ArrayLike, dt: float, where: Path, shift: int = 0) -> NDArray[np.int64]:
    """Time steps of spikes.

    Parameters
    ----------
    times
        Time stamps (ms).
    dt
        Resolution (ms).
    where
        The file that they stand in, for messages.
    shift
        Steps from the time stamps to ours, which stand at the end of a step: the first step is 1.

    Raises
    ------
    InputError
        If a time is not on the grid, or before the first step.
    """
    stamps = np.asarray(times, dtype=np.float64)
    exact = stamps / dt
    steps = np.rint(exact)
    with np.errstate(invalid="ignore"):
        off = ~(np.abs(exact - steps) <= TOLERANCE)  # so that what is no number counts as off
    if off.any():
        raise InputError(
            f"{where}: a spike at {stamps[off][0]:.6g} ms lies off the grid of dt = {dt:g} ms; give the run's resolution as --dt"
        )
    if len(steps) and (steps.max() + shift >= 2**31):
        raise InputError(f"{where}: a spike at {stamps.max():.6g} ms is too late for the spike files; times are expected in ms")
    steps += shift
    if (steps < 1).any():
        raise InputError(
            f"{where}: a spike at {stamps[steps < 1][0]:.6g} ms lies before the first step's time stamp ({(1 - shift) * dt:g} ms)"
        )
    return steps.astype(np.int64)
