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

from procortex.formats.netcdf import first_place

MODELS, RULES = ("iaf_psc_exp",), ("fixed_total_number",)
"""Neuron models and rules of connection that there are."""

ALWAYS, NEVER_ENDS = 0, 2**31 - 1
DELAY_LIMIT = 2**20
"""Longest delay in steps."""

MOST_POPULATIONS, MOST_NEURONS, MOST_SYNAPSES = 2**16 - 1, 2**32 - 1, 2**40
"""Of a network: ids of projections and of neurons have 32 bits; numbers of synapses are summed in 64 bits."""

MOST_THRESHOLDS = 2**15 - 1
"""Events of a Poisson stream in a step: the guides of the cuda backend keep a bit of 16 for themselves."""

INT32 = 2**31 - 1


BOUNDS: Mapping[str, tuple[float, float]] = {
    "neurons": (0, MOST_NEURONS),
    "synapses": (0, MOST_SYNAPSES),
    "rng_key": (0, 2**32 - 1),
    "recorded_neurons": (0, MOST_NEURONS),
    "stream_start": (ALWAYS, NEVER_ENDS),
    "stream_stop": (ALWAYS, NEVER_ENDS),
    "stream_threshold": (-1, INT32),
    "current_start": (ALWAYS, NEVER_ENDS - 1),
    "weight_quantiles": (-INT32, INT32),
    "delay_quantiles": (1, DELAY_LIMIT),
    "weight_lognormal": (0, 1),
    "neurons_real": (0, 1e12),
    "external_indegree": (0, 1e12),
    "indegree": (0, 1e12),
    "weight_mean": (-1e9, 1e9),
    "weight_sd": (0, 1e9),
    "delay_mean": (0, 1e6),
    "delay_sd": (0, 1e6),
    "stream_rate": (0, 1e12),
    "stream_weight": (-1e9, 1e9),
    "dc": (-1e9, 1e9),
    "current": (-1e9, 1e9),
    "v0_quantiles": (-1e6, 1e6),
    **dict.fromkeys(("E_L", "V_th", "V_reset"), (-1e6, 1e6)),
    **dict.fromkeys(("C_m", "tau_m", "tau_syn_ex", "tau_syn_in"), (1e-6, 1e9)),
    "t_ref": (0, 1e6),
}
"""Smallest and largest value of each variable, in its unit."""

ATTRIBUTE_BOUNDS: Mapping[str, tuple[float, float]] = {
    "dt": (1e-6, 1e3),
    "weight_unit_pA": (2.0**-40, 2.0**40),
    "longest_t_sim": (1e-6, math.inf),
}

REFERENCES: Mapping[str, str] = {
    "source": "population",
    "target": "population",
    "stream_target": "population",
    "recorded_population": "population",
    "weight_table": "weights",
    "delay_table": "delays",
    "v0_table": "potentials",
}
"""Variables that hold numbers of rows, and the dimension of these rows."""

ASCENDING: tuple[str, ...] = ("delay_quantiles", "v0_quantiles", "stream_threshold")
"""Tables whose rows ascend; those of weights ascend or descend."""

NEARLY_EQUAL = 1e-6
"""Relative difference of time constants below which the propagator from current to potential loses its digits."""

LABEL = re.compile(r"[^\s/\\=\x00]+-[^\s/\\=\x00-]+")
"""Area and population; the area names a folder of the spikes."""


def value_findings(network: xr.Dataset) -> list[str]:
    """Say what is wrong with the values of a network whose layout and ranges are right; one line for each variable or attribute."""
    found = [*_name_findings(network), *_attribute_findings(network.attrs), *_reference_findings(network)]
    return found or [*_parameter_findings(network), *_size_findings(network), *_table_findings(network), *_drive_findings(network)]


def _name_findings(network: xr.Dataset) -> Iterator[str]:
    if network.attrs["format"] != "procortex network":
        yield f"attribute format is {network.attrs['format']!r}, expected 'procortex network'"
    bad = [str(label) for label in network["population"].values if not LABEL.fullmatch(str(label))]
    if bad:
        yield f"population holds {bad[0]!r}, expected a label AREA-POPULATION such as V1-23E"
    if not 1 <= network.sizes["population"] <= MOST_POPULATIONS:
        yield f"there are {network.sizes['population']} populations, expected 1 to {MOST_POPULATIONS}"
    for name, known in (("model", MODELS), ("rule", RULES)):
        unknown = ~np.isin(network[name].to_numpy().astype(str), known)
        if unknown.any():
            value = network[name].to_numpy()[unknown][0]
            yield f"{name}{first_place(network[name], unknown)} is {str(value)[:60]!r}, expected {' or '.join(known)}"


def _attribute_findings(attributes: Mapping[str, Any]) -> Iterator[str]:
    for name, (low, high) in ATTRIBUTE_BOUNDS.items():
        if name in attributes and not low <= float(attributes[name]) <= high:  # NaN is refused, too
            yield f"attribute {name} is {float(attributes[name]):g}, expected {low:g} to {high:g}"
            return
    if math.frexp(float(attributes["weight_unit_pA"]))[0] != 0.5:
        yield f"attribute weight_unit_pA is {float(attributes['weight_unit_pA']):g}, expected a power of two"


def _reference_findings(network: xr.Dataset) -> Iterator[str]:
    for name, rows in REFERENCES.items():
        if name not in network:
            continue
        values, count = network[name].to_numpy(), network.sizes[rows]
        outside = (values < 0) | (values >= count)
        if outside.any():
            place, value = first_place(network[name], outside), values[outside][0]
            numbers = f": 0 to {count - 1}" if count else ", which has none"
            yield f"{name}{place} is {value}, expected the number of a row of {rows}{numbers}"
    keys, first = np.unique(network["rng_key"].to_numpy(), return_index=True)
    if ("recorded_population" in network) != ("recorded_neurons" in network):
        yield "recorded_population and recorded_neurons belong together, expected both or neither"
    if len(keys) < network.sizes["projection"]:
        twice = np.ones(network.sizes["projection"], dtype=bool)
        twice[first] = False
        yield f"rng_key{first_place(network['rng_key'], twice)} is that of another projection, expected a number of its own"


def _parameter_findings(network: xr.Dataset) -> Iterator[str]:
    p = {name: network[name].to_numpy().astype(np.float64) for name in ("V_th", "V_reset", "tau_m", "tau_syn_ex", "tau_syn_in", "t_ref")}
    dt = float(network.attrs["dt"])
    if (bad := p["V_reset"] >= p["V_th"]).any():
        place, value, limit = first_place(network["V_reset"], bad), p["V_reset"][bad][0], p["V_th"][bad][0]
        yield f"V_reset{place} is {value:g} mV, expected less than V_th ({limit:g} mV)"
    near = {name: np.abs(p[name] - p["tau_m"]) <= NEARLY_EQUAL * p["tau_m"] for name in ("tau_syn_ex", "tau_syn_in")}
    if (bad := near["tau_syn_ex"] | near["tau_syn_in"]).any():
        names = " and ".join(name for name in near if near[name][bad][0])
        yield f"tau_m{first_place(network['tau_m'], bad)} is {p['tau_m'][bad][0]:g} ms, as {names}; expected another value"
    steps = p["t_ref"] / dt
    if (bad := (np.abs(steps - np.rint(steps)) > NEARLY_EQUAL) | (steps > INT32)).any():
        value = p["t_ref"][bad][0]
        yield f"t_ref{first_place(network['t_ref'], bad)} is {value:g} ms, expected a multiple of dt ({dt:g} ms), at most {INT32} steps"


def _size_findings(network: xr.Dataset) -> Iterator[str]:
    neurons, synapses = network["neurons"].to_numpy(), network["synapses"].to_numpy()
    source, target = (network[name].to_numpy().astype(np.int64) for name in ("source", "target"))
    without = (synapses > 0) & ((neurons[source] == 0) | (neurons[target] == 0))
    if without.any():
        yield f"synapses{first_place(network['synapses'], without)} is positive although a population has no neurons"
    total = int(neurons.astype(np.uint64).sum())
    if not 1 <= total <= MOST_NEURONS:
        yield f"neurons adds up to {total}, expected 1 to {MOST_NEURONS}"
    total = int(synapses.astype(np.uint64).sum())
    if total > MOST_SYNAPSES:
        yield f"synapses adds up to {total}, expected at most {MOST_SYNAPSES}"
        return
    rows = synapses / np.maximum(neurons[source], 1)  # mean length; ten standard deviations of the binomial law are never exceeded
    long = rows + 10 * np.sqrt(rows) + 30 > 2**32 - 1
    if long.any():
        yield f"synapses{first_place(network['synapses'], long)} is too many for so few source neurons; expected less than 2**32 for each"


def _table_findings(network: xr.Dataset) -> Iterator[str]:
    for name in ASCENDING:
        if (falls := _falls(network[name].to_numpy())).any():
            yield f"{name}{first_place(network[name], falls)} is below the one before it, expected ascending ones"
    weights = network["weight_quantiles"].to_numpy()
    mixed = _falls(weights).any(axis=1) & _falls(-weights).any(axis=1)
    if mixed.any():
        yield f"weight_quantiles[{int(np.argmax(mixed))}] neither ascends nor descends, expected sorted levels"


def _falls(values: NDArray[Any]) -> NDArray[np.bool_]:
    falls = np.zeros(values.shape, dtype=bool)
    falls[:, 1:] = values[:, 1:] < values[:, :-1]
    return falls


def _drive_findings(network: xr.Dataset) -> Iterator[str]:
    starts, stops = network["stream_start"].to_numpy(), network["stream_stop"].to_numpy()
    if (starts > stops).any():
        yield f"stream_stop{first_place(network['stream_stop'], starts > stops)} is before stream_start"
    segments = network["current_start"].to_numpy()
    if (late := np.concatenate([[False], segments[1:] <= segments[:-1]])).any():
        yield f"current_start{first_place(network['current_start'], late)} is {segments[late][0]}, expected more than the one before it"
    if network.sizes["k"] > MOST_THRESHOLDS:
        yield f"stream_threshold has {network.sizes['k']} thresholds, expected at most {MOST_THRESHOLDS}"
