"""Lags between areas: where the cross-correlation of two rates has its most prominent peak. Schmidt et al. (2018b), Fig. 7.

Mended against the original: the smoothing kernel is symmetric (its samples ran from -5 to 4 ms, which shifted every peak), the
correlation is not circular, and the wavelet of the peak finder has a middle.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks_cwt

from analysis.dynamics.rate_series import area_rates
from analysis.structure.areas import area_synapses
from procortex.utilities.progress import Progress

Array = NDArray[np.float64]

SMOOTHING_MS = 2.0
WIDTH_MS = 5
"""Width of the wavelet that finds peaks."""

LONGEST_MS = 100
"""Peaks count at lags shorter than this."""

MARGIN_MS = 100
"""The cross-correlation reaches so far beyond, for whole wavelets at the last candidates."""

COLUMNS = ("area", "reference", "lag_ms", "correlation")
"""Columns of the table of lags: how far (ms) the area's rate lags behind that of the reference, and their correlation at this lag."""


def lag_axis() -> NDArray[np.int64]:
    """Lags (ms) at which `cross_correlation` is known."""
    reach = LONGEST_MS + MARGIN_MS
    return np.arange(-reach, reach + 1)


def cross_correlation(later: Array, earlier: Array) -> Array:
    """Correlate two rates in bins of 1 ms; a peak at a positive lag says that the first follows the second.

    Parameters
    ----------
    later, earlier
        Rates, shape (n,); neither may be constant.

    Returns
    -------
    numpy.ndarray
        Correlation coefficient at the lags of `lag_axis`, smoothed with a Gaussian of 2 ms.
    """
    return _correlate(_spectrum(_standardised(later)), _spectrum(_standardised(earlier)), len(later))


def peak(correlation: Array) -> tuple[float, float]:
    """Find the lag (ms) and the value of the most prominent peak or trough of a cross-correlation; NaN if there is none.

    Candidates are the peaks that a wavelet of width 5 ms finds in the function and in its negative at lags below 100 ms; the one with the
    largest magnitude counts.
    """
    middle = len(correlation) // 2
    found = [find_peaks_cwt(sign * correlation, [WIDTH_MS], wavelet=_wavelet) for sign in (1.0, -1.0)]
    places = np.concatenate(found).astype(int)
    places = places[np.abs(places - middle) < LONGEST_MS]
    if places.size == 0:
        return np.nan, np.nan
    best = places[np.argmax(np.abs(correlation[places]))]
    return float(best - middle), float(correlation[best])


def lags(series: xr.Dataset, anatomy: xr.Dataset) -> pd.DataFrame:
    """Lags between all areas of a series.

    Areas that receive nothing from the others (MDP), or whose rate is constant, have none (NaN).

    Parameters
    ----------
    series
        Series file's content, without the start-up.
    anatomy
        Anatomy file's content.

    Returns
    -------
    pandas.DataFrame
        With `COLUMNS`; antisymmetric in area and reference.
    """
    rates = area_rates(series)
    names = [str(area) for area in rates["area"].to_numpy()]
    usable = np.flatnonzero(receiving(anatomy, names) & (np.ptp(rates.to_numpy(), axis=1) > 0))
    spectra = {int(place): _spectrum(_standardised(rates.to_numpy()[place])) for place in usable}
    lag, value = np.full((2, len(names), len(names)), np.nan)
    with Progress("lags", len(usable) * (len(usable) - 1) // 2, "pairs") as progress:
        for row, later in enumerate(usable):
            lag[later, later], value[later, later] = 0.0, 1.0
            for earlier in usable[:row]:
                best, height = peak(_correlate(spectra[int(later)], spectra[int(earlier)], rates.sizes["time"]))
                lag[later, earlier], lag[earlier, later] = best, 0.0 - best
                value[later, earlier] = value[earlier, later] = height
            progress.update(row)
    pairs = ((area, reference, lag[i, j], value[i, j]) for i, area in enumerate(names) for j, reference in enumerate(names))
    return pd.DataFrame(pairs, columns=list(COLUMNS))


def receiving(anatomy: xr.Dataset, areas: list[str]) -> NDArray[np.bool_]:
    """Whether each of some areas has synapses from another of them."""
    synapses = area_synapses(anatomy).sel(target_area=areas, source_area=areas).to_numpy()
    np.fill_diagonal(synapses, 0.0)
    return np.asarray(synapses.sum(axis=1) > 0)


def lag_matrix(table: pd.DataFrame) -> pd.DataFrame:
    """Lags (ms) as a matrix, areas x references, in the table's order of areas."""
    names = list(dict.fromkeys(table["area"]))
    return table.pivot_table(index="area", columns="reference", values="lag_ms", dropna=False).loc[names, names]


def _standardised(rates: Array) -> Array:
    return np.asarray((rates - rates.mean()) / rates.std())


def _spectrum(values: Array) -> NDArray[np.complex128]:
    return np.asarray(rfft(values, next_fast_len(len(values) + _reach() + 1, real=True)))


def _reach() -> int:
    """Lags that are computed: those of `lag_axis` and the smoothing's reach beyond."""
    return LONGEST_MS + MARGIN_MS + int(6 * SMOOTHING_MS)


def _correlate(later: NDArray[np.complex128], earlier: NDArray[np.complex128], samples: int) -> Array:
    reach = _reach()
    both = irfft(later * earlier.conj(), next_fast_len(samples + reach + 1, real=True)) / samples
    around = np.concatenate([both[-reach:], both[: reach + 1]])
    extra = reach - LONGEST_MS - MARGIN_MS
    return np.asarray(gaussian_filter1d(around, SMOOTHING_MS)[extra:-extra])


def _wavelet(points: float, width: float) -> Array:
    """Negative second derivative of a Gaussian on an odd number of points: scipy's even one finds no peak in a symmetric function."""
    x = np.arange(-(int(points) // 2), int(points) // 2 + 1) / width
    return np.asarray(2 / (np.sqrt(3 * width) * np.pi**0.25) * (1 - x**2) * np.exp(-(x**2) / 2))
