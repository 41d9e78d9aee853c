"""The whole definition of a simulation once more, in plain Python and exact arithmetic: slow, and independent of the kernels."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import xarray as xr

from tests.networks import NEURON

ROW_LENGTHS, SYNAPSES, POISSON, V0 = range(4)


def philox(counter: tuple[int, int, int, int], seed: int, stream: int) -> list[int]:
    x, key = list(counter), [seed, stream]
    for _ in range(10):
        a, b = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(b >> 32) ^ x[1] ^ key[0], b & 0xFFFFFFFF, (a >> 32) ^ x[3] ^ key[1], a & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return x


def fma(a: float, b: float, c: float) -> float:
    """Fused multiply-add: one rounding."""
    return float(Fraction(a) * Fraction(b) + Fraction(c))


def simulate(network: xr.Dataset, seed: int, n_steps: int) -> list[tuple[int, int]]:
    """Spikes (step, neuron) in float64."""
    sizes = [int(n) for n in network["neurons"].values]
    first = np.concatenate([[0], np.cumsum(sizes)])
    n, total, unit = len(sizes), int(first[-1]), network.attrs["weight_unit_pA"]
    outgoing = _synapses(network, seed, sizes, first)
    a = {"dt": network.attrs["dt"], **{name: float(network[name].values[0]) for name in NEURON}}
    p11, p22 = float(np.exp(-a["dt"] / a["tau_syn_ex"])), float(np.exp(-a["dt"] / a["tau_m"]))
    p21 = a["tau_m"] * a["tau_syn_ex"] / (a["C_m"] * (a["tau_m"] - a["tau_syn_ex"])) * (p22 - p11)
    p20 = a["tau_m"] / a["C_m"] * -float(np.expm1(-a["dt"] / a["tau_m"]))
    threshold, reset = a["V_th"] - a["E_L"], a["V_reset"] - a["E_L"]
    v0 = network["v0_quantiles"].values[0] - a["E_L"]
    v = [float(v0[philox((m // 4, 0, 0, 0), seed, V0)[m % 4] >> 16]) for m in range(total)]
    i, refractory = [0.0] * total, [0] * total
    arriving: dict[int, np.ndarray] = {}
    spikes = []
    for step in range(1, n_steps + 1):
        inputs = arriving.pop(step, np.zeros(total, dtype=np.int64))
        for p in range(n):
            current = [0.0, *network["current"].values[p]][sum(int(start) <= step for start in network["current_start"].values)]
            drift = p20 * (float(network["dc"].values[p]) + float(current))
            for m in range(first[p], first[p + 1]):
                w = int(inputs[m])
                for q, row in enumerate(np.flatnonzero(network["stream_target"].values == p)):
                    if not network["stream_start"].values[row] <= step < network["stream_stop"].values[row]:
                        continue
                    r = philox((m // 4, step, q, 0), seed, POISSON)[m % 4] >> 1
                    events = int((network["stream_threshold"].values[row] < r).sum())
                    w += round(network["stream_weight"].values[row] / unit) * events
                if refractory[m] == 0:
                    v[m] = fma(p22, v[m], fma(p21, i[m], drift))
                else:
                    refractory[m] -= 1
                i[m] = fma(p11, i[m], w * unit)
                if v[m] >= threshold:
                    v[m], refractory[m] = reset, round(a["t_ref"] / a["dt"])
                    spikes.append((step, m))
                    for target, delay, units in outgoing.get(m, ()):
                        arriving.setdefault(step + delay, np.zeros(total, dtype=np.int64))[target] += units
    return spikes


def _synapses(network: xr.Dataset, seed: int, sizes: list[int], first: np.ndarray) -> dict[int, list[tuple[int, int, int]]]:
    """(target neuron, delay, weight) of every synapse, by source neuron."""
    outgoing: dict[int, list[tuple[int, int, int]]] = {}
    rows_of = (network[name].values for name in ("target", "source", "synapses", "rng_key", "delay_table", "weight_table"))
    for t, s, count, projection, delay_table, weight_table in zip(*(values.tolist() for values in rows_of), strict=True):
        rows = [0] * sizes[s]
        for k in range(count):
            rows[(philox((k // 4, 0, projection, 0), seed, ROW_LENGTHS)[k % 4] * sizes[s]) >> 32] += 1
        delays, weights = network["delay_quantiles"].values[delay_table], network["weight_quantiles"].values[weight_table]
        for source, length in enumerate(rows):
            for j in range(length):
                place, kind = philox((j // 2, source, projection, 0), seed, SYNAPSES)[2 * (j % 2) : 2 * (j % 2) + 2]
                synapse = (int(first[t]) + ((place * sizes[t]) >> 32), int(delays[kind & 4095]), int(weights[(kind >> 12) & 4095]))
                outgoing.setdefault(int(first[s]) + source, []).append(synapse)
    return outgoing
