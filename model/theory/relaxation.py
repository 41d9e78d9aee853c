"""Fixed points of the rates: relaxation in pseudo-time, and Newton's method from there on.

Schuecker, Schmidt et al. (2017), eq. 5: ``d nu / ds = -nu + Phi(nu)``, integrated by an exponential Euler scheme.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from model.theory.meanfield import MeanField
from model.theory.siegert import Array
from model.theory.stability import critical_eigenvalue
from procortex.formats.populations import label_areas
from procortex.utilities.errors import InputError

CONVERGED = 1e-9
"""Largest speed (spikes/s per unit of pseudo-time) of what counts as a fixed point."""

NEARLY_SETTLED = 1e-2
"""Speed below which Newton's method takes over."""

HIGH = 20.0
"""Mean rate (spikes/s) that no state of low activity has; in high activity it is around 100."""

REACH = 100.0
"""Distance to the fixed point relative to the speed, at most: the slowest mode decays that many times slower than a lone population."""


@dataclass(frozen=True)
class Trajectory:
    """Rates along pseudo-time.

    Attributes
    ----------
    time
        Pseudo-times, shape (m,).
    rates
        Rates (spikes/s), shape (m, ..., n), from the start to the end.
    speed
        Largest speed over the populations at the end (spikes/s per unit of time), shape (...).
    """

    time: Array
    rates: Array
    speed: Array

    @property
    def end(self) -> Array:
        """Rates at the end (spikes/s), shape (..., n)."""
        result: Array = self.rates[-1]
        return result

    @property
    def converged(self) -> bool:
        """Whether all rates have come to rest."""
        return bool(np.all(self.speed < CONVERGED))


def relax(field: MeanField, start: Array, dt: float = 0.1, T: float = 50.0, record_every: int = 1) -> Trajectory:
    """Integrate the rates from given ones.

    Parameters
    ----------
    field
        The network.
    start
        Initial rates (spikes/s), shape (..., n).
    dt, T
        Step and end of pseudo-time, in units of its time constant.
    record_every
        Keep every so many steps, and the last one.

    Raises
    ------
    InputError
        If the rates grow beyond all bounds, as they can without a refractory time, or there is no rate at some input.
    """
    # products of matrices as small as these only lose time to threads, and their rounding would depend on the number of them
    with threadpool_limits(1):
        return _relax(field, start, dt, T, record_every)


def _relax(field: MeanField, start: Array, dt: float, T: float, record_every: int) -> Trajectory:
    decay = np.exp(-dt)
    steps = max(1, round(T / dt))
    shape = np.broadcast_shapes(np.shape(start), field.external_mean.shape)
    rates = np.array(np.broadcast_to(start, shape), dtype=float)
    kept, times = [rates], [0.0]
    for step in range(1, steps + 1):
        before, rates = rates, decay * rates + (1 - decay) * field.respond(rates)
        if not np.isfinite(rates).all():
            raise InputError(_without_rate(field, before, rates))
        if step % record_every == 0 or step == steps:
            kept.append(rates)
            times.append(step * dt)
    speed: Array = np.abs(field.respond(rates) - rates).max(axis=-1)
    return Trajectory(np.array(times), np.array(kept), speed)


def _without_rate(field: MeanField, before: Array, after: Array) -> str:
    """Say why rates are no finite numbers after a step, from the rates before it."""
    if field.neuron.t_ref == 0:
        return "neuron_params: the rates of the theory grow beyond all bounds; expected a t_ref above 0 ms, or a stronger g"
    return field.without_rate(np.isfinite(after), before)


def refine(field: MeanField, rates: Array, iterations: int = 50) -> Array | None:
    """Find the fixed point near given rates by Newton's method; stable ones and unstable ones alike.

    Parameters
    ----------
    field
        One network.
    rates
        Where to start (spikes/s), shape (n,).
    iterations
        Largest number of steps.

    Returns
    -------
    numpy.ndarray or None
        Rates (spikes/s), or None where the steps lead to no fixed point.
    """
    rates = np.array(rates, dtype=float)
    residual = field.respond(rates) - rates
    for _ in range(iterations):
        size = np.abs(residual).max()
        if size < CONVERGED:
            return rates
        try:
            step = np.linalg.solve(field.effective_connectivity(rates) - np.eye(len(rates)), -residual)
        except np.linalg.LinAlgError:
            return None
        for halvings in range(12):
            trial = np.maximum(rates + step / 2**halvings, 0.0)
            trial_residual = field.respond(trial) - trial
            if np.abs(trial_residual).max() < size:
                break
        else:
            return None
        rates, residual = trial, trial_residual
    return None


@dataclass(frozen=True)
class Rest:
    """Where a relaxation leads.

    Attributes
    ----------
    rates
        Rates at the end (spikes/s), shape (n,): of the fixed point where there is one.
    settled
        Whether the rates came to rest; otherwise they go on changing, as in a limit cycle or in chaos.
    """

    rates: Array
    settled: bool


def fixed_point(field: MeanField, start: Array | None = None, dt: float = 0.1, T: float = 50.0) -> Rest:
    """Find the attractor that rates lead to: relaxation, sharpened by Newton's method where that stays near.

    Parameters
    ----------
    field
        One network.
    start
        Initial rates (spikes/s), shape (n,); zero if None.
    dt, T
        See `relax`.
    """
    trajectory = relax(field, np.zeros(len(field.labels)) if start is None else start, dt, T, record_every=10**9)
    speed = float(trajectory.speed)
    sharpened = refine(field, trajectory.end) if speed < NEARLY_SETTLED else None
    # as far from the end as the remaining speed can carry it, not on another branch
    near = sharpened is not None and np.abs(sharpened - trajectory.end).max() < REACH * speed + CONVERGED
    # a slow passage of a saddle point is no rest
    if sharpened is not None and near and (speed < CONVERGED or critical_eigenvalue(field, sharpened) < 1):
        return Rest(sharpened, True)
    return Rest(trajectory.end, speed < CONVERGED)


def low_activity_state(field: MeanField, dt: float = 0.1, T: float = 50.0, steps: int = 20) -> Rest:
    """Find the fixed point of low activity: the one that grows out of the unconnected areas.

    It is the attractor that zero rates lead to, where they come to rest. Where they do not (the resting state wanders between low and
    high activity), it is followed from areas without connections by strengthening these step by step; it may then be unstable.

    Parameters
    ----------
    field
        One network.
    dt, T
        See `relax`.
    steps
        Number of steps from unconnected areas to the network.
    """
    rest = fixed_point(field, dt=dt, T=T)
    if rest.settled:
        return rest
    areas = label_areas(field.labels)
    within = areas[:, None] == areas[None, :]
    rates: Array | None = None
    for share in np.linspace(0.0, 1.0, steps + 1):
        strength = np.where(within, 1.0, share)
        weaker = replace(field, mean_gain=field.mean_gain * strength, variance_gain=field.variance_gain * strength)
        rates = fixed_point(weaker, dt=dt, T=T).rates if rates is None else refine(weaker, rates)
        if rates is None:
            return rest
    return Rest(rest.rates if rates is None else rates, rates is not None)


def distinct(states: Array, tolerance: float = 1e-3) -> tuple[Array, Array]:
    """Group end states.

    Parameters
    ----------
    states
        Rates (spikes/s), shape (m, n).
    tolerance
        Largest difference (spikes/s) of states that count as one.

    Returns
    -------
    tuple
        Distinct states by ascending mean rate, shape (k, n), and how many of the m belong to each, shape (k,).
    """
    found: list[Array] = []
    counts: list[int] = []
    for state in states:
        for place, other in enumerate(found):
            if np.abs(state - other).max() <= tolerance:
                counts[place] += 1
                break
        else:
            found.append(state)
            counts.append(1)
    order = np.argsort([state.mean() for state in found])
    return np.array(found)[order], np.array(counts)[order]


def random_starts(n: int, iterations: int, largest: float, seed: int = 123) -> Array:
    """Draw initial rates uniformly between 0 and the largest (spikes/s), shape (iterations, n)."""
    return np.random.default_rng(seed).uniform(0.0, largest, (iterations, n))
