"""Which stretch of a run is analysed, and whether it is long enough."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from analysis.dynamics.rate_series import after_start
from contracts.startup import START_MS
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError


def long_series(path: Path, shortest_ms: float, what: str) -> xr.Dataset:
    """Read a series without the start of the simulation, and refuse it where the rest is too short.

    Parameters
    ----------
    path
        Series file.
    shortest_ms, what
        How much (ms) is needed by what, for the message.

    Raises
    ------
    InputError
        If the file is none, or too short.
    """
    series = after_start(read_series(path))
    window = series.sizes["time"] * float(series.attrs["bin_ms"])
    if window < shortest_ms:
        raise InputError(
            f"{path}: {window / 1e3:g} s of rates after the first {START_MS:g} ms; {what} "
            f"needs {shortest_ms / 1e3:g} s, simulate {shortest_ms + START_MS:g} ms or more"
        )
    return series
