"""Currents over time: in place of populations whose rates are known, and of stimuli."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.sparse import csr_array

from model.network.circuit import Matrix
from model.network.stimuli import Pulse
from procortex.constants import BIN_MS
from procortex.formats.network import ALWAYS, NEVER_ENDS


def filtered(rate: Matrix, tau_syn: float, width: float = BIN_MS) -> Matrix:
    r"""Filter rates by :math:`e^{-t/\tau_s}`, causally.

    The rates are steps; the result is the mean over each bin of what comes out, computed exactly, so that a constant rate :math:`\nu`
    gives :math:`\tau_s \nu`, the mean current of Poisson spikes of that rate. The original samples the kernel at whole ms instead, which
    at 0.5 ms makes the currents 2.31 times as large as those of the spikes that they stand for, and shifts the series by 10 ms.

    Parameters
    ----------
    rate
        Rates in bins (spikes/s), shape (m, bins).
    tau_syn, width
        Time constant and width of the bins (ms).
    """
    decay = np.exp(-width / tau_syn)
    share = tau_syn / width * (1 - decay)  # of what the current is at the beginning of a bin, its mean over the bin
    at_start = lfilter([0.0, tau_syn * (1 - decay)], [1.0, -decay], rate, axis=1)
    result: Matrix = share * at_start + tau_syn * (1 - share) * rate
    return result


def replacing_current(charge: Matrix, delay: Matrix, output: Matrix) -> Matrix:
    r"""Compute the current that replaced populations send.

    Target i receives :math:`10^{-3} \sum_j K_{ij} W_{ij} c_j(t - d_{ij})` (pA), with the synaptic output c
    (`filtered` rates). Delays are rounded to whole ms, the grid of the series, half up. Until its delay has passed a source
    sends nothing, as in a simulation that starts with it.

    Parameters
    ----------
    charge
        In-degree times weight (pA), shape (n, m), [target, source], 0 where a pair is not replaced.
    delay
        Delays (ms), shape (n, m).
    output
        Synaptic output of the sources (ms spikes/s) in bins of 1 ms, shape (m, bins).

    Returns
    -------
    numpy.ndarray
        Current (pA) in these bins, shape (n, bins).
    """
    current = np.zeros((len(charge), output.shape[1]))
    lags = np.floor(delay + 0.5).astype(np.int64)
    for lag in np.unique(lags[charge != 0]):
        sent = output[:, : max(output.shape[1] - lag, 0)]
        current[:, lag:] += csr_array(np.where(lags == lag, charge, 0.0)) @ sent
    return 1e-3 * current


def segments(bins: Matrix, steps_per_bin: int, pulses: Iterable[Pulse]) -> tuple[NDArray[np.int64], Matrix]:
    """Put currents together as segments, each from its start to that of the next one.

    Parameters
    ----------
    bins
        Currents (pA) of n populations in bins from the start of the simulation on, shape (n, bins); there may be no bin.
    steps_per_bin
        Width of a bin in steps.
    pulses
        Currents of stimuli.

    Returns
    -------
    tuple
        First step of each segment, and currents (pA) of shape (n, segments); a single segment of zeros if there is no current. What
        comes after the last bin is without the bins' currents.
    """
    pulses = [pulse for pulse in pulses if pulse.current.any()]
    count = bins.shape[1]
    edges = 1 + steps_per_bin * np.arange(count + 1) if count else np.array([], dtype=np.int64)
    bounds = [step for pulse in pulses for step in (pulse.window.start, pulse.window.stop) if step < NEVER_ENDS]
    starts = np.unique(np.concatenate([[ALWAYS], edges, bounds]).astype(np.int64))
    if count:
        starts = starts[starts > ALWAYS]  # the first bin begins with the first step
    current = np.zeros((len(bins), len(starts)))
    place = np.searchsorted(edges, starts, side="right") - 1
    inside = (place >= 0) & (place < count)
    current[:, inside] += bins[:, place[inside]]
    for pulse in pulses:
        current += np.outer(pulse.current, (pulse.window.start <= starts) & (starts < pulse.window.stop))
    return starts, current


def stationary_current(pulses: Sequence[Pulse], n: int) -> NDArray[np.float64]:
    """Sum of the currents that are always there (pA), shape (n,)."""
    total = np.zeros(n)
    for pulse in pulses:
        if pulse.window.is_stationary:
            total += pulse.current
    return total
