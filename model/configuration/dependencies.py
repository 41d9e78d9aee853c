"""States that are built from the run of another state of their experiment: which, for what, and whether that can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from contracts.startup import START_MS
from model.configuration.experiment import Parameters
from model.configuration.fields import STATE_PREFIX, nearest
from model.configuration.groups import SimParams
from procortex.formats.populations import AREAS, population_labels

RATES_KEY = ("network_params", "fullscale_rates")
SOURCE_KEY = ("connection_params", "replace_cc_input_source")


class Use(NamedTuple):
    """What one state takes of another: the key that says so, the other state, rates or series, and of which areas."""

    key: tuple[str, str]
    state: str
    what: Literal["rates", "series"]
    areas: tuple[str, ...]


class Finding(NamedTuple):
    """Something wrong with a state, once all its values are valid: state, key, text."""

    state: str
    key: tuple[str, ...]
    text: str


def source_state(source: str | None) -> str | None:
    """Name of the state in ``state:NAME``; None if that is not what the source is."""
    return source.removeprefix(STATE_PREFIX).strip() if source and source.startswith(STATE_PREFIX) else None


def uses(parameters: Parameters) -> list[Use]:
    """List what a state takes of other states of its experiment."""
    found = []
    if parameters.is_scaled and (name := source_state(parameters.network_params.fullscale_rates)) is not None:
        found.append(Use(RATES_KEY, name, "rates", AREAS))
    key = RATES_KEY if parameters.connection_params.replace_cc_input_source == "fullscale_rates" else SOURCE_KEY
    if (name := source_state(parameters.source_rates)) is not None:
        if areas := parameters.replaced_areas("het_poisson_stat"):
            found.append(Use(key, name, "rates", areas))
        if areas := parameters.replaced_areas("het_current_nonstat"):
            found.append(Use(key, name, "series", areas))
    return found


def dependency_findings(states: Mapping[str, Parameters]) -> list[Finding]:
    """Name every dependency that cannot be: on a state that is not there, on itself, or on one that lacks what is needed."""
    findings: dict[Finding, None] = {}
    for name, parameters in states.items():
        for use in uses(parameters):
            for text in _use_findings(name, parameters, use, states):
                findings[Finding(name, use.key, text)] = None
    return list(findings)


def _use_findings(name: str, parameters: Parameters, use: Use, states: Mapping[str, Parameters]) -> list[str]:
    given = f"is {STATE_PREFIX}{use.state}"
    if use.state not in states:
        near = nearest(use.state, states)
        names = ", ".join(states)
        return [f"{given}, but there is no such state, {f'did you mean {near}?' if near else f'expected one of {names}'}"]
    if circle := _circle(name, use.state, states):
        return [f"{given}, but that state needs this one ({' <- '.join(circle)}); expected a state that does without"]
    source, texts = states[use.state].sim_params, []
    if missing := [area for area in use.areas if area not in source.areas_simulated]:
        texts.append(f"{given}, which does not simulate {' '.join(missing)}; expected a state with all areas that are needed")
    if not source.records_rates:
        texts.append(f"{given}, which records no neurons; expected recorded_neurons of at least 1 there, or recorded_counts: true")
    elif unrecorded := _unrecorded(source, use.areas):
        some = f"{' '.join(unrecorded[:3])}{f' and {len(unrecorded) - 3} more' if len(unrecorded) > 3 else ''}"
        texts.append(
            f"{given}, which does not record {some}; expected recorded_populations with all that are needed, or recorded_counts: true"
        )
    if use.what == "rates" and source.t_sim <= START_MS:
        texts.append(
            f"{given}, which lasts {source.t_sim:g} ms, but rates are those after {START_MS:g} ms; expected a longer t_sim of that state"
        )
    if use.what == "series" and source.t_sim < parameters.sim_params.t_sim:
        texts.append(
            f"{given}, whose series lasts {source.t_sim:g} ms, but t_sim is {parameters.sim_params.t_sim:g} ms; expected a source as long"
        )
    return texts


def _unrecorded(source: SimParams, areas: tuple[str, ...]) -> list[str]:
    """List the populations of some areas whose rates a state will not know, though it simulates them."""
    known = set(source.rate_labels)
    return [label for label in population_labels(area for area in areas if area in source.areas_simulated) if label not in known]


def _circle(name: str, start: str, states: Mapping[str, Parameters]) -> list[str]:
    """Find the states on a way from one back to itself through the state that it names; empty if there is none."""
    ways = [[name, start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == name:
            return way
        if way[-1] in states and way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, use.state] for use in uses(states[way[-1]])]
    return []
