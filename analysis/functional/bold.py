"""BOLD signal that neural activity would give: the balloon model of blood flow, volume and oxygenation.

Buxton et al. (2004), with the constants that neuRosim (Welvaert et al. 2011) has by default and Schmidt et al. (2018b) used. There, the
index of the samples, in steps of 1 ms, stood for the time, and convolutions were sums without the step; here constants are in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Balloon:
    """Constants of the balloon model.

    Attributes
    ----------
    kappa, tau_inhibition
        Gain and time constant (s) of the inhibition of neural activity by itself.
    flow_width
        Full width at half maximum of the response of flow and oxygen metabolism (s).
    flow_gain
        Blood flow relative to rest at the activity 1 held for ever, if inhibition did nothing.
    flow_to_metabolism
        Ratio of the relative changes of flow and of oxygen metabolism.
    metabolism_delay
        Lag of metabolism behind flow (s).
    transit, viscoelastic
        Mean transit time through the balloon at rest, and time constant of its resistance to changes of volume (s).
    alpha
        Exponent of volume as a function of flow at rest.
    venous_volume
        Volume of blood at rest; the extraction of oxygen at rest cancels.
    a1, a2
        Weights of deoxyhaemoglobin and of volume in the signal.
    """

    kappa: float = 2.0
    tau_inhibition: float = 3.0
    flow_width: float = 4.0
    flow_gain: float = 1.5
    flow_to_metabolism: float = 3.0
    metabolism_delay: float = 1.0
    transit: float = 3.0
    viscoelastic: float = 20.0
    alpha: float = 0.4
    venous_volume: float = 0.03
    a1: float = 3.4
    a2: float = 1.0

    @property
    def metabolism_gain(self) -> float:
        """Oxygen metabolism relative to rest, as `flow_gain`."""
        return (self.flow_gain - 1) / self.flow_to_metabolism + 1

    @property
    def flow_scale(self) -> float:
        """Time scale of the gamma function of flow (s)."""
        return 0.242 * self.flow_width


DEFAULT = Balloon()
ORDER = 4
"""The response of flow, (t/theta)^3 exp(-t/theta) / (6 theta), is that of four equal low-pass filters in a row."""


def bold_signal(activity: Matrix, step: float, before: Matrix | None = None, constants: Balloon = DEFAULT) -> Matrix:
    """Compute the BOLD signal.

    Filters by the trapezoidal rule, volume and deoxyhaemoglobin by Heun's method: errors fall with the square of the step.

    Parameters
    ----------
    activity
        Neural activity, 1 at its strongest: (area, time).
    step
        Time between its values (s).
    before
        Activity before the first value, held for long: (area,). None: none, so that everything is at rest.
    constants
        Those of the model.

    Returns
    -------
    numpy.ndarray
        Change of the signal relative to rest: (area, time).
    """
    held = np.zeros(len(activity)) if before is None else before
    flow, metabolism = _flow_and_metabolism(activity, step, held, constants)
    # start in the steady state of the activity before: what enters leaves
    v = flow[:, 0] ** constants.alpha
    q = v * metabolism[:, 0] / flow[:, 0]
    signal = np.empty_like(activity)
    signal[:, 0] = _signal(v, q, constants)
    for i in range(1, activity.shape[1]):
        dv, dq = _change(v, q, flow[:, i - 1], metabolism[:, i - 1], constants)
        dv_next, dq_next = _change(v + step * dv, q + step * dq, flow[:, i], metabolism[:, i], constants)
        v, q = v + step / 2 * (dv + dv_next), q + step / 2 * (dq + dq_next)
        signal[:, i] = _signal(v, q, constants)
    return signal


def steady_bold(activity: Matrix, constants: Balloon = DEFAULT) -> Matrix:
    """BOLD signal of an activity that is held for ever."""
    driving = activity / (constants.kappa + 1)
    flow = 1 + (constants.flow_gain - 1) * driving
    v = flow**constants.alpha
    return _signal(v, v * (1 + (constants.metabolism_gain - 1) * driving) / flow, constants)


def _flow_and_metabolism(activity: Matrix, step: float, before: Matrix, constants: Balloon) -> tuple[Matrix, Matrix]:
    """Blood flow and oxygen metabolism relative to rest: (area, time) each."""
    share = constants.kappa / (constants.kappa + 1)
    # differences from the activity before, which all filters start from
    inhibition = share * _low_pass(activity - before[:, None], constants.tau_inhibition / (constants.kappa + 1), step)
    driving = activity - before[:, None] - inhibition
    for _ in range(ORDER):
        driving = _low_pass(driving, constants.flow_scale, step)
    driving += (1 - share) * before[:, None]
    lag = round(constants.metabolism_delay / step)
    late = np.hstack([np.repeat((1 - share) * before[:, None], lag, axis=1), driving])[:, : driving.shape[1]]
    return 1 + (constants.flow_gain - 1) * driving, 1 + (constants.metabolism_gain - 1) * late


def _low_pass(values: Matrix, time_constant: float, step: float) -> Matrix:
    """First-order low-pass filter that starts from zero, by the trapezoidal rule: (area, time)."""
    half = step / (2 * time_constant)
    weight, decay = half / (1 + half), (1 - half) / (1 + half)
    filtered: Matrix = lfilter([weight, weight], [1.0, -decay], values, axis=1, zi=-weight * values[:, :1])[0]
    return filtered


def _change(v: Matrix, q: Matrix, flow: Matrix, metabolism: Matrix, constants: Balloon) -> tuple[Matrix, Matrix]:
    """Time derivatives (1/s) of the volume v and of the deoxyhaemoglobin q, both relative to rest."""
    excess = flow - v ** (1 / constants.alpha)
    dv = excess / (constants.transit + constants.viscoelastic)
    outflow = v ** (1 / constants.alpha) + constants.viscoelastic * dv
    return dv, (metabolism - q / v * outflow) / constants.transit


def _signal(v: Matrix, q: Matrix, constants: Balloon) -> Matrix:
    return constants.venous_volume * (constants.a1 * (1 - q) - constants.a2 * (1 - v))
