"""What the values of a network file may be, so that no conversion to a narrower type and no backend meets a value it was not made for.

Bounds of real numbers are far beyond any sensible network: with them every product and square in a backend or in the theory is finite.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.formats.netcdf import first_place, label_findings

ALWAYS, NEVER_ENDS = 0, 2**31 - 1
DELAY_LIMIT = 2**20
"""Longest delay in steps."""

MOST_POPULATIONS, MOST_NEURONS, MOST_SYNAPSES = 2**16 - 1, 2**32 - 1, 2**40
"""Of a network: ids of projections and of neurons have 32 bits; numbers of synapses are summed in 64 bits."""

MOST_THRESHOLDS = 2**15 - 1
"""Events of a Poisson stream in a step: the guides of the cuda backend keep a bit of 16 for themselves."""

INT32 = 2**31 - 1
INTEGERS: Mapping[str, tuple[int, int]] = {
    "neurons": (0, MOST_NEURONS),
    "synapses": (0, MOST_SYNAPSES),
    "poisson_start": (ALWAYS, NEVER_ENDS),
    "poisson_stop": (ALWAYS, NEVER_ENDS),
    "current_start": (ALWAYS, NEVER_ENDS - 1),
    "weight_quantiles": (-INT32, INT32),
    "delay_quantiles": (1, DELAY_LIMIT),
    "poisson_threshold": (-1, INT32),
    "weight_lognormal": (0, 1),
}
"""Smallest and largest value of each integer variable but the classes."""

NUMBERS: Mapping[str, tuple[float, float]] = {
    "neurons_real": (0, 1e12),
    "indegree": (0, 1e12),
    "weight_mean": (-1e9, 1e9),
    "weight_sd": (0, 1e9),
    "delay_mean": (0, 1e6),
    "delay_sd": (0, 1e6),
    "external_indegree": (0, 1e12),
    "poisson_rate": (0, 1e12),
    "poisson_weight": (-1e9, 1e9),
    "dc": (-1e9, 1e9),
    "current": (-1e9, 1e9),
    "v0_quantiles": (-1e6, 1e6),
}
"""Smallest and largest value of each variable of real numbers, in its unit."""

PARAMETERS: Mapping[str, tuple[float, float]] = {
    "dt": (1e-6, 1e3),
    "weight_unit_pA": (2.0**-40, 2.0**40),
    "E_L": (-1e6, 1e6),
    "V_th": (-1e6, 1e6),
    "V_reset": (-1e6, 1e6),
    "C_m": (1e-6, 1e9),
    "tau_m": (1e-6, 1e9),
    "tau_syn_ex": (1e-6, 1e9),
    "tau_syn_in": (1e-6, 1e9),
    "t_ref": (0, 1e6),
    "longest_t_sim": (1e-6, math.inf),
}
"""Smallest and largest value of each attribute that a simulator reads."""

NEARLY_EQUAL = 1e-6
"""Relative difference of time constants below which the propagator from current to potential loses its digits."""

LABEL = re.compile(r"[^\s/\\=\x00]+-[^\s/\\=\x00-]+")
"""Area and population; the area names a folder of the spikes."""


def value_findings(network: xr.Dataset) -> list[str]:
    """Say what is wrong with the values of a network whose layout is right; one line for each variable or attribute."""
    found = [*_label_findings(network), *_parameter_findings(network.attrs)]
    for name, (low, high) in {**INTEGERS, **NUMBERS}.items():
        if name in network.variables and (finding := _range_finding(network, name, low, high)):
            found.append(finding)
    return found or [*_class_findings(network), *_size_findings(network), *_drive_findings(network)]


def _label_findings(network: xr.Dataset) -> Iterator[str]:
    found = label_findings(network, ("target", "source"))
    yield from found
    if found:
        return
    bad = [str(label) for label in network["target"].values if not LABEL.fullmatch(str(label))]
    if bad:
        yield f"target holds {bad[0]!r}, expected a label AREA-POPULATION such as V1-23E"
    if list(network["target"].values) != list(network["source"].values):
        yield "target and source name different populations"
    if not 1 <= network.sizes["target"] <= MOST_POPULATIONS:
        yield f"there are {network.sizes['target']} populations, expected 1 to {MOST_POPULATIONS}"


def _parameter_findings(attributes: Mapping[str, Any]) -> list[str]:
    found = []
    for name, (low, high) in PARAMETERS.items():
        if name in attributes and not low <= float(attributes[name]) <= high:  # NaN is refused, too
            found.append(f"attribute {name} is {float(attributes[name]):g}, expected {low:g} to {high:g}")
    if found:
        return found
    a = {name: float(attributes[name]) for name in PARAMETERS if name in attributes}
    if math.frexp(a["weight_unit_pA"])[0] != 0.5:
        found.append(f"attribute weight_unit_pA is {a['weight_unit_pA']:g}, expected a power of two")
    if a["V_reset"] >= a["V_th"]:
        found.append(f"attribute V_reset is {a['V_reset']:g} mV, expected less than V_th ({a['V_th']:g} mV)")
    equal = [name for name in ("tau_syn_ex", "tau_syn_in") if abs(a[name] - a["tau_m"]) <= NEARLY_EQUAL * a["tau_m"]]
    if equal:
        found.append(f"attribute tau_m is {a['tau_m']:g} ms, as {' and '.join(equal)}; expected another value")
    steps = a["t_ref"] / a["dt"]
    if abs(steps - round(steps)) > NEARLY_EQUAL or steps > INT32:
        found.append(f"attribute t_ref is {a['t_ref']:g} ms, expected a multiple of dt ({a['dt']:g} ms), at most {INT32} steps")
    return found


def _range_finding(network: xr.Dataset, name: str, low: float, high: float) -> str | None:
    values = network[name].values
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        return f"{name}{first_place(network[name], ~np.isfinite(values))} is not a finite number"
    bad = (values < low) | (values > high)
    if not bad.any():
        return None
    value = values[bad][0]
    if value < 0 and low == 0:
        return f"{name}{first_place(network[name], bad)} is negative; expected 0 or more"
    return f"{name}{first_place(network[name], bad)} is {value:g}; expected {_plain(low)} to {_plain(high)}"


def _plain(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


def _class_findings(network: xr.Dataset) -> Iterator[str]:
    connected = network["synapses"].values > 0
    for name in ("weight_class", "delay_class"):
        classes, count = network[name].values, network.sizes[name]
        outside = (classes >= count) | (classes < np.where(connected, 0, -1))  # -1 where nothing is connected
        if outside.any():
            yield f"{name}{first_place(network[name], outside)} is outside 0..{count - 1}"


def _size_findings(network: xr.Dataset) -> Iterator[str]:
    neurons, synapses = network["neurons"].values, network["synapses"].values
    connected = synapses > 0
    without = connected & ((neurons == 0)[:, None] | (neurons == 0)[None, :])
    if without.any():
        yield f"synapses{first_place(network['synapses'], without)} is positive although a population has no neurons"
    total = int(neurons.astype(np.uint64).sum())
    if not 1 <= total <= MOST_NEURONS:
        yield f"neurons adds up to {total}, expected 1 to {MOST_NEURONS}"
    total = int(synapses.astype(np.uint64).sum())
    if total > MOST_SYNAPSES:
        yield f"synapses adds up to {total}, expected at most {MOST_SYNAPSES}"
        return
    rows = synapses / np.maximum(neurons, 1)[None, :]  # mean length; ten standard deviations of the binomial law are never exceeded
    long = rows + 10 * np.sqrt(rows) + 30 > 2**32 - 1
    if long.any():
        yield f"synapses{first_place(network['synapses'], long)} is too many for so few source neurons; expected less than 2**32 for each"
    if network.sizes["v0_level"] == 0:
        yield "v0_quantiles is empty, expected quantiles of the initial potential"


def _drive_findings(network: xr.Dataset) -> Iterator[str]:
    starts, stops = network["poisson_start"].values, network["poisson_stop"].values
    if (starts > stops).any():
        yield f"poisson_stop{first_place(network['poisson_stop'], starts > stops)} is before poisson_start"
    if (np.diff(network["current_start"].values) <= 0).any():
        yield f"current_start does not ascend within 0..{NEVER_ENDS - 1}"
    if network.sizes["k"] > MOST_THRESHOLDS:
        yield f"poisson_threshold has {network.sizes['k']} thresholds, expected at most {MOST_THRESHOLDS}"
    falls: NDArray[np.bool_] = np.diff(network["poisson_threshold"].values, axis=-1, prepend=-1) < 0
    if falls.any():
        yield f"poisson_threshold{first_place(network['poisson_threshold'], falls)} is below the one before it, expected ascending ones"
