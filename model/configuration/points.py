"""States of an experiment as points in the space of its parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from model.configuration.experiment import Experiment

CHI = ("cc_weights_factor", "cc_weights_I_factor")
FEWEST_CHI = 3
"""Strengths of the connections between areas from which on states make a scan."""

NOWHERE = ("connectivity.raw_dir", "reference.published_dir")
"""Where a file was found is no parameter."""


def sweep_points(experiment: Experiment) -> dict[str, Any]:
    """Plain values of what the states of a sweep differ in, as `analysis.sweep.points` reads them.

    Returns
    -------
    dict
        ``over``: dotted names of the swept parameters; ``states``: for each state its values of these, and of all others in which states
        differ.
    """
    flat = {name: _flat(state.model_dump(mode="json")) for name, state in experiment.states.items()}
    over = list(experiment.parameters.sweep)
    first = next(iter(flat.values()))
    differing = [name for name in first if name not in NOWHERE and any(values[name] != first[name] for values in flat.values())]
    shown = [*over, *(name for name in differing if name not in over)]
    return {"over": over, "states": {state: {name: values[name] for name in shown} for state, values in flat.items()}}


def states_over_chi(experiment: Experiment) -> list[str]:
    """Names of states whose networks differ in nothing but the strength chi of the connections between areas, by ascending chi.

    Of several such sets it is the largest; of states with the same chi the first; none where there are less than three strengths.
    """
    sets: dict[str, dict[float, str]] = {}
    for name, state in experiment.states.items():
        values = state.network_configuration()
        chi, _ = (values["connection_params"].pop(key) for key in CHI)
        sets.setdefault(json.dumps(values, sort_keys=True), {}).setdefault(chi, name)
    largest = max(sets.values(), key=len, default={})
    return [largest[chi] for chi in sorted(largest)] if len(largest) >= FEWEST_CHI else []


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{group}.{name}": value for group, inner in values.items() for name, value in inner.items()}
