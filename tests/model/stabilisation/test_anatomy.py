"""The transition of the whole anatomy, which takes too long to find here: that it lies where it was found."""

from __future__ import annotations

import numpy as np

from model.stabilisation.indegrees import driven_network
from model.stabilisation.parameters import StabilisationParameters
from model.theory.relaxation import refine, relax
from model.theory.stability import spectrum
from tests.model.stabilisation.networks import anatomy

KAPPA = 1.053192928
"""Drive of the first transition of the anatomy in data/, by its bisection at the default step of the relaxation."""


def test_first_transition_of_the_anatomy() -> None:
    network = driven_network(anatomy(), StabilisationParameters(g=-16, rate_ext=8, dt=0.02, T=50))
    trajectory = relax(network.at(KAPPA + np.array([-1e-8, 1e-8])), np.zeros(254), 0.02, 50)
    low, high = trajectory.rates[:, 0], trajectory.rates[:, 1]
    assert low[-1].mean() < 3
    assert high[-1].mean() > 100

    shared = int(np.argmax(np.abs(high - low).max(axis=1) > 1e-2))
    speed = np.abs(np.diff(high[: shared + 1], axis=0)).max(axis=1)
    saddle = refine(network.at(KAPPA), high[int(np.argmin(speed))])
    assert saddle is not None
    assert low[-1].mean() < saddle.mean() < 4
    values = spectrum(network.at(KAPPA), saddle).values
    assert 2 < values[0].real < 2.5
    assert (values[1:].real < 1).all()
