"""Small networks for the tests of the simulator."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import stats

from procortex.formats.network import ALWAYS, NEVER_ENDS

UNIT = 1 / 16
LEVELS = (np.arange(4096) + 0.5) / 4096


def _truncated_normal(mean: float, sd: float, low: float, high: float) -> NDArray[np.float64]:
    return stats.truncnorm.ppf(LEVELS, (low - mean) / sd, (high - mean) / sd, loc=mean, scale=sd)


def small_network(sizes: dict[str, int], indegree: float, rate: float, dt: float = 0.1) -> xr.Dataset:
    """Every pair of populations connected with the same in-degree, every neuron driven by two Poisson streams."""
    labels = list(sizes)
    n = len(labels)
    neurons = np.array(list(sizes.values()), dtype=np.int64)
    inhibitory = np.array([label.endswith("I") for label in labels])
    weight = np.where(inhibitory, -420.0, 87.8)[None, :].repeat(n, axis=0)
    area = [label.rsplit("-", 1)[0] for label in labels]
    same = np.array([[a == b for b in area] for a in area])
    delay_class = np.where(same, np.where(inhibitory, 1, 0)[None, :], 2).astype(np.int32)
    delays = np.array([1.5, 0.75, 4.0])
    steps = np.array([np.floor(_truncated_normal(mean, mean / 2, dt, np.inf) / dt + 0.5) for mean in delays]).astype(np.int32)
    weights = np.array(
        [np.rint(_truncated_normal(87.8, 8.78, 0, np.inf) / UNIT), np.rint(_truncated_normal(-420, 42, -np.inf, 0) / UNIT)]
    ).astype(np.int32)
    rates = np.column_stack([np.full(n, rate), np.full(n, 0.1 * rate)])
    k = np.arange(60)
    threshold = np.minimum(np.rint(2.0**31 * stats.poisson.cdf(k, rates[..., None] * dt * 1e-3)) - 1, 2**31 - 1).astype(np.int32)
    pair = ("target", "source")
    return xr.Dataset(
        {
            "neurons": ("target", neurons),
            "neurons_real": ("target", neurons + 0.5),
            "indegree": (pair, np.full((n, n), float(indegree))),
            "synapses": (pair, np.trunc(indegree * (neurons + 0.5))[:, None].repeat(n, axis=1).astype(np.int64)),
            "weight_mean": (pair, weight),
            "weight_sd": (pair, 0.1 * np.abs(weight)),
            "delay_mean": (pair, delays[delay_class]),
            "delay_sd": (pair, delays[delay_class] / 2),
            "external_indegree": ("target", np.full(n, rate / 10)),
            "poisson_rate": (("target", "input"), rates),
            "poisson_weight": (("target", "input"), np.tile([87.8, 150.0], (n, 1))),
            "poisson_start": (("target", "input"), np.full((n, 2), ALWAYS)),
            "poisson_stop": (("target", "input"), np.full((n, 2), NEVER_ENDS)),
            "dc": ("target", np.linspace(0, 20, n)),
            "current_start": ("segment", np.array([ALWAYS])),
            "current": (("target", "segment"), np.zeros((n, 1))),
            "weight_quantiles": (("weight_class", "level"), weights),
            "delay_quantiles": (("delay_class", "level"), steps),
            "weight_class": (pair, inhibitory[None, :].repeat(n, axis=0).astype(np.int32)),
            "delay_class": (pair, delay_class),
            "poisson_threshold": (("target", "input", "k"), threshold),
            "v0_quantiles": ("v0_level", stats.norm.ppf((np.arange(65536) + 0.5) / 65536, -80, 20)),
        },
        coords={"target": labels, "source": labels},
        attrs={
            "dt": dt,
            "weight_unit_pA": UNIT,
            "E_L": -65.0,
            "V_th": -50.0,
            "V_reset": -65.0,
            "C_m": 250.0,
            "tau_m": 10.0,
            "tau_syn_ex": 0.5,
            "tau_syn_in": 0.5,
            "t_ref": 2.0,
        },
    )
