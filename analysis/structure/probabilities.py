"""Probability that two neurons are connected at all. Schmidt et al. (2018a), Fig. 6; Potjans and Diesmann (2014), Eq. 1."""

from __future__ import annotations

import numpy as np
import xarray as xr


def connection_probabilities(indegree: xr.DataArray, neurons: xr.DataArray) -> xr.DataArray:
    """Probability that a pair of neurons has at least one synapse, where ends of synapses are drawn with replacement.

    ``C = 1 - (1 - 1 / (N_s N_t)) ** (K N_t)``

    Parameters
    ----------
    indegree
        In-degrees K (target, source).
    neurons
        Neurons N (target), of the same populations in the same order.
    """
    matrix, sizes = indegree.transpose("target", "source").to_numpy(), neurons.to_numpy()
    # 1 / (N_s N_t) is about 1e-9: the power itself would lose half of the digits
    probability = -np.expm1(matrix * sizes[:, None] * np.log1p(-1 / (sizes[:, None] * sizes[None, :])))
    return indegree.transpose("target", "source").copy(data=probability)
