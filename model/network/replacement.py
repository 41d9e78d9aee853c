"""Connections that an input of known rates replaces: which pairs of populations they join."""

from __future__ import annotations

import numpy as np

from model.configuration import Parameters
from model.network.circuit import Mask
from procortex.formats.populations import label_areas


def replaced_pairs(labels: tuple[str, ...], parameters: Parameters) -> tuple[Mask, Mask]:
    """Pairs of populations whose connection is replaced.

    Returns
    -------
    tuple
        Pairs whose source area is not simulated, and pairs between different simulated areas if `replace_cc` is set; each of shape
        (n, n), [target, source]. Both go together: the original leaves out the first where there are any of the second, against
        its documentation.
    """
    areas = label_areas(labels)
    simulated = np.isin(areas, parameters.sim_params.areas_simulated)
    from_outside = simulated[:, None] & ~simulated[None, :]
    between = simulated[:, None] & simulated[None, :] & (areas[:, None] != areas[None, :])
    return from_outside, between & (parameters.connection_params.replace_cc is not False)


def replaced_in(labels: tuple[str, ...], parameters: Parameters, mode: str) -> Mask:
    """Pairs that are replaced in one mode, shape (n, n), [target, source]."""
    modes = (parameters.connection_params.replace_non_simulated_areas, parameters.connection_params.replace_cc)
    outside, between = replaced_pairs(labels, parameters)
    return outside & (modes[0] == mode) | between & (modes[1] == mode)
