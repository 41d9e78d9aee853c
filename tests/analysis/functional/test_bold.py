"""The balloon model: rest, steady states, convergence, the course of its response to a step, and agreement with an independent solver."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from analysis.functional.bold import DEFAULT, Balloon, bold_signal, steady_bold

STEP = 0.01


def held(level: float, seconds: float, step: float = STEP) -> np.ndarray:
    return np.full((1, round(seconds / step)), level)


def wave(step: float, seconds: float = 20.0) -> np.ndarray:
    time = np.arange(round(seconds / step) + 1) * step
    return np.array([np.sin(np.pi * time / 7) ** 2, np.sin(np.pi * time / 11) ** 4])


def test_nothing_happens_at_rest() -> None:
    assert np.abs(bold_signal(held(0.0, 30), STEP)).max() == 0


def test_a_step_ends_in_the_steady_state() -> None:
    end = bold_signal(held(1.0, 200), STEP)[0, -1]
    assert end == pytest.approx(float(steady_bold(np.array([1.0]))[0]), rel=1e-4)
    assert end > 0


def test_a_steady_state_is_kept() -> None:
    levels = np.array([0.0, 0.3, 1.0])
    signal = bold_signal(np.tile(levels[:, None], 500), STEP, before=levels)
    np.testing.assert_allclose(signal, np.tile(steady_bold(levels)[:, None], 500), atol=1e-12)


def test_stronger_activity_gives_a_stronger_signal() -> None:
    assert np.all(np.diff(steady_bold(np.linspace(0, 1, 11))) > 0)


def test_halving_the_step_leaves_a_quarter_of_the_error() -> None:
    signals = [bold_signal(wave(step), step)[:, :: round(0.04 / step)] for step in (0.04, 0.02, 0.01)]
    coarse, fine = (np.abs(a - b).max() for a, b in pairwise(signals))
    assert fine < 1e-6
    assert coarse / fine == pytest.approx(4, abs=0.3)


def test_the_response_to_a_short_activity_takes_seconds() -> None:
    brief = np.zeros((1, 6000))
    brief[:, :100] = 1.0  # one second
    signal = bold_signal(brief, STEP)[0]
    peak = signal.argmax() * STEP
    assert 3 < peak < 7
    assert signal.min() < 0  # the undershoot comes later
    assert signal.argmin() * STEP > peak + 3
    assert abs(signal[-1]) < 0.05 * signal.max()


def test_a_step_overshoots_before_it_settles() -> None:
    signal = bold_signal(held(1.0, 100), STEP)[0]
    assert 4 < signal.argmax() * STEP < 12
    assert signal.max() > 1.2 * float(steady_bold(np.array([1.0]))[0])


@pytest.mark.parametrize("constants", [DEFAULT, Balloon(kappa=0.5, viscoelastic=2.0, metabolism_delay=0.0)])
def test_another_solver_gives_the_same(constants: Balloon) -> None:
    """All of it as one system of differential equations; the lag by the known course of the filters."""
    c, theta = constants, 0.242 * constants.flow_width

    def filters(t: float, y: np.ndarray) -> np.ndarray:
        s = np.sin(np.pi * t / 7) ** 2
        inhibition, *stages = y
        before = [s - inhibition, *stages[:-1]]
        return np.array([(c.kappa * s - (c.kappa + 1) * inhibition) / c.tau_inhibition, *(np.array(before) - stages) / theta])

    first = solve_ivp(filters, (0, 20), np.zeros(5), rtol=1e-9, atol=1e-11, dense_output=True)

    def balloon(t: float, y: np.ndarray) -> np.ndarray:
        v, q = y
        flow = 1 + (c.flow_gain - 1) * first.sol(t)[4]
        late = first.sol(t - c.metabolism_delay)[4] if t > c.metabolism_delay else 0.0
        extraction = (1 + ((c.flow_gain - 1) / c.flow_to_metabolism) * late) / flow  # relative to that at rest
        excess = (flow - v ** (1 / c.alpha)) / (c.transit + c.viscoelastic)
        return np.array([excess, (flow * extraction - q / v * (v ** (1 / c.alpha) + c.viscoelastic * excess)) / c.transit])

    times = np.arange(0, 20, 1.0)
    v, q = solve_ivp(balloon, (0, 20), [1.0, 1.0], t_eval=times, rtol=1e-9, atol=1e-11, max_step=0.1).y
    expected = c.venous_volume * (c.a1 * (1 - q) - c.a2 * (1 - v))
    np.testing.assert_allclose(bold_signal(wave(STEP)[:1], STEP, constants=c)[0, ::100][:20], expected, atol=2e-7)
