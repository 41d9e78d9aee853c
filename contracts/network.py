"""The network file: a NetCDF file that holds everything a simulator needs, integer tables included."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from contracts.atomic import whole_file
from contracts.errors import InputError

VARIABLES: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "neurons": (("target",), "i", "1"),
    "neurons_real": (("target",), "f", "1"),
    "indegree": (("target", "source"), "f", "1"),
    "synapses": (("target", "source"), "i", "1"),
    "weight_mean": (("target", "source"), "f", "pA"),
    "weight_sd": (("target", "source"), "f", "pA"),
    "delay_mean": (("target", "source"), "f", "ms"),
    "delay_sd": (("target", "source"), "f", "ms"),
    "external_indegree": (("target",), "f", "1"),
    "poisson_rate": (("target", "input"), "f", "spikes/s"),
    "poisson_weight": (("target", "input"), "f", "pA"),
    "dc": (("target",), "f", "pA"),
    "weight_quantiles": (("weight_class", "level"), "i", "weight_unit_pA"),
    "delay_quantiles": (("delay_class", "level"), "i", "dt"),
    "weight_class": (("target", "source"), "i", "1"),
    "delay_class": (("target", "source"), "i", "1"),
    "poisson_threshold": (("target", "input", "k"), "i", "2**-31"),
    "v0_quantiles": (("v0_level",), "f", "mV"),
}
"""Variables of the file: dimensions, kind of number (integer or float), unit."""

ATTRIBUTES: tuple[str, ...] = ("dt", "weight_unit_pA", "E_L", "V_th", "V_reset", "C_m", "tau_m", "tau_syn_ex", "tau_syn_in", "t_ref")
"""Attributes that a simulator reads; the file carries the whole configuration besides."""

NOT_NEGATIVE = ("neurons", "neurons_real", "indegree", "synapses", "weight_sd", "delay_sd", "external_indegree", "poisson_rate")

COMPRESSED_FROM = 10_000
"""Variables with at least this many numbers are compressed."""


def write_network(network: xr.Dataset, path: Path) -> None:
    """Check a network and write it; the file appears when it is whole.

    Raises
    ------
    InputError
        If the network breaks the contract.
    """
    check_network(network, "network")
    with_units = network.copy()
    for name, (_, _, unit) in VARIABLES.items():
        with_units[name].attrs["units"] = unit
    encoding = {
        str(name): {"zlib": True, "complevel": 4} for name, values in with_units.variables.items() if values.size >= COMPRESSED_FROM
    }
    with whole_file(path) as temporary:
        with_units.to_netcdf(temporary, engine="h5netcdf", encoding=encoding)


def read_network(path: Path) -> xr.Dataset:
    """Read a network file into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, no network file, or breaks the contract.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such network file; make one with `python -m model build --config FILE --out {path}`")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            network = opened.load().reset_coords([name for name in ("weight_class", "delay_class") if name in opened.coords])
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: not a readable network file ({error}); build it again with `python -m model build`") from None
    check_network(network, str(path))
    return network


def check_network(network: xr.Dataset, where: str) -> None:
    """Check that a data set is a network a simulator can run; name everything that is wrong.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    findings = []
    for name, (dims, kind, _) in VARIABLES.items():
        if name not in network.variables:
            findings.append(f"variable {name} is missing")
        elif network[name].dims != dims:
            findings.append(f"{name} has dimensions {network[name].dims}, expected {dims}")
        elif network[name].dtype.kind != kind and not (kind == "i" and network[name].dtype.kind == "u"):
            findings.append(f"{name} has type {network[name].dtype}, expected {'integers' if kind == 'i' else 'floating-point numbers'}")
    findings += [f"attribute {name} is missing" for name in ATTRIBUTES if name not in network.attrs]
    if not findings:
        findings = _check_values(network)
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))


def _check_values(network: xr.Dataset) -> list[str]:
    findings = []
    for name, (_, kind, _) in VARIABLES.items():
        values = network[name].values
        if kind == "f" and not np.isfinite(values).all():
            findings.append(f"{name}{_first_place(network[name], ~np.isfinite(values))} is not a finite number")
        elif name in NOT_NEGATIVE and (values < 0).any():
            findings.append(f"{name}{_first_place(network[name], values < 0)} is negative; expected 0 or more")
    connected = network["synapses"].values > 0
    for name in ("weight", "delay"):
        classes, count = network[f"{name}_class"].values, network.sizes[f"{name}_class"]
        outside = connected & ((classes < 0) | (classes >= count))
        if outside.any():
            findings.append(f"{name}_class{_first_place(network[f'{name}_class'], outside)} is outside 0..{count - 1}")
    if network["delay_quantiles"].size and (network["delay_quantiles"].values < 1).any():
        findings.append("delay_quantiles holds a delay below one time step")
    without_neurons = connected & ((network["neurons"].values == 0)[:, None] | (network["neurons"].values == 0)[None, :])
    if without_neurons.any():
        findings.append(f"synapses{_first_place(network['synapses'], without_neurons)} is positive although a population has no neurons")
    if list(network["target"].values) != list(network["source"].values):
        findings.append("target and source name different populations")
    return findings


def _first_place(values: xr.DataArray, bad: np.ndarray) -> str:
    place = np.argwhere(bad)[0]
    names = [str(values[dim].values[i]) if dim in values.coords else str(i) for dim, i in zip(values.dims, place, strict=True)]
    return f"[{', '.join(names)}]"
