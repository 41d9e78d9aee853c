"""The potentials file: membrane potential and synaptic current of a few neurons over time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from procortex.formats.netcdf import NUMBER, TEXT, Variable, label_findings, layout_findings, read_dataset, write_dataset
from procortex.utilities.errors import InputError

VARIABLES: Mapping[str, Variable] = {
    "V_m": Variable(("neuron", "time"), "f", "mV"),
    "I_syn": Variable(("neuron", "time"), "f", "pA"),
    "index": Variable(("neuron",), "i", "1"),
}
"""Variables of the file: after each step that `time` (ms) names; `index` within the population that the coordinate `population` names."""

POTENTIALS_NAME = "_potentials.nc"
"""Name of the file beside the spikes; readers of Parquet pass over it."""

ATTRIBUTES: Mapping[str, str] = {"simulator": TEXT, **dict.fromkeys(("seed", "dt", "interval", "t_sim"), NUMBER)}


def write_potentials(potentials: xr.Dataset, path: Path) -> None:
    """Check and write; the file appears when it is whole.

    Raises
    ------
    InputError
        If the content breaks the contract.
    """
    check_potentials(potentials, "potentials")
    write_dataset(potentials, path, VARIABLES)


def read_potentials(path: Path) -> xr.Dataset:
    """Read a potentials file into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, no potentials file, or breaks the contract.
    """
    return read_dataset(path, "potentials file", "python -m procortex run NETWORK --potentials FILE", check_potentials)


def check_potentials(potentials: xr.Dataset, where: str) -> None:
    """Check that a data set is a potentials file; name everything that is wrong.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    findings = layout_findings(potentials, VARIABLES, ATTRIBUTES)
    findings += label_findings(potentials, ("population",), unique=False)
    findings += ["coordinate time is missing"] if "time" not in potentials.coords else []
    if not findings and not all(np.isfinite(potentials[name].to_numpy()).all() for name in ("V_m", "I_syn")):
        findings.append("a potential or current is not finite")
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))
