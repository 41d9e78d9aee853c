"""Power spectrum of a rate, as of recordings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procortex.utilities.errors import InputError

SEGMENT, OVERLAP = 1024, 1000
"""Samples of a segment, and of the overlap of neighbours; Schmidt et al. (2018b), Fig. 6."""


def power_spectrum(rate: NDArray[np.float64], bin_ms: float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Welch's estimate of the power spectral density of a rate: Hann windows, the mean of each segment taken off.

    Parameters
    ----------
    rate
        Rate in bins (spikes/s), shape (bins,).
    bin_ms
        Width of the bins (ms).

    Returns
    -------
    tuple
        Frequencies (Hz), shape (513,), and density (spikes^2/s^2/Hz), one-sided.

    Raises
    ------
    InputError
        If the rate is shorter than a segment.
    """
    if len(rate) < SEGMENT:
        raise InputError(f"a power spectrum needs {SEGMENT} bins of {bin_ms:g} ms, there are {len(rate)}; simulate longer (t_sim)")
    from scipy.signal import welch

    frequency, density = welch(
        rate, fs=1000.0 / bin_ms, window="hann", nperseg=SEGMENT, noverlap=OVERLAP, detrend="constant", scaling="density"
    )
    return np.asarray(frequency), np.asarray(density)
