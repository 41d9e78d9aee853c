"""Rates of areas around the onsets of a network's stimuli, averaged over presentations and simulations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import stats

from analysis.dynamics.rate_series import area_rates, smoothed
from analysis.dynamics.stimuli import LEAST_AFTER_MS, PAUSE_MS, Presentations, presented, timed
from procortex.formats.network import labels_of
from procortex.formats.populations import split_label
from procortex.utilities.errors import InputError

SMOOTHING_MS = 3.0
INDEPENDENT_MS = 2 * np.sqrt(np.pi) * SMOOTHING_MS
"""Smoothed noise has one independent value in this time: the width of a box whose mean has the same variance."""

CROSSINGS_MS = INDEPENDENT_MS / 5
"""Smoothed noise crosses a threshold of u standard deviations as often as independent values in this time lie beyond it (Rice 1944: a
time of INDEPENDENT_MS / u, with u about 5 for the thresholds here)."""

LEVEL = 0.05
"""Probability that any area of a figure is taken to respond although none does."""

KINDS = ("dc_stimuli", "poisson_stimuli")


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
        Standard deviation that `rate` has of itself (spikes/s), from that of single presentations before the onset, shape (areas, bins):
        larger at the ends of both parts, where the kernel reaches over fewer bins.
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
        return np.divide(self.rate - self.baseline[:, None], self.spread, out=np.zeros_like(self.rate), where=self.spread > 0)

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
    bins = min(one.sizes["time"] for one in series)
    end = bins * bin_ms
    before, after = shown.room(end)
    if before < PAUSE_MS or after < LEAST_AFTER_MS:
        raise InputError(
            f"stimulus-response: no stimulus (onsets at {', '.join(f'{onset:g}' for onset in shown.onsets)} ms) has {PAUSE_MS:g} ms before "
            f"and {LEAST_AFTER_MS:g} ms after it within the {end:g} ms of the series; expected a longer t_sim, or another start"
        )
    bins_before, bins_after, onsets = round(before / bin_ms), round(after / bin_ms), shown.shown_bins(bins, bin_ms)
    parts = []
    for one in series:
        rates = area_rates(one).to_numpy()
        for onset in onsets:
            # smoothed each by itself: nothing of the response may leak into the baseline
            part = (rates[:, onset - bins_before : onset], rates[:, onset : onset + bins_after])
            parts.append(np.hstack([smoothed(each, SMOOTHING_MS, bin_ms) for each in part]))
    if not parts:
        raise InputError(
            f"stimulus-response: no onset ({', '.join(f'{onset:g}' for onset in shown.onsets)} ms) has both {before:g} ms before and "
            f"{after:g} ms after it within the {end:g} ms of the series; expected a longer t_sim, or other starts"
        )
    single, rate = np.array(parts), np.mean(parts, axis=0)
    noise = np.hstack([_variance(bins_before, bin_ms), _variance(bins_after, bin_ms)])
    quiet = single[:, :, :bins_before]
    values = before / INDEPENDENT_MS  # in the baseline of one presentation, the mean of which takes one of them
    squares = (quiet - quiet.mean(axis=2, keepdims=True)) ** 2 / noise[:bins_before]
    variance = squares.mean(axis=(0, 2)) * values / (values - 1) / len(parts)
    comparisons = rate.shape[0] * max(1.0, after / CROSSINGS_MS)
    return Response(
        time=(np.arange(rate.shape[1]) + 0.5) * bin_ms - before,
        areas=tuple(str(area) for area in series[0]["area"].to_numpy()),
        rate=rate,
        baseline=rate[:, :bins_before].mean(axis=1),
        spread=np.sqrt(variance[:, None] * (noise + 1 / values)),
        threshold=float(stats.t.isf(LEVEL / 2 / comparisons, len(parts) * (values - 1))),
        presentations=len(parts),
    )


def _variance(bins: int, bin_ms: float) -> NDArray[np.float64]:
    """Variance of smoothed white noise in each of some bins, relative to that far from the ends."""
    variance = (smoothed(np.eye(bins), SMOOTHING_MS, bin_ms) ** 2).sum(axis=0)
    return np.asarray(variance * INDEPENDENT_MS / bin_ms)


def presentations(network: xr.Dataset, where: str) -> Presentations:
    """Find the stimuli with an onset in the configuration that a network file carries.

    Raises
    ------
    InputError
        If the network has none, or was not built by this project.
    """
    try:
        configuration: Mapping[str, Any] = json.loads(str(network.attrs["configuration"]))
        given = timed(stimulus for kind in KINDS for stimulus in configuration["input_params"][kind])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{where}: says nothing of its stimuli; expected a network of `python -m model build`") from None
    if not given:
        raise InputError(f"{where}: has no stimulus with an onset; expected dc_stimuli or poisson_stimuli with a start after 0")
    return presented(given, list(dict.fromkeys(split_label(label)[0] for label in labels_of(network))))
