"""Networks with one fault, and the line that names it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from procortex.formats.network import ATTRIBUTES, LONGEST_T_SIM
from tests.networks import small_network

SIZES = {"V1-23E": 40, "V1-23I": 10, "V2-4E": 20}
OUT_OF_INT32 = (2**31, 2**32 - 5, 2**32 + 1, 2**62, -(2**31), -(2**31) - 1, -(2**63))


@cache
def network() -> xr.Dataset:
    """Three populations, nine projections, six streams."""
    return small_network(SIZES, indegree=5, rate=9000)


def changed(name: str, value: Any, place: Any = 0) -> xr.Dataset:
    """Give the network with one value (by its flat place), or all of a part (by an index), or an attribute changed."""
    bad = network().copy(deep=True)
    if name in ATTRIBUTES or name == LONGEST_T_SIM:
        return bad.assign_attrs({name: value})
    values = bad[name].values.astype(np.int64) if bad[name].dtype.kind in "iu" else bad[name].values.copy()
    if values.dtype.kind == "U":
        values = values.astype("<U60")
    if isinstance(place, int):
        values.flat[place] = value
    else:
        values[place] = value
    return bad.assign({name: (bad[name].dims, values)})


def labelled(*labels: Any) -> xr.Dataset:
    """Give the network other labels."""
    return network().assign_coords(population=list(labels))


def of_type(name: str, values: Any) -> xr.Dataset:
    """Give the network other values of a variable, of whatever type."""
    return network().assign({name: (network()[name].dims, values)})


def without_attribute(name: str) -> xr.Dataset:
    """Leave out an attribute."""
    bad = network().copy()
    del bad.attrs[name]
    return bad


EVERY = slice(None)

PARAMETERS: Mapping[str, tuple[Callable[[], xr.Dataset], str]] = {
    "tau_m NaN": (lambda: changed("tau_m", np.nan), "tau_m[V1-23E] is not a finite number"),
    "tau_m 0": (lambda: changed("tau_m", 0, 1), "tau_m[V1-23I] is 0; expected 1e-06 to 1e+09"),
    "tau_m negative": (lambda: changed("tau_m", -10.0), "tau_m[V1-23E] is -10; expected 1e-06 to 1e+09"),
    "tau_m infinite": (lambda: changed("tau_m", np.inf), "tau_m[V1-23E] is not a finite number"),
    "tau_m as tau_syn": (lambda: changed("tau_m", 0.5, 2), "tau_m[V2-4E] is 0.5 ms, as tau_syn_ex and tau_syn_in; expected another value"),
    "tau_syn_ex as tau_m": (lambda: changed("tau_syn_ex", 10.0), "tau_m[V1-23E] is 10 ms, as tau_syn_ex; expected another value"),
    "tau_syn_in as tau_m": (lambda: changed("tau_syn_in", 10.0), "tau_m[V1-23E] is 10 ms, as tau_syn_in; expected another value"),
    "C_m 0": (lambda: changed("C_m", 0.0), "C_m[V1-23E] is 0; expected 1e-06 to 1e+09"),
    "C_m negative": (lambda: changed("C_m", -250.0), "C_m[V1-23E] is -250; expected 1e-06 to 1e+09"),
    "V_th at V_reset": (lambda: changed("V_th", -65.0), "V_reset[V1-23E] is -65 mV, expected less than V_th (-65 mV)"),
    "V_th below V_reset": (lambda: changed("V_th", -70.0, 1), "V_reset[V1-23I] is -65 mV, expected less than V_th (-70 mV)"),
    "V_reset above V_th": (lambda: changed("V_reset", -10.0), "V_reset[V1-23E] is -10 mV, expected less than V_th (-50 mV)"),
    "E_L 1e300": (lambda: changed("E_L", 1e300), "E_L[V1-23E] is 1e+300; expected -1e+06 to 1e+06"),
    "t_ref negative": (lambda: changed("t_ref", -2.0), "t_ref[V1-23E] is negative; expected 0 or more"),
    "t_ref off grid": (
        lambda: changed("t_ref", 2.03),
        "t_ref[V1-23E] is 2.03 ms, expected a multiple of dt (0.1 ms), at most 2147483647 steps",
    ),
    "t_ref 1e12": (lambda: changed("t_ref", 1e12), "t_ref[V1-23E] is 1e+12; expected 0 to 1e+06"),
    "t_ref steps": (
        lambda: changed("t_ref", 1e5, EVERY).assign_attrs(dt=1e-6),
        "t_ref[V1-23E] is 100000 ms, expected a multiple of dt (1e-06 ms), at most 2147483647 steps",
    ),
    "dc 1e300": (lambda: changed("dc", 1e300), "dc[V1-23E] is 1e+300; expected -1e+09 to 1e+09"),
    "current NaN": (lambda: changed("current", np.nan, 1), "current[V1-23I, 0] is not a finite number"),
    "v0 1e300": (lambda: changed("v0_quantiles", 1e300, 9), "v0_quantiles[0, 9] is 1e+300; expected -1e+06 to 1e+06"),
    "v0 infinite": (lambda: changed("v0_quantiles", np.inf, 9), "v0_quantiles[0, 9] is not a finite number"),
    "unknown model": (lambda: changed("model", "hh_psc_alpha", 2), "model[V2-4E] is 'hh_psc_alpha', expected iaf_psc_exp"),
    "unknown rule": (lambda: changed("rule", "all_to_all", 4), "rule[4] is 'all_to_all', expected fixed_total_number"),
}
"""Faults of neurons."""

SIZES_AND_ROWS: Mapping[str, tuple[Callable[[], xr.Dataset], str]] = {
    "10**12 neurons": (lambda: changed("neurons", 10**12), "neurons[V1-23E] is 1e+12; expected 0 to 4294967295"),
    "neurons negative": (lambda: changed("neurons", -1, 1), "neurons[V1-23I] is negative; expected 0 or more"),
    "all neurons": (lambda: changed("neurons", 2**32 - 1, EVERY), "neurons adds up to 12884901885, expected 1 to 4294967295"),
    "no neurons": (lambda: changed("neurons", 0), "synapses[0] is positive although a population has no neurons"),
    "synapses negative": (lambda: changed("synapses", -5, 3), "synapses[3] is negative; expected 0 or more"),
    "long rows": (
        lambda: changed("synapses", 10**12),
        "synapses[0] is too many for so few source neurons; expected less than 2**32 for each",
    ),
    "all synapses": (lambda: changed("synapses", 2**40, EVERY), "synapses adds up to 9895604649984, expected at most 1099511627776"),
    "source": (lambda: changed("source", 3, 1), "source[1] is 3, expected the number of a row of population: 0 to 2"),
    "target": (lambda: changed("target", -1, 1), "target[1] is -1, expected the number of a row of population: 0 to 2"),
    "stream_target": (lambda: changed("stream_target", 3, 5), "stream_target[5] is 3, expected the number of a row of population: 0 to 2"),
    "weight_table": (lambda: changed("weight_table", 2, 1), "weight_table[1] is 2, expected the number of a row of weights: 0 to 1"),
    "delay_table": (lambda: changed("delay_table", 3, 8), "delay_table[8] is 3, expected the number of a row of delays: 0 to 2"),
    "v0_table": (lambda: changed("v0_table", 1, 2), "v0_table[V2-4E] is 1, expected the number of a row of potentials: 0 to 0"),
    "wrapping reference": (lambda: changed("source", 2**32), "source[0] is 4294967296, expected the number of a row of population: 0 to 2"),
    "no tables": (
        lambda: network().isel(delays=slice(0)),
        "delay_table[0] is 0, expected the number of a row of delays, which has none",
    ),
    "rng_key twice": (lambda: changed("rng_key", 3, 7), "rng_key[7] is that of another projection, expected a number of its own"),
    "rng_key range": (lambda: changed("rng_key", 2**32, 7), "rng_key[7] is 4.29497e+09; expected 0 to 4294967295"),
    "indegree NaN": (lambda: changed("indegree", np.nan, 2), "indegree[2] is not a finite number"),
    "weight_sd negative": (lambda: changed("weight_sd", -1.0, 2), "weight_sd[2] is negative; expected 0 or more"),
}
"""Faults of numbers of neurons and synapses, and of references between rows."""

TABLES: Mapping[str, tuple[Callable[[], xr.Dataset], str]] = {
    "delay 2**32 - 5": (
        lambda: changed("delay_quantiles", 2**32 - 5, (0, EVERY)),
        "delay_quantiles[0, 0] is 4.29497e+09; expected 1 to 1048576",
    ),
    "delay too long": (lambda: changed("delay_quantiles", 2**20 + 1, 4096), "delay_quantiles[1, 0] is 1.04858e+06; expected 1 to 1048576"),
    "delay 0": (lambda: changed("delay_quantiles", 0, 5), "delay_quantiles[0, 5] is 0; expected 1 to 1048576"),
    "weight 2**32 - 5": (
        lambda: changed("weight_quantiles", 2**32 - 5, 8191),
        "weight_quantiles[1, 4095] is 4.29497e+09; expected -2147483647 to 2147483647",
    ),
    "weight -2**31": (
        lambda: changed("weight_quantiles", -(2**31), 4096),
        "weight_quantiles[1, 0] is -2.14748e+09; expected -2147483647 to 2147483647",
    ),
    "delays unsorted": (
        lambda: changed("delay_quantiles", 1, 4095),
        "delay_quantiles[0, 4095] is below the one before it, expected ascending ones",
    ),
    "weights unsorted": (
        lambda: changed("weight_quantiles", 9, 99),
        "weight_quantiles[0] neither ascends nor descends, expected sorted levels",
    ),
    "v0 unsorted": (lambda: changed("v0_quantiles", -500.0, 77), "v0_quantiles[0, 77] is below the one before it, expected ascending ones"),
    "threshold negative": (lambda: changed("stream_threshold", -2), "stream_threshold[0, 0] is -2; expected -1 to 2147483647"),
    "threshold 2**31": (
        lambda: changed("stream_threshold", 2**31, 59),
        "stream_threshold[0, 59] is 2.14748e+09; expected -1 to 2147483647",
    ),
    "thresholds unsorted": (
        lambda: changed("stream_threshold", 5, (3, 7)),
        "stream_threshold[3, 7] is below the one before it, expected ascending ones",
    ),
    "thresholds too many": (
        lambda: network().isel(k=np.repeat(59, 2**15)),
        "stream_threshold has 32768 thresholds, expected at most 32767",
    ),
    "stream_weight 1e30": (lambda: changed("stream_weight", 1e30, 3), "stream_weight[3] is 1e+30; expected -1e+09 to 1e+09"),
    "stream_rate negative": (lambda: changed("stream_rate", -1.0, 3), "stream_rate[3] is negative; expected 0 or more"),
    "stream_start negative": (lambda: changed("stream_start", -1, 2), "stream_start[2] is negative; expected 0 or more"),
    "stream_stop early": (lambda: changed("stream_start", 2**31 - 1).pipe(_stopped), "stream_stop[0] is before stream_start"),
    "segments unsorted": (lambda: _segments(0, 70, 70), "current_start[2] is 70, expected more than the one before it"),
    "segment too late": (lambda: _segments(0, 70, 2**31), "current_start[2] is 2.14748e+09; expected 0 to 2147483646"),
    "weight_lognormal": (
        lambda: network().assign(weight_lognormal=("weights", [0, 7])),
        "weight_lognormal[1] is 7; expected 0 to 1",
    ),
    "levels": (lambda: network().isel(level=slice(10)), "dimension level has size 10, expected 4096"),
    "v0 levels": (lambda: network().isel(v0_level=slice(0)), "dimension v0_level has size 0, expected 65536"),
}
"""Faults of tables and streams."""

LAYOUT: Mapping[str, tuple[Callable[[], xr.Dataset], str]] = {
    "label twice": (lambda: labelled("V1-23E", "V1-23E", "V2-4E"), "coordinate population holds V1-23E 2 times, expected once"),
    "no labels": (lambda: network().drop_vars("population"), "coordinate population is missing"),
    "numbers for labels": (
        lambda: labelled(1, 2, 3),
        "coordinate population has type int64 and 1 dimensions, expected a list of labels",
    ),
    "labels of another dimension": (
        lambda: network().drop_vars("population").assign_coords(population=("x", ["V1-23E", "V1-23I"])),
        "coordinate population has dimensions ('x',), expected ('population',)",
    ),
    "path for a label": (
        lambda: labelled("../a-23E", "V1-23I", "V2-4E"),
        "population holds '../a-23E', expected a label AREA-POPULATION such as V1-23E",
    ),
    "area for a label": (
        lambda: labelled("V1-23E", "V1", "V2-4E"),
        "population holds 'V1', expected a label AREA-POPULATION such as V1-23E",
    ),
    "no populations": (
        lambda: network().isel(population=slice(0), projection=slice(0), stream=slice(0)),
        "there are 0 populations, expected 1 to 65535",
    ),
    "float for integers": (lambda: of_type("neurons", [40.0, 10.0, 20.0]), "neurons has type float64, expected integers"),
    "integers for floats": (lambda: of_type("tau_m", [10, 10, 10]), "tau_m has type int64, expected floating-point numbers"),
    "text for numbers": (lambda: of_type("neurons", ["many", "some", "few"]), "neurons has type <U4, expected integers"),
    "numbers for text": (lambda: of_type("model", [1, 2, 3]), "model has type int64, expected text"),
    "dimensions": (lambda: network().assign(dc=("x", [0.0])), "dc has dimensions ('x',), expected ('population',)"),
    "variable missing": (lambda: network().drop_vars("t_ref"), "variable t_ref is missing"),
    "attribute missing": (lambda: without_attribute("dt"), "attribute dt is missing"),
    "version missing": (lambda: without_attribute("format_version"), "attribute format_version is missing"),
    "version text": (lambda: changed("format_version", "2"), "attribute format_version is '2', expected a number"),
    "versions": (lambda: changed("format_version", np.array([2, 2])), "attribute format_version is [2, 2], expected a number"),
    "another format": (lambda: changed("format", "a network"), "attribute format is 'a network', expected 'procortex network'"),
    "dt 0": (lambda: changed("dt", 0.0), "attribute dt is 0, expected 1e-06 to 1000"),
    "dt negative": (lambda: changed("dt", -0.1), "attribute dt is -0.1, expected 1e-06 to 1000"),
    "unit NaN": (lambda: changed("weight_unit_pA", np.nan), "attribute weight_unit_pA is nan, expected a number"),
    "unit 0": (lambda: changed("weight_unit_pA", 0.0), "attribute weight_unit_pA is 0, expected 9.09495e-13 to 1.09951e+12"),
    "unit negative": (
        lambda: changed("weight_unit_pA", -1 / 16),
        "attribute weight_unit_pA is -0.0625, expected 9.09495e-13 to 1.09951e+12",
    ),
    "unit 0.3": (lambda: changed("weight_unit_pA", 0.3), "attribute weight_unit_pA is 0.3, expected a power of two"),
    "longest_t_sim NaN": (lambda: changed("longest_t_sim", np.nan), "attribute longest_t_sim is nan, expected a number"),
    "longest_t_sim negative": (lambda: changed("longest_t_sim", -1.0), "attribute longest_t_sim is -1, expected 1e-06 to inf"),
}
"""Faults of labels, types, attributes."""

FAULTS = {**PARAMETERS, **SIZES_AND_ROWS, **TABLES, **LAYOUT}


def _stopped(bad: xr.Dataset) -> xr.Dataset:
    bad["stream_stop"][0] = 5
    return bad


def _segments(*starts: int) -> xr.Dataset:
    return (
        network()
        .drop_dims("segment")
        .assign(current_start=("segment", np.array(starts)), current=(("population", "segment"), np.zeros((3, len(starts)))))
    )
