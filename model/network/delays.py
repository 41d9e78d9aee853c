"""Transmission delays of every pair of populations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.circuit.circuit import Matrix
from model.configuration.groups import DelayParams
from procortex.formats.populations import is_inhibitory, label_areas


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
