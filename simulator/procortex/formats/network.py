"""The network file: a NetCDF file that holds everything a simulator needs, integer tables included."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from procortex.formats.netcdf import NUMBER, Variable, layout_findings, read_dataset, write_dataset
from procortex.formats.network_values import ALWAYS, NEVER_ENDS, value_findings
from procortex.utilities.errors import InputError

__all__ = ["ALWAYS", "NEVER_ENDS", "check_duration", "check_network", "read_network", "write_network"]

VARIABLES: Mapping[str, Variable] = {
    "neurons": Variable(("target",), "i", "1"),
    "neurons_real": Variable(("target",), "f", "1"),
    "indegree": Variable(("target", "source"), "f", "1"),
    "synapses": Variable(("target", "source"), "i", "1"),
    "weight_mean": Variable(("target", "source"), "f", "pA"),
    "weight_sd": Variable(("target", "source"), "f", "pA"),
    "delay_mean": Variable(("target", "source"), "f", "ms"),
    "delay_sd": Variable(("target", "source"), "f", "ms"),
    "external_indegree": Variable(("target",), "f", "1"),
    "poisson_rate": Variable(("target", "input"), "f", "spikes/s"),
    "poisson_weight": Variable(("target", "input"), "f", "pA"),
    "poisson_start": Variable(("target", "input"), "i", "dt"),
    "poisson_stop": Variable(("target", "input"), "i", "dt"),
    "dc": Variable(("target",), "f", "pA"),
    "current_start": Variable(("segment",), "i", "dt"),
    "current": Variable(("target", "segment"), "f", "pA"),
    "weight_quantiles": Variable(("weight_class", "level"), "i", "weight_unit_pA"),
    "delay_quantiles": Variable(("delay_class", "level"), "i", "dt"),
    "weight_class": Variable(("target", "source"), "i", "1"),
    "delay_class": Variable(("target", "source"), "i", "1"),
    "poisson_threshold": Variable(("target", "input", "k"), "i", "2**-31"),
    "v0_quantiles": Variable(("v0_level",), "f", "mV"),
}
"""Variables of the file: dimensions, kind of number (integer or float), unit.

Drive over time is in steps, of which the first is 1: a Poisson stream sends spikes in the steps from ``poisson_start`` until before
``poisson_stop`` (`ALWAYS` and `NEVER_ENDS` if it is stationary); ``current`` comes on top of ``dc``, each segment from its start to that of
the next one, none before the first (a stationary network has one segment of zeros).
"""

OPTIONAL: Mapping[str, Variable] = {"weight_lognormal": Variable(("weight_class",), "i", "1")}
"""Variables that may be missing. `weight_lognormal` marks the classes whose weights have a lognormal magnitude; all others are normal."""

ATTRIBUTES: Mapping[str, str] = dict.fromkeys(
    ("dt", "weight_unit_pA", "E_L", "V_th", "V_reset", "C_m", "tau_m", "tau_syn_ex", "tau_syn_in", "t_ref"), NUMBER
)
"""Attributes that a simulator reads; the file carries the whole configuration besides."""

LONGEST_T_SIM = "longest_t_sim"
"""Attribute of networks whose currents follow a series: its duration (ms), beyond which nobody knows them."""


def write_network(network: xr.Dataset, path: Path) -> None:
    """Check a network and write it; the file appears when it is whole.

    Raises
    ------
    InputError
        If the network breaks the contract.
    """
    check_network(network, "network")
    write_dataset(network, path, VARIABLES)


def read_network(path: Path) -> xr.Dataset:
    """Read a network file into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, no network file, or breaks the contract.
    """
    network = read_dataset(path, "network file", "python -m model build --config FILE", check_network)
    # what has the name of a dimension comes back as a coordinate
    flat = network.reset_coords([name for name in ("weight_class", "delay_class") if name in network.coords])
    flat.encoding["source"] = str(path)
    return flat


def check_duration(network: xr.Dataset, t_sim: float, where: str) -> None:
    """Refuse to simulate a network for longer than its drive is known.

    Raises
    ------
    InputError
        If ``t_sim`` (ms) is too long.
    """
    longest = float(network.attrs.get(LONGEST_T_SIM, np.inf))
    if t_sim > longest * (1 + 1e-9):
        raise InputError(
            f"{where}: t_sim is {t_sim:g} ms, but the series behind the network's currents lasts {longest:g} ms; "
            f"expected a t_sim of at most {longest:g}, or a network built from a longer series"
        )


def check_network(network: xr.Dataset, where: str) -> None:
    """Check that a data set is a network a simulator can run; name everything that is wrong.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    optional = {name: variable for name, variable in OPTIONAL.items() if name in network.variables}
    attributes = {**ATTRIBUTES, **({LONGEST_T_SIM: NUMBER} if LONGEST_T_SIM in network.attrs else {})}
    findings = layout_findings(network, {**VARIABLES, **optional}, attributes) or value_findings(network)
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))
