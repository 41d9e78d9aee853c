"""Initial membrane potentials: one table of quantiles, from which every neuron draws its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtri

from model.configuration.groups import NeuronParams
from model.network.circuit import Vector
from model.network.quantiles import midpoints
from procortex.constants import V0_LEVELS


def potential_quantiles(mean: float, sd: float, levels: int = V0_LEVELS) -> Vector:
    """Tabulate the initial potentials (mV), normal and unbounded."""
    return np.asarray(mean + sd * ndtri(midpoints(levels)), dtype=np.float64)


def initial_state(neuron: NeuronParams, n: int) -> dict[str, Any]:
    """Variables of the network file from which the n populations draw their initial potentials: all have the same table."""
    return {
        "v0_table": ("population", np.zeros(n, dtype=np.int32)),
        "v0_quantiles": (("potentials", "v0_level"), potential_quantiles(neuron.V0_mean, neuron.V0_sd)[None, :]),
    }
