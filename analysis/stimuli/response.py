"""Rates of areas around the onsets of stimuli, averaged over presentations and simulations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import stats

from analysis.dynamics.rate_series import area_rates, smoothed
from analysis.stimuli import LEAST_AFTER_MS, PAUSE_MS
from analysis.stimuli.windows import Presentations
from contracts.errors import InputError

BEFORE_MS, AFTER_MS = 100.0, 300.0
"""Shown before an onset and after the end of a presentation, as far as series and other presentations leave room."""

SMOOTHING_MS = 3.0
INDEPENDENT_MS = 2 * np.sqrt(np.pi) * SMOOTHING_MS
"""Smoothed noise has one independent value in this time: the width of a box whose mean has the same variance."""

LEVEL = 0.05
"""Probability that any area of a figure is taken to respond although none does."""


@dataclass(frozen=True)
class Response:
    """Rates around onsets.

    Attributes
    ----------
    time
        Middle of the bins relative to the onset (ms), shape (bins,).
    areas
        Names, in the order of the rows.
    rate
        Mean over presentations and simulations (spikes/s), smoothed, shape (areas, bins).
    baseline
        Mean rate before the onset (spikes/s), shape (areas,).
    spread
        Standard deviation of `rate` before the onset (spikes/s), from the spread of single presentations, shape (areas,).
    threshold
        Change in units of `spread` from which on it is a response, at the family-wise level `LEVEL`.
    presentations
        How many were averaged.
    """

    time: NDArray[np.float64]
    areas: tuple[str, ...]
    rate: NDArray[np.float64]
    baseline: NDArray[np.float64]
    spread: NDArray[np.float64]
    threshold: float
    presentations: int

    @property
    def change(self) -> NDArray[np.float64]:
        """Rate relative to the baseline in units of its spread, shape (areas, bins); 0 where the area is silent before the onset."""
        spread = self.spread[:, None]
        return np.divide(self.rate - self.baseline[:, None], spread, out=np.zeros_like(self.rate), where=spread > 0)

    @property
    def latency(self) -> NDArray[np.float64]:
        """Time from the onset to the first change beyond the threshold (ms), NaN where there is none, shape (areas,)."""
        beyond = (np.abs(self.change) > self.threshold) & (self.time > 0)
        return np.where(beyond.any(axis=1), self.time[np.argmax(beyond, axis=1)], np.nan)


def response(series: Sequence[xr.Dataset], shown: Presentations) -> Response:
    """Average the rates of all areas around the onsets.

    Parameters
    ----------
    series
        Of simulations of one network with different seeds.
    shown
        The stimuli; those too close to an end of the series are left out.

    Raises
    ------
    InputError
        If there is none within the series with time before and after it.
    """
    bin_ms = float(series[0].attrs["bin_ms"])
    end = min(one.sizes["time"] for one in series) * bin_ms
    before = min(BEFORE_MS, shown.gap, max(shown.onsets))
    after = min(shown.duration + min(AFTER_MS, shown.gap), end - min(shown.onsets))
    if before < PAUSE_MS or after < LEAST_AFTER_MS:
        raise InputError(
            f"stimulus-response: no stimulus (onsets at {', '.join(f'{onset:g}' for onset in shown.onsets)} ms) has {PAUSE_MS:g} ms before "
            f"and {LEAST_AFTER_MS:g} ms after it within the {end:g} ms of the series; expected a longer t_sim, or another start"
        )
    bins_before, bins_after = round(before / bin_ms), round(after / bin_ms)
    parts = []
    for one in series:
        rates = area_rates(one).to_numpy()
        for onset in (round(onset / bin_ms) for onset in shown.onsets):
            if bins_before <= onset <= rates.shape[1] - bins_after:
                # smoothed each by itself: nothing of the response may leak into the baseline
                part = (rates[:, onset - bins_before : onset], rates[:, onset : onset + bins_after])
                parts.append(np.hstack([smoothed(each, SMOOTHING_MS, bin_ms) for each in part]))
    single, rate = np.array(parts), np.mean(parts, axis=0)
    quiet = single[:, :, :bins_before]
    variance = ((quiet - quiet.mean(axis=2, keepdims=True)) ** 2).mean(axis=(0, 2))
    values = before / INDEPENDENT_MS
    freedom = max(1.0, len(parts) * (values - 1))
    comparisons = rate.shape[0] * max(1.0, after / INDEPENDENT_MS)
    return Response(
        time=(np.arange(rate.shape[1]) + 0.5) * bin_ms - before,
        areas=tuple(str(area) for area in series[0]["area"].to_numpy()),
        rate=rate,
        baseline=rate[:, :bins_before].mean(axis=1),
        spread=np.sqrt(variance * values / max(values - 1, 0.5) / len(parts)),
        threshold=float(stats.t.isf(LEVEL / 2 / comparisons, freedom)),
        presentations=len(parts),
    )
