"""Configuration files and command-line values to a valid experiment; everything that is wrong is said at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml
from pydantic import ValidationError

from contracts.errors import InputError
from model.configuration.dependencies import dependency_findings
from model.configuration.experiment import IMPLIED_STATE, NAME_PATTERN, Experiment, ExperimentParameters, Parameters
from model.configuration.keys import EXPERIMENT_KEYS, Setting, Settings, place_keys
from model.configuration.messages import explain

COMMAND_LINE = "command line"


@dataclass
class _Overlay:
    """Settings of the files so far: shared by all states, and by state."""

    shared: Settings = field(default_factory=dict)
    states: dict[str, Settings] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def add(self, given: Mapping[Any, Any], origin: str, *, keep_states: bool) -> None:
        """Lay settings over the ones so far; a file that names states replaces all states before it."""
        settings = place_keys(given, origin, "", self.findings)
        states = settings.pop(("states",), Setting(None, origin)).value
        self.shared.update(settings)
        if states is None:
            return
        if not isinstance(states, Mapping):
            self.findings.append(f"{origin}: states: is {states!r}, expected a mapping from names to parameters")
            return
        if not keep_states:
            self.states.clear()
        for name, parameters in _by_state(states).items():
            if not re.fullmatch(NAME_PATTERN, name):
                self.findings.append(f"{origin}: states.{name}: is no name for a folder, expected letters, digits, _ - .")
            if parameters is not None and not isinstance(parameters, Mapping):
                self.findings.append(f"{origin}: states.{name}: is {parameters!r}, expected a mapping from keys to values")
                continue
            self.states.setdefault(name, {}).update(place_keys(parameters or {}, origin, f"states.{name}.", self.findings))


def load_experiment(files: Sequence[FilePath], overrides: Mapping[str, Any] | None = None) -> Experiment:
    """Read configuration files, each an overlay over the ones before it and over the defaults.

    Parameters
    ----------
    files
        YAML files. One that names ``states`` replaces the states of the files before it.
    overrides
        Values that go over all files. Keys may be dotted (``states.ground.t_sim``); text values are read as YAML.

    Raises
    ------
    InputError
        With one line for each thing that is wrong: where it was written, key, what is wrong, what would be right.
    """
    overlay = _Overlay()
    for path in files:
        overlay.add(_read_yaml(path), str(path), keep_states=False)
    given = {name: _parse(name, value) for name, value in (overrides or {}).items()}
    overlay.add(given, COMMAND_LINE, keep_states="states" not in given)
    return _validate(overlay)


def resolve_parameters(given: Mapping[str, Any]) -> Parameters:
    """All parameters of one state from keys laid over the defaults, as `load_experiment` takes them.

    Raises
    ------
    InputError
        With one line for each thing that is wrong.
    """
    return load_experiment([], given).state()


def _validate(overlay: _Overlay) -> Experiment:
    findings = overlay.findings + _without_effect(overlay) + _reference_findings(overlay)
    experiment, states = None, {}
    named = {name: _nest(settings) for name, settings in overlay.states.items()}
    try:
        experiment = ExperimentParameters.model_validate({**_nest(overlay.shared), "states": named})
    except ValidationError as error:
        findings += explain(error, overlay.shared, "", ())
    parameters = {path: setting for path, setting in overlay.shared.items() if path[0] not in EXPERIMENT_KEYS}
    for name, own in (overlay.states or {IMPLIED_STATE: {}}).items():
        try:
            states[name] = Parameters.model_validate(_nest({**parameters, **own}))
        except ValidationError as error:
            lines = explain(error, {**parameters, **own}, f"states.{name}.", own)
            findings += [line for line in lines if line not in findings]
    if overlay.states and len(states) == len(overlay.states):  # what one state needs of another is known where all are valid
        findings += _dependency_lines(overlay, states)
    if findings or experiment is None:
        raise InputError("\n".join(findings))
    return Experiment(experiment, states)


def _dependency_lines(overlay: _Overlay, states: Mapping[str, Parameters]) -> list[str]:
    """Name dependencies between states that cannot be, with the place where they were written."""
    lines = []
    for state, key, text in dependency_findings(states):
        own = overlay.states[state].get(key)
        setting = own or overlay.shared.get(key)
        origin = f"{setting.origin}: " if setting else ""
        lines.append(f"{origin}states.{state}.{'.'.join(key)}: {text}")
    return lines


def _without_effect(overlay: _Overlay) -> list[str]:
    """Name values of the command line that no state would see, because each has its own."""
    findings = []
    for path, setting in overlay.shared.items():
        own = [name for name, settings in overlay.states.items() if path in settings]
        if setting.origin == COMMAND_LINE and own and len(own) == len(overlay.states):
            key = ".".join(path)
            findings.append(f"{COMMAND_LINE}: {key}: every state has its own ({', '.join(own)}), write states.{own[0]}.{key}")
    return findings


def _reference_findings(overlay: _Overlay) -> list[str]:
    """Spikes to compare with belong to a state: one path serves one state, and a mapping names states."""
    key = ("reference", "spikes")
    findings = []
    names = list(overlay.states) or [IMPLIED_STATE]
    shared = overlay.shared.get(key)
    sharing = [name for name in names if key not in overlay.states.get(name, {})]
    if shared and isinstance(shared.value, str) and len(sharing) > 1:
        given = ", ".join(f"{name}: PATH" for name in sharing)
        findings.append(f"{shared.origin}: reference.spikes: is one path for several states, expected {{{given}}}")
    given_settings = [settings[key] for settings in (overlay.shared, *overlay.states.values()) if key in settings]
    for setting in given_settings:
        for name in setting.value if isinstance(setting.value, Mapping) else ():
            if str(name) not in names:
                findings.append(f"{setting.origin}: reference.spikes: there is no state {str(name)!r}, expected some of {', '.join(names)}")
    return findings


def _nest(settings: Settings) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, setting in settings.items():
        group = nested.setdefault(path[0], {}) if len(path) > 1 else nested
        group[path[-1]] = setting.value
    return nested


def _by_state(states: Mapping[Any, Any]) -> dict[str, Any]:
    """Parameters by state; a dotted name (``ground.t_sim``) gives one parameter of a state."""
    result: dict[str, Any] = {}
    for dotted, value in states.items():
        name, _, key = str(dotted).partition(".")
        result[name] = {**(result.get(name) or {}), key: value} if key else value
    return result


def _parse(name: str, value: Any) -> Any:
    """Read what stands as text on the command line; within mappings and lists Snakemake leaves values as text."""
    if isinstance(value, Mapping):
        return {key: _parse(f"{name}.{key}", inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_parse(name, inner) for inner in value]
    if not isinstance(value, str):
        return value
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        raise InputError(f"{COMMAND_LINE}: {name}: {value!r} is not valid YAML; quote texts with special characters") from None


def _read_yaml(path: FilePath) -> Mapping[Any, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such configuration file; config/ holds examples") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not valid YAML ({' '.join(str(error).split())})") from None
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise InputError(f"{path}: expected a mapping from keys to values, found {type(content).__name__}")
    return content
