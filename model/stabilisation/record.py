"""A stabilisation as a data set: what figures and reports read."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import xarray as xr

from model.stabilisation.iterate import Stabilisation
from model.theory.siegert import Array


def stabilisation_record(stabilisation: Stabilisation) -> xr.Dataset:
    """Give a stabilisation the form of `contracts.stabilisation`."""
    labels, iterations = list(stabilisation.network.labels), stabilisation.iterations
    scans = [iteration.scan for iteration in iterations] + [stabilisation.scan]
    networks = [iteration.network for iteration in iterations] + [stabilisation.network]
    means = [iteration.transition.trajectory.rates.mean(axis=-1).T for iteration in iterations]
    modes = [iteration.adjustment.spectrum for iteration in iterations]
    parameters = stabilisation.network.parameters
    time = np.arange(round(parameters.T / parameters.dt) + 1) * parameters.dt
    steps, size = (len(iterations), len(labels))

    def over_iterations(values: list[Array], *shape: int) -> Array:
        return np.array(values, dtype=float).reshape(steps, *shape)

    return xr.Dataset(
        {
            "scan_rates": (("stage", "kappa", "target"), np.array([scan.rates for scan in scans])),
            "indegree": (("stage", "target", "source"), np.array([network.indegree for network in networks])),
            "transition_kappa": ("iteration", np.array([iteration.transition.kappa for iteration in iterations], dtype=float)),
            "transition_kind": ("iteration", np.array([iteration.transition.kind for iteration in iterations], dtype=str)),
            "strength": ("iteration", np.array([iteration.adjustment.strength for iteration in iterations], dtype=float)),
            "unstable_rates": (("iteration", "target"), over_iterations([it.transition.rates for it in iterations], size)),
            "trajectory_mean": (("iteration", "side", "time"), over_iterations(means, 2, len(time))),
            "trajectory_speed": (
                ("iteration", "side", "time"),
                over_iterations([np.abs(np.gradient(mean, parameters.dt, axis=1)) for mean in means], 2, len(time)),
            ),
            "eigenvalue_real": (("iteration", "mode"), over_iterations([mode.values.real for mode in modes], size)),
            "eigenvalue_imag": (("iteration", "mode"), over_iterations([mode.values.imag for mode in modes], size)),
            "shift": (("iteration", "mode"), over_iterations([iteration.adjustment.shift for iteration in iterations], size)),
            "critical_right": (("iteration", "target"), over_iterations([mode.right[:, 0].real for mode in modes], size)),
            "critical_left": (("iteration", "target"), over_iterations([mode.left[0].real for mode in modes], size)),
        },
        coords={"kappa": scans[0].kappa, "time": time, "target": labels, "source": labels, "side": ["below", "above"]},
        attrs=asdict(parameters),
    )
