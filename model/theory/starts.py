"""Where the relaxation of the theory starts."""

from __future__ import annotations

import numpy as np

from model.configuration.groups import TheoryParams
from model.network.rates import rate_vector, read_rates
from model.theory.relaxation import random_starts
from model.theory.siegert import Array


def initial_rates(labels: tuple[str, ...], theory: TheoryParams) -> Array:
    """Give the initial rates (spikes/s) that the parameters ask for, shape (starts, n).

    Raises
    ------
    InputError
        If they come from a file that is missing or lacks a rate.
    """
    if theory.initial_rates is None:
        return np.zeros((1, len(labels)))
    if theory.initial_rates == "random_uniform":
        return random_starts(len(labels), theory.initial_rates_iter, theory.initial_rates_max)
    rates, where = read_rates(theory.initial_rates, None)
    return rate_vector(rates, labels, lambda _: True, where)[None, :]
