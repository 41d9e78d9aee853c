"""The series file: spike counts of every population over time, small enough to keep for runs whose spikes are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from contracts.errors import InputError
from contracts.netcdf import Variable, first_place, layout_findings, read_dataset, write_dataset
from contracts.populations import label_areas

VARIABLES: Mapping[str, Variable] = {
    "counts": Variable(("target", "time"), "i", "1"),
    "neurons": Variable(("target",), "i", "1"),
    "subsample_counts": Variable(("area", "time"), "i", "1"),
    "subsample_neurons": Variable(("area",), "i", "1"),
}
"""Variables of the file; see `write_series`."""

SERIES_NAME = "series.nc"
"""Name of the file that a simulation leaves beside its spikes, if it is asked to."""

UNNAMED = ""
"""State of such a file: a simulator does not know what its network's state is called."""

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
        if (none := series["neurons"].to_numpy() == 0).any():
            findings.append(f"neurons{first_place(series['neurons'], none)} is 0; expected recorded populations only")
        if set(label_areas([str(label) for label in series["target"].to_numpy()])) != set(series["area"].to_numpy().astype(str)):
            findings.append("coordinate area does not name the areas of target")
        time, bin_ms = series["time"].to_numpy(), float(series.attrs["bin_ms"])
        if time.size == 0 or not np.allclose(time, np.arange(time.size) * bin_ms):
            findings.append(f"coordinate time does not run from 0 in bins of {bin_ms:g} ms")
    if findings:
        raise InputError("\n".join(f"{where}: {finding}" for finding in findings))
