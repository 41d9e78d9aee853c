"""The transition to high activity under growing drive, and the unstable fixed point that the low-activity state is lost through.

Schuecker, Schmidt et al. (2017), "Stabilizing the network", who pick this point by eye among the slow passages of a trajectory. Here
it is found without choices. Rates that start from zero leave the low-activity state at some drive for one of two reasons:

* separatrix: they overshoot the boundary of its basin of attraction. Bisection of the drive makes the trajectories just below and just
  above run along the boundary into its saddle point, whence Newton's method finds it exactly.
* fold: the low-activity state itself meets a saddle point and both vanish. The branch is followed to that point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from model.stabilisation.drive import DrivenNetwork
from model.theory.relaxation import HIGH, Trajectory, fixed_point, refine, relax
from model.theory.siegert import Array
from model.theory.stability import critical_eigenvalue
from procortex.utilities.errors import InputError

JUMP = 5.0
"""Rise of the mean rate (spikes/s) between neighbouring drives that is a transition, if the rate doubles as well."""

SECTIONS = 16
NARROW = 1e-12
"""Width of kappa at which the bisection ends: a few units in its last place."""

APART = 1e-2
"""Distance (spikes/s) at which two trajectories have separated."""

SMALLEST_STEP = 1e-10
LARGEST_RELATIVE_CHANGE = 0.1


@dataclass(frozen=True)
class Scan:
    """Final rates over the drive.

    Attributes
    ----------
    kappa
        Strengths of the drive, shape (m,).
    rates
        Rates that zero rates lead to (spikes/s), shape (m, n).
    """

    kappa: Array
    rates: Array


@dataclass(frozen=True)
class Transition:
    """Where the low-activity state is lost.

    Attributes
    ----------
    kind
        ``separatrix`` or ``fold``, see the module.
    kappa
        Strength of the drive.
    rates
        The unstable fixed point (spikes/s), shape (n,).
    trajectory
        Rates from zero at the drives just below and just above the transition, shape (time, 2, n).
    """

    kind: Literal["separatrix", "fold"]
    kappa: float
    rates: Array
    trajectory: Trajectory


def scan(network: DrivenNetwork) -> Scan:
    """Find the rates that zero rates lead to over the range of the drive."""
    parameters = network.parameters
    steps = round((parameters.kappa_target - parameters.kappa_start) / parameters.kappa_step)
    return _scan(network, np.linspace(parameters.kappa_start, parameters.kappa_target, steps + 1))


def find_transition(network: DrivenNetwork, scanned: Scan) -> Transition | None:
    """Find the first transition in a scan, and its unstable fixed point; None if there is no transition.

    Raises
    ------
    InputError
        If the network is in high activity from the start, or no fixed point is found.
    """
    if scanned.rates[0].mean() > HIGH:
        raise InputError(
            f"stabilisation: at kappa = {scanned.kappa[0]:g} the mean rate is {scanned.rates[0].mean():.3g} spikes/s; "
            f"expected low activity there, less than {HIGH:g} spikes/s"
        )
    place = _first_jump(scanned)
    if place is None:
        return None
    low, high, middle = scanned.kappa[place], scanned.kappa[place + 1], scanned.rates[place : place + 2].mean()
    while high - low > NARROW:
        section = _scan(network, np.linspace(low, high, SECTIONS + 1))
        first = int(np.argmax(section.rates.mean(axis=-1) > middle))
        low, high = section.kappa[first - 1], section.kappa[first]
    parameters = network.parameters
    trajectory = relax(network.at(np.array([low, high])), np.zeros(len(network.labels)), parameters.dt, parameters.T)
    saddle = _saddle(network, float(high), trajectory)
    if saddle is not None:
        return Transition("separatrix", float(high), saddle, trajectory)
    kappa, rates = _fold(network, scanned.kappa[: place + 1])
    return Transition("fold", kappa, rates, trajectory)


def _scan(network: DrivenNetwork, kappa: Array) -> Scan:
    parameters = network.parameters
    end = relax(network.at(kappa), np.zeros(len(network.labels)), parameters.dt, parameters.T, record_every=10**9).end
    return Scan(kappa, end)


def _first_jump(scanned: Scan) -> int | None:
    mean = scanned.rates.mean(axis=-1)
    jumps = (np.diff(mean) > JUMP) & (mean[1:] > 2 * mean[:-1])
    return int(np.argmax(jumps)) if jumps.any() else None


def _saddle(network: DrivenNetwork, kappa: float, trajectory: Trajectory) -> Array | None:
    """Unstable fixed point near the slowest passage that both trajectories share; None if they never part or pass none."""
    low, high = trajectory.rates[:, 0], trajectory.rates[:, 1]
    parted = np.abs(high - low).max(axis=-1) > APART
    if not parted.any():
        return None
    shared = int(np.argmax(parted))
    speed = np.abs(np.diff(high[: shared + 1], axis=0)).max(axis=-1)
    field = network.at(kappa)
    for place in _minima(speed):
        rates = refine(field, high[place])
        if rates is not None and critical_eigenvalue(field, rates) > 1:
            return rates
    return None


def _minima(speed: Array) -> list[int]:
    """Places of the local minima, the slowest first."""
    padded = np.concatenate([[np.inf], speed, [np.inf]])
    places = np.flatnonzero((padded[1:-1] <= padded[:-2]) & (padded[1:-1] <= padded[2:]))
    return [int(place) for place in places[np.argsort(speed[places], kind="stable")]]


def _fold(network: DrivenNetwork, below: Array) -> tuple[float, Array]:
    """Follow the low-activity state to the strongest drive at which it exists, from one of the drives below the transition."""
    kappa, rates = _low_activity(network, below)
    step = network.parameters.kappa_step / 4
    while step > SMALLEST_STEP:
        field = network.at(kappa + step)
        further = refine(field, rates)
        near = further is not None and np.abs(further - rates).max() < LARGEST_RELATIVE_CHANGE * rates.max()
        if further is not None and near and critical_eigenvalue(field, further) < 1:
            kappa, rates = kappa + step, further
        else:
            step /= 2
    return kappa, rates


def _low_activity(network: DrivenNetwork, below: Array) -> tuple[float, Array]:
    """Strongest of the drives at which zero rates come to rest; next to a fold they take longer than a relaxation lasts."""
    parameters = network.parameters
    for kappa in below[::-1]:
        rest = fixed_point(network.at(float(kappa)), dt=parameters.dt, T=parameters.T)
        if rest.settled:
            return float(kappa), rest.rates
    raise InputError(f"stabilisation: the rates come to rest at no kappa up to {below[-1]:g}; expected a low-activity state there")
