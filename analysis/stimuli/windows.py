"""When the stimuli of a network come and go, from what its file says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import xarray as xr

from analysis.stimuli.presentations import Presentations, presented, timed
from procortex.formats.network import labels_of
from procortex.formats.populations import split_label
from procortex.utilities.errors import InputError

KINDS = ("dc_stimuli", "poisson_stimuli")


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
