"""Everything that the theory says of one network, as a data set."""

from __future__ import annotations

import numpy as np
import xarray as xr

from model.theory.meanfield import MeanField
from model.theory.relaxation import distinct, fixed_point, low_activity_state, relax
from model.theory.siegert import Array
from model.theory.stability import spectrum


def describe(field: MeanField, starts: Array, dt: float, T: float, record_every: int = 1) -> xr.Dataset:
    """Relax a network from given rates, find its state of low activity, and how stable that is.

    Parameters
    ----------
    field
        The network.
    starts
        Initial rates (spikes/s), shape (m, n).
    dt, T
        Step and end of pseudo-time.
    record_every
        Keep every so many steps of the trajectories' means.

    Returns
    -------
    xarray.Dataset
        What `contracts.theory` describes, apart from the attribute ``initial_rates``.
    """
    trajectory = relax(field, starts, dt, T, record_every)
    rests = [fixed_point(field, end, dt, T=dt) for end in trajectory.end]
    rates, settled = np.array([rest.rates for rest in rests]), np.array([rest.settled for rest in rests])
    attractor = np.full(len(rates), -1)
    if settled.any():
        states, _ = distinct(rates[settled])
        attractor[settled] = [int(np.argmin(np.abs(states - end).max(axis=1))) for end in rates[settled]]

    low = low_activity_state(field, dt, T)
    modes = spectrum(field, low.rates)
    mean = trajectory.rates.mean(axis=-1).T
    return xr.Dataset(
        {
            "rates": (("start", "target"), rates),
            "settled": ("start", settled.astype(np.int8)),
            "attractor": ("start", attractor.astype(np.int32)),
            "mean_rate": (("start", "time"), mean),
            "speed": (("start", "time"), np.abs(np.gradient(mean, trajectory.time, axis=1))),
            "low_rates": ("target", low.rates),
            "input_mean": ("target", field.mean(low.rates)),
            "input_sd": ("target", field.deviation(low.rates)),
            "eigenvalue_real": ("mode", modes.values.real),
            "eigenvalue_imag": ("mode", modes.values.imag),
            "critical_right": ("target", modes.right[:, 0].real),
            "critical_left": ("target", modes.left[0].real),
            "effective_connectivity": (("target", "source"), field.effective_connectivity(low.rates)),
        },
        coords={"target": list(field.labels), "source": list(field.labels), "time": trajectory.time},
        attrs={"low_activity_found": int(low.settled), "dt": dt, "T": T},
    )
