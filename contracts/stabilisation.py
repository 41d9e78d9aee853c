"""The stabilisation file: how the in-degrees were changed, step by step, and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from procortex.formats.netcdf import NUMBER, Variable, first_place, label_findings, layout_findings, read_dataset, write_dataset
from procortex.utilities.atomic import Whole, whole_file
from procortex.utilities.errors import InputError

VARIABLES: Mapping[str, Variable] = {
    "scan_rates": Variable(("stage", "kappa", "target"), "f", "spikes/s"),
    "indegree": Variable(("stage", "target", "source"), "f", "1"),
    "transition_kappa": Variable(("iteration",), "f", "1"),
    "transition_kind": Variable(("iteration",), "t"),
    "strength": Variable(("iteration",), "f", "1"),
    "unstable_rates": Variable(("iteration", "target"), "f", "spikes/s"),
    "trajectory_mean": Variable(("iteration", "side", "time"), "f", "spikes/s"),
    "trajectory_speed": Variable(("iteration", "side", "time"), "f", "spikes/s"),
    "eigenvalue_real": Variable(("iteration", "mode"), "f", "1"),
    "eigenvalue_imag": Variable(("iteration", "mode"), "f", "1"),
    "shift": Variable(("iteration", "mode"), "f", "1"),
    "critical_right": Variable(("iteration", "target"), "f", "1"),
    "critical_left": Variable(("iteration", "target"), "f", "1"),
}
"""Variables of the file; see `write_stabilisation`."""

LABELS, COORDINATES = ("target", "source", "side"), ("kappa", "time")
ATTRIBUTES: Mapping[str, str] = dict.fromkeys(("g", "rate_ext", "kappa_target", "dt", "T"), NUMBER)


def write_stabilisation(record: xr.Dataset, path: Path, whole: Whole = whole_file) -> None:
    """Check a record of a stabilisation and write it; the file appears when it is whole.

    `stage` 0 is the anatomy, stage i the network after i changes, `iteration` i the change from stage i to the next. `scan_rates` are
    the rates that zero rates lead to over the drive `kappa`. A change looks at the network where its low-activity state is lost
    (`transition_kappa`; through a ``separatrix`` or a ``fold``), at the unstable fixed point there (`unstable_rates`), found from
    trajectories just below and above the transition (`side`), of which the mean over populations and the magnitude of its change are
    kept. Eigenvalues (by descending real part) and critical eigenvectors are those at the unstable fixed point; `shift` is the
    share of each mode in the fixed point's shift under stronger drive.

    Raises
    ------
    InputError
        If the record breaks the contract.
    """
    check_stabilisation(record, "stabilisation")
    write_dataset(record, path, VARIABLES, whole)


def read_stabilisation(path: Path) -> xr.Dataset:
    """Read a stabilisation file into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, no stabilisation file, or breaks the contract.
    """
    return read_dataset(path, "stabilisation file", "python -m model stabilise --config FILE", check_stabilisation)


def check_stabilisation(record: xr.Dataset, where: str) -> None:
    """Check that a data set is the record of a stabilisation; name everything that is wrong.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    findings = layout_findings(record, VARIABLES, ATTRIBUTES)
    findings += label_findings(record, LABELS)
    findings += [f"coordinate {name} is missing" for name in COORDINATES if name not in record.coords]
    if not findings:
        if record.sizes["stage"] != record.sizes["iteration"] + 1:
            findings.append(f"has {record.sizes['stage']} stages and {record.sizes['iteration']} iterations; expected one stage more")
        for name, (_, kind, *_) in VARIABLES.items():
            if kind == "f" and (bad := ~np.isfinite(record[name].to_numpy())).any():
                findings.append(f"{name}{first_place(record[name], bad)} is not a finite number")
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))
