"""Fluctuations of rates from window to window: how well the mean over a run is known, and so how far seeds and simulators may differ.

A slow network visits few independent states in a run, however many neurons it has. Two runs of length T have means that differ by about
root 2 times the standard error given here even if they follow the same law; what is to be told apart must differ by more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from analysis.dynamics.rate_series import after_start
from analysis.runs import RunKey, note_run, series_key
from analysis.tables import POOLED
from contracts.startup import START_MS
from procortex.formats.populations import LAYER_POPULATIONS, label_areas, label_layers
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError

Array = NDArray[np.float64]

MIN_WINDOWS = 4
"""Windows from which a spread and a correlation of neighbours say something."""

COLUMNS = (
    "state", "simulator", "seed", "area", "population", "window_ms", "windows", "rate", "low", "high", "sd_percent", "lag1", "sem_percent",
)  # fmt: skip
"""Columns of ``fluctuations.parquet``: `rate` is the mean (spikes/s), `low` and `high` the windows' extremes; see `Spread`."""


@dataclass(frozen=True)
class Spread:
    """How the values of successive windows spread.

    Attributes
    ----------
    rate, low, high
        Mean and extremes over the windows, in the unit of the values.
    sd_percent
        Standard deviation between windows (% of the mean).
    lag1
        Correlation of successive windows.
    sem_percent
        Standard error of the mean over all windows (% of the mean).
    """

    rate: float
    low: float
    high: float
    sd_percent: float
    lag1: float
    sem_percent: float


def spread_of(values: Array) -> Spread:
    """Describe successive windows, taking them for an autoregressive process of first order.

    Parameters
    ----------
    values
        Values of the windows in the order of time, shape (windows,), 0 or more.

    Returns
    -------
    Spread
        NaN in percent where all values are 0; no correlation (NaN) where all are equal.

    Notes
    -----
    The standard error of the mean of n values is their standard deviation over root n, times root((1 + r) / (1 - r)) for values whose
    correlation falls as r to the power of the distance. Windows that average a rate with an exponential correlation time differ
    from that: the factor is right for windows long against this time, and up to root 1.5 too large for short ones. A negative r is taken
    for 0, since it comes from few windows more often than from the network. From n windows r comes out too low by about (1 + 4 r) / n,
    and the standard error with it: for 10 windows and r = 0.5 it is 0.4 to 1.1 times the true one in two runs out of three.
    """
    mean, n = float(values.mean()), len(values)
    away = values - mean
    square = float(away @ away)
    lag1 = float(away[1:] @ away[:-1]) / square if square > 0 else np.nan
    sd_percent = 100 * np.sqrt(square / (n - 1)) / mean if mean > 0 else np.nan
    r = max(0.0, lag1) if square > 0 else 0.0
    sem_percent = sd_percent / np.sqrt(n) * np.sqrt((1 + r) / (1 - r))
    return Spread(mean, float(values.min()), float(values.max()), float(sd_percent), lag1, float(sem_percent))


def window_rates(series: xr.Dataset, window_ms: float, area: str | None = None) -> dict[str, Array]:
    """Rates of the layer populations in successive windows.

    Parameters
    ----------
    series
        Series file's content, without the start.
    window_ms
        Length of the windows (ms); what remains at the end is left out.
    area
        Whose populations; without it they are pooled over the areas, each neuron with the same weight.

    Returns
    -------
    dict
        Rates (spikes/s), shape (windows,), of each layer population that was recorded, in model order.

    Raises
    ------
    InputError
        If the area is not in the series, or the windows are no whole number of bins.
    """
    bin_ms = float(series.attrs["bin_ms"])
    bins = round(window_ms / bin_ms)
    if bins < 1 or not np.isclose(bins * bin_ms, window_ms, rtol=1e-9, atol=0.0):
        raise InputError(f"a window of {window_ms:g} ms is no whole number of bins; expected a multiple of {bin_ms:g} ms")
    labels = [str(label) for label in series["target"].to_numpy()]
    areas, layers = label_areas(labels), label_layers(labels)
    chosen = np.ones(len(labels), dtype=bool) if area is None else areas == area
    if not chosen.any():
        raise InputError(f"no area {area}; expected one of {', '.join(dict.fromkeys(areas.tolist()))}")
    counts, neurons = series["counts"].to_numpy(), series["neurons"].to_numpy()
    windows = counts.shape[1] // bins
    rates = {}
    for population in LAYER_POPULATIONS:
        mine = chosen & (layers == population)
        if mine.any():
            spikes = counts[mine, : windows * bins].sum(axis=0, dtype=np.int64).reshape(windows, bins).sum(axis=1)
            rates[population] = spikes / (neurons[mine].sum() * window_ms * 1e-3)
    return rates


def fluctuations(paths: Sequence[Path], window_ms: float, area: str | None = None) -> pd.DataFrame:
    """Describe the fluctuations of each layer population in some simulations, without their first 500 ms.

    Parameters
    ----------
    paths
        Series files, one of each simulation.
    window_ms
        Length of the windows (ms).
    area
        Whose populations; without it they are pooled over the areas.

    Returns
    -------
    pandas.DataFrame
        With `COLUMNS`.

    Raises
    ------
    InputError
        If a file is no series or of the same run as another, has fewer than 4 windows or not the area, or windows are no whole number of
        bins.
    """
    rows = []
    given: dict[RunKey, Path] = {}
    for path in paths:
        series = after_start(read_series(path))
        state, simulator, seed = key = series_key(series)
        note_run(key, path, given)
        try:
            rates = window_rates(series, window_ms, area)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
        windows = len(next(iter(rates.values())))
        if windows < MIN_WINDOWS:
            raise InputError(
                f"{path}: {windows} of at least {MIN_WINDOWS} windows of {window_ms:g} ms after the first {START_MS:g} ms; "
                f"simulate {START_MS + MIN_WINDOWS * window_ms:g} ms or more, or give a shorter --window"
            )
        run = {"state": state, "simulator": simulator, "seed": seed, "area": area or POOLED, "window_ms": window_ms, "windows": windows}
        rows += [{**run, "population": population, **vars(spread_of(values))} for population, values in rates.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def as_text(table: pd.DataFrame) -> str:
    """Write the table for people, a block for each simulation."""
    blocks = []
    for (state, simulator, seed), part in table.groupby(["state", "simulator", "seed"], sort=False):
        first = part.iloc[0]
        where = "all areas" if first["area"] == POOLED else first["area"]
        title = f"{state or 'unnamed'} state, {simulator}, seed {seed}, {where}: {first['windows']} windows of {first['window_ms']:g} ms"
        shown = pd.DataFrame(
            {
                "population": part["population"].str.replace("23", "2/3"),
                "spikes/s": part["rate"].map("{:.4g}".format),
                "lowest": part["low"].map("{:.4g}".format),
                "highest": part["high"].map("{:.4g}".format),
                "sd, %": part["sd_percent"].map("{:.3g}".format),
                "lag-1": part["lag1"].map("{:+.2f}".format),
                "error of the mean, %": part["sem_percent"].map("{:.3g}".format),
            }
        )
        blocks.append(f"{title}\n{shown.to_string(index=False)}")
    return "\n\n".join(blocks)
