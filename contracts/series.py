"""The series file: spike counts of every population over time, small enough to keep for runs whose spikes are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import xarray as xr

from contracts.errors import InputError
from contracts.netcdf import Variable, first_place, layout_findings, read_dataset, write_dataset

VARIABLES: Mapping[str, Variable] = {
    "counts": Variable(("target", "time"), "i", "1"),
    "neurons": Variable(("target",), "i", "1"),
    "subsample_counts": Variable(("area", "time"), "i", "1"),
    "subsample_neurons": Variable(("area",), "i", "1"),
}
"""Variables of the file; see `write_series`."""

ATTRIBUTES: tuple[str, ...] = ("state", "simulator", "seed", "bin_ms", "t_sim")


def write_series(series: xr.Dataset, path: Path) -> None:
    """Check a series file's content and write it; the file appears when it is whole.

    `target` runs over the recorded populations, `time` (ms) over the left edges of the bins, from 0 on. `counts` are the spikes of the
    `neurons` recorded neurons of each population; `subsample_counts` those of a small sample of each area, as large and as
    composed as a recording with an electrode array: `analysis.dynamics.series` says how it is drawn.

    Raises
    ------
    InputError
        If the content breaks the contract.
    """
    check_series(series, "series")
    write_dataset(series, path, VARIABLES)


def read_series(path: Path) -> xr.Dataset:
    """Read a series file into memory and check it.

    Raises
    ------
    InputError
        If the file is missing, no series file, or breaks the contract.
    """
    return read_dataset(path, "series file", "python -m analysis series SPIKES --state NAME", check_series)


def check_series(series: xr.Dataset, where: str) -> None:
    """Check that a data set is a series file; name everything that is wrong.

    Raises
    ------
    InputError
        With one line for each finding.
    """
    findings = layout_findings(series, VARIABLES, ATTRIBUTES)
    findings += [f"coordinate {name} is missing" for name in ("target", "area", "time") if name not in series.coords]
    if not findings:
        for name in VARIABLES:
            if (bad := series[name].to_numpy() < 0).any():
                findings.append(f"{name}{first_place(series[name], bad)} is negative; expected 0 or more")
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))
