"""When the stimuli of a network come and go, from what its file says of itself."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import xarray as xr

from analysis.stimuli import PAUSE_MS
from contracts.errors import InputError
from contracts.populations import AREAS, split_label

KINDS = ("dc_stimuli", "poisson_stimuli")


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


def presentations(network: xr.Dataset, where: str) -> Presentations:
    """Find the stimuli with an onset in the configuration that a network file carries.

    Raises
    ------
    InputError
        If the network has none, or was not built by this project.
    """
    try:
        configuration: Mapping[str, Any] = json.loads(str(network.attrs["configuration"]))
        given = [stimulus for kind in KINDS for stimulus in configuration["input_params"][kind]]
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{where}: says nothing of its stimuli; expected a network of `python -m model build`") from None
    timed = [stimulus for stimulus in given if stimulus["start"]]
    if not timed:
        raise InputError(f"{where}: has no stimulus with an onset; expected dc_stimuli or poisson_stimuli with a start after 0")
    found = together((float(each["start"]), math.inf if each["stop"] is None else float(each["stop"])) for each in timed)
    simulated = list(dict.fromkeys(split_label(str(label))[0] for label in network["target"].to_numpy()))
    reached = {area for each in timed for name in each["populations"] for area in _areas(str(name), simulated)}
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


def _areas(name: str, simulated: list[str]) -> list[str]:
    """Areas that a name among the populations of a stimulus means."""
    if name in AREAS:
        return [name]
    area, _ = split_label(name)
    return [area] if area else simulated
