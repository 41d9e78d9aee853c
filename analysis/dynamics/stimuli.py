"""Presentations: stimuli with an onset, those that overlap taken together, and which of them a series can show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from procortex.formats.populations import AREAS, split_label

PAUSE_MS = 20.0
"""Stimuli less than this apart are one presentation: there is no time between them to see the network by itself."""

LEAST_AFTER_MS = 50.0
"""Shortest time after an onset that shows a response."""

BEFORE_MS, AFTER_MS = 100.0, 300.0
"""Shown before an onset and after the end of a presentation, as far as series and other presentations leave room."""


@dataclass(frozen=True)
class Presentations:
    """Stimuli with an onset, those that overlap taken together.

    Attributes
    ----------
    onsets
        Time at which each presentation begins (ms), ascending.
    duration
        Of the longest presentation (ms), infinite if it never ends.
    gap
        Shortest time from the end of a presentation to the next onset (ms); infinite if there is only one.
    areas
        Areas that get something, in model order.
    """

    onsets: tuple[float, ...]
    duration: float
    gap: float
    areas: tuple[str, ...]

    def room(self, end: float) -> tuple[float, float]:
        """Time before and after an onset (ms) that is shown of a series that ends at `end` (ms)."""
        before = min(BEFORE_MS, self.gap, max(self.onsets))
        after = min(self.duration + min(AFTER_MS, self.gap), end - min(self.onsets))
        return before, after

    def shown_bins(self, bins: int, bin_ms: float) -> list[int]:
        """Bins of the onsets that a series shows: those with this room before and after them; none where the room is too small."""
        before, after = self.room(bins * bin_ms)
        if before < PAUSE_MS or after < LEAST_AFTER_MS:
            return []
        onsets = [round(onset / bin_ms) for onset in self.onsets]
        return [onset for onset in onsets if round(before / bin_ms) <= onset <= bins - round(after / bin_ms)]


def timed(stimuli: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Stimuli that begin after the simulation has begun, of those that a configuration gives."""
    return [stimulus for stimulus in stimuli if stimulus["start"]]


def presented(stimuli: Sequence[Mapping[str, Any]], simulated: Sequence[str]) -> Presentations:
    """Take stimuli with an onset, of which there has to be one, as presentations to the simulated areas that they reach."""
    found = together((float(each["start"]), math.inf if each["stop"] is None else float(each["stop"])) for each in stimuli)
    reached = {area for each in stimuli for name in each["populations"] for area in _areas(str(name), simulated)}
    return Presentations(
        onsets=tuple(start for start, _ in found),
        duration=max(stop - start for start, stop in found),
        gap=min((later - stop for (_, stop), (later, _) in pairwise(found)), default=math.inf),
        areas=tuple(area for area in AREAS if area in reached),
    )


def together(windows: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join windows (start, stop) that overlap or follow each other within the shortest pause."""
    joined: list[tuple[float, float]] = []
    for start, stop in sorted(windows):
        if joined and start < joined[-1][1] + PAUSE_MS:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined


def _areas(name: str, simulated: Sequence[str]) -> Sequence[str]:
    """Areas that a name among the populations of a stimulus means."""
    if name in AREAS:
        return [name]
    area, _ = split_label(name)
    return [area] if area else simulated
