"""Transmission delays: mean and spread of every pair of populations, and their table in steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.configuration.groups import DelayParams
from model.network.circuit import Matrix
from model.network.quantiles import redrawn_normal_quantiles
from procortex.constants import LEVELS
from procortex.formats.populations import is_inhibitory, label_areas
from procortex.utilities.errors import InputError

DELAY_LIMIT = 2**20
"""Longest delay in steps: no simulator could keep the spikes of a longer one."""


def delay_matrices(labels: Sequence[str], area_distance: Matrix, delays: DelayParams) -> tuple[Matrix, Matrix]:
    """Mean and standard deviation of the delays, before they are redrawn below one time step.

    Parameters
    ----------
    labels
        The n population labels.
    area_distance
        Distance between the areas of each pair of populations (mm), shape (n, n).
    delays
        Parameters.

    Returns
    -------
    tuple
        Mean and standard deviation (ms), each of shape (n, n), [target, source].
    """
    areas = label_areas(labels)
    within = np.where(is_inhibitory(labels), delays.delay_i, delays.delay_e)[None, :]
    mean = np.where(areas[:, None] == areas[None, :], within, area_distance / delays.interarea_speed)
    return mean, delays.delay_rel * mean


def delay_quantiles(mean: float, sd: float, dt: float, levels: int = LEVELS) -> NDArray[np.int32]:
    """Delays in steps, redrawn below one step, rounded half up; mean, sd and dt in ms.

    Raises
    ------
    InputError
        If a delay is so long that no simulator could keep its spikes.
    """
    steps = np.floor(redrawn_normal_quantiles(mean, sd, dt, levels) / dt + 0.5)
    if steps[-1] > DELAY_LIMIT:
        raise InputError(
            f"delay_params: delays of up to {steps[-1] * dt:.4g} ms are {steps[-1]:.4g} steps of dt, expected at most {DELAY_LIMIT}"
        )
    return steps.astype(np.int32)
