"""Small networks for the tests of the simulator."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import stats

from procortex.formats.network import ALWAYS, NEVER_ENDS, new_network

UNIT = 1 / 16
NEURON = {"E_L": -65.0, "V_th": -50.0, "V_reset": -65.0, "C_m": 250.0, "tau_m": 10.0, "tau_syn_ex": 0.5, "tau_syn_in": 0.5, "t_ref": 2.0}
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
    target, source = (index.ravel() for index in np.indices((n, n)))
    stream_target, rates = np.repeat(np.arange(n), 2), np.tile([rate, 0.1 * rate], n)
    k = np.arange(60)
    threshold = np.minimum(np.rint(2.0**31 * stats.poisson.cdf(k, rates[:, None] * dt * 1e-3)) - 1, 2**31 - 1).astype(np.int32)
    variables = {
        "neurons": ("population", neurons),
        "model": ("population", np.full(n, "iaf_psc_exp")),
        **{name: ("population", np.full(n, value)) for name, value in NEURON.items()},
        "dc": ("population", np.linspace(0, 20, n)),
        "v0_table": ("population", np.zeros(n, dtype=np.int32)),
        "neurons_real": ("population", neurons + 0.5),
        "external_indegree": ("population", np.full(n, rate / 10)),
        "source": ("projection", source.astype(np.int32)),
        "target": ("projection", target.astype(np.int32)),
        "rule": ("projection", np.full(n * n, "fixed_total_number")),
        "synapses": ("projection", np.trunc(indegree * (neurons[target] + 0.5)).astype(np.int64)),
        "rng_key": ("projection", np.arange(n * n)),
        "indegree": ("projection", np.full(n * n, float(indegree))),
        "weight_mean": ("projection", weight[target, source]),
        "weight_sd": ("projection", 0.1 * np.abs(weight[target, source])),
        "delay_mean": ("projection", delays[delay_class][target, source]),
        "delay_sd": ("projection", delays[delay_class][target, source] / 2),
        "weight_table": ("projection", inhibitory[source].astype(np.int32)),
        "delay_table": ("projection", delay_class[target, source]),
        "stream_target": ("stream", stream_target),
        "stream_rate": ("stream", rates),
        "stream_weight": ("stream", np.tile([87.8, 150.0], n)),
        "stream_start": ("stream", np.full(2 * n, ALWAYS)),
        "stream_stop": ("stream", np.full(2 * n, NEVER_ENDS)),
        "stream_threshold": (("stream", "k"), threshold),
        "current_start": ("segment", np.array([ALWAYS])),
        "current": (("population", "segment"), np.zeros((n, 1))),
        "weight_quantiles": (("weights", "level"), weights),
        "delay_quantiles": (("delays", "level"), steps),
        "v0_quantiles": (("potentials", "v0_level"), stats.norm.ppf((np.arange(65536) + 0.5) / 65536, -80, 20)[None, :]),
    }
    return new_network(variables, labels, dt=dt, weight_unit_pA=UNIT)


def split_projection(network: xr.Dataset, row: int) -> xr.Dataset:
    """Make two projections of one: half of its synapses get random numbers of their own."""
    halves = network["synapses"].values[row] // 2
    split = xr.concat([network, network.isel(projection=[row])], "projection", data_vars="minimal")
    split["synapses"][row] -= halves
    split["synapses"][-1] = halves
    for place in (row, -1):
        split["indegree"][place] *= 0.5
    split["rng_key"][-1] = int(network["rng_key"].max()) + 1
    return split
