"""The theory file: what the mean-field theory says of one network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from procortex.formats.netcdf import NUMBER, TEXT, Variable, first_place, label_findings, layout_findings, read_dataset, write_dataset
from procortex.utilities.errors import InputError

VARIABLES: Mapping[str, Variable] = {
    "rates": Variable(("start", "target"), "f", "spikes/s"),
    "settled": Variable(("start",), "i", "1"),
    "attractor": Variable(("start",), "i", "1"),
    "mean_rate": Variable(("start", "time"), "f", "spikes/s"),
    "speed": Variable(("start", "time"), "f", "spikes/s"),
    "low_rates": Variable(("target",), "f", "spikes/s"),
    "input_mean": Variable(("target",), "f", "mV"),
    "input_sd": Variable(("target",), "f", "mV"),
    "eigenvalue_real": Variable(("mode",), "f", "1"),
    "eigenvalue_imag": Variable(("mode",), "f", "1"),
    "critical_right": Variable(("target",), "f", "1"),
    "critical_left": Variable(("target",), "f", "1"),
    "effective_connectivity": Variable(("target", "source"), "f", "1"),
}
"""Variables of the file; see `write_theory`."""

ATTRIBUTES: Mapping[str, str] = {"low_activity_found": NUMBER, "dt": NUMBER, "T": NUMBER, "initial_rates": TEXT}

FINITE = tuple(name for name, (_, kind, *_) in VARIABLES.items() if kind == "f")


def write_theory(theory: xr.Dataset, path: Path) -> None:
    """Check a theory file's content and write it; the file appears when it is whole.

    `start` runs over the initial rates of the relaxation, `time` over pseudo-time. `rates` are the rates at its end, `settled` whether
    they came to rest there (1) or go on changing (0), `attractor` numbers the distinct ends by ascending mean rate (-1 where not
    settled). `mean_rate` and `speed` are mean over the populations and magnitude of the mean's change along the trajectory.
    `low_rates` is the state of low activity if the attribute `low_activity_found` is 1, else the end of the first trajectory; inputs,
    effective connectivity, its eigenvalues (by descending real part) and critical eigenvectors are those at `low_rates`; `source` runs
    over the populations as `target` does.

    Raises
    ------
    InputError
        If the content breaks the contract.
    """
    check_theory(theory, "theory")
    write_dataset(theory, path, VARIABLES)


def read_theory(path: Path) -> xr.Dataset:
    """Read a theory file into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, no theory file, or breaks the contract.
    """
    return read_dataset(path, "theory file", "python -m model theory network.nc", check_theory)


def check_theory(theory: xr.Dataset, where: str) -> None:
    """Check that a data set is a theory file; name everything that is wrong.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    findings = layout_findings(theory, VARIABLES, ATTRIBUTES) + label_findings(theory, ("target", "source"))
    if not findings:
        for name in FINITE:
            if (bad := ~np.isfinite(theory[name].to_numpy())).any():
                findings.append(f"{name}{first_place(theory[name], bad)} is not a finite number")
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))
