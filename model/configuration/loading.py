"""Configuration files and command-line values to a valid experiment; everything that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from contracts.documents import parse_yaml
from model.configuration.advice import in_one_state, in_whole_states
from model.configuration.arguments import COMMAND_LINE, read_configuration
from model.configuration.dependencies import dependency_findings
from model.configuration.experiment import IMPLIED_STATE, MOST_STATES, Experiment, ExperimentParameters, Parameters
from model.configuration.fields import cut, nearest, shown
from model.configuration.keys import EXPERIMENT_KEYS, Path, Setting, Settings, place_keys
from model.configuration.messages import explain
from model.configuration.names import state_findings
from model.configuration.states import DURATION, EXPECTED, Base, as_mapping, base_settings, by_state, giving_way, library, repeated
from model.configuration.sweep import Sweep, expanded, read_sweep
from model.configuration.timing import late_findings
from procortex.utilities.errors import InputError


@dataclass
class _Overlay:
    """Settings of the files so far: shared by all states, by state, the states of the library behind these, and the sweep."""

    shared: Settings = field(default_factory=dict)
    states: dict[str, Settings] = field(default_factory=dict)
    bases: dict[str, Base] = field(default_factory=dict)
    sweep: Sweep = field(default_factory=Sweep)
    findings: list[str] = field(default_factory=list)

    def add(self, given: Mapping[Any, Any], origin: str, *, keep_states: bool) -> None:
        """Lay settings over the ones so far; a file that names states replaces all states before it."""
        written = given.get("states")
        listed, whole = isinstance(written, str | list | tuple), as_mapping(written)
        self.findings += [f"{origin}: states: {name!r} stands {count} times, expected once" for name, count in repeated(written).items()]
        settings = place_keys({**given, "states": whole} if "states" in given else given, origin, "", self.findings)
        states = settings.pop(("states",), Setting(None, origin)).value
        if isinstance(states, Mapping) and len(states) > MOST_STATES:
            self.findings.append(f"{origin}: states: are {len(states):,}, expected at most {MOST_STATES:,}")
            return
        if ("sweep",) in settings:
            self.sweep = read_sweep(settings.pop(("sweep",)).value, origin, self.findings)
        self.shared.update(settings)
        if states is None:
            return
        if not isinstance(states, Mapping):
            self.findings.append(f"{origin}: states: is {shown(states)}, expected {EXPECTED}")
            return
        if not keep_states:
            self.states.clear()
            self.bases.clear()
        known = {*self.states, *(map(str, whole) if isinstance(whole, Mapping) else ())}
        twice: list[str] = []
        of_states = by_state(states, {*self.states, *library()}, twice)
        self.findings += [f"{origin}: states.{key}: is given twice, in a group and with dots; expected once" for key in twice]
        for name, parameters in of_states.items():
            if origin == COMMAND_LINE and name not in known and not (isinstance(parameters, Mapping) and "base" in parameters):
                self.findings.append(f"{origin}: states.{name}: {self._no_state(name)}")
                continue
            self._add_state(name, parameters, origin, f"{origin}: states" + f".{name}.base" * (not listed))

    def _no_state(self, name: str) -> str:
        """Say what is wrong with a part of a state that is not there: it would make a new state, of defaults but for that part."""
        near, names = nearest(name, self.states), ", ".join(self.states)
        if not names:
            return f"there is no such state, as the experiment names none; expected the key alone, or states={{{name}: ...}}"
        return f"there is no such state, {f'did you mean {near}?' if near else f'expected one of {names}'}"

    def _add_state(self, name: str, parameters: Any, origin: str, base_at: str) -> None:
        self.findings += [f"{origin}: states.{cut(name)}: {text}" for text in state_findings(name)]
        if parameters is not None and not isinstance(parameters, Mapping):
            self.findings.append(f"{origin}: states.{name}: is {shown(parameters)}, expected a mapping from keys to values")
            return
        own = dict(parameters or {})
        base = own.pop("base", None)
        if base is not None:
            self.bases[name] = Base(str(base), base_at)
        self.states.setdefault(name, {}).update(place_keys(own, origin, f"states.{name}.", self.findings, beside=("base",)))


@dataclass(frozen=True)
class _Layers:
    """Settings of one state: under what all states share, and over it."""

    below: Settings
    above: Settings
    own: frozenset[Path]
    """What the state's own entry gives, of `above`."""
    swept: str
    """The state of which this is a point of the sweep; empty if it is none."""


def load_experiment(files: Sequence[FilePath], overrides: Mapping[str, Any] | None = None, *, dots: bool = True) -> Experiment:
    """Read configuration files, each an overlay over the ones before it and over the defaults.

    Parameters
    ----------
    files
        YAML files. One that names ``states`` replaces the states of the files before it.
    overrides
        Values of the command line, which go over all files. Keys may be dotted (``states.ground.t_sim``); text values are read as YAML.
    dots
        Whether the user could write dotted keys, for advice: Snakemake's ``--config`` takes none.

    Raises
    ------
    InputError
        With one line for each thing that is wrong: where it was written, key, what is wrong, what would be right.
    """
    overlay = _Overlay()
    for path in files:
        overlay.add(read_configuration(path), str(path), keep_states=False)
    given = {name: _parse(name, value) for name, value in (overrides or {}).items()}
    overlay.add(given, COMMAND_LINE, keep_states="states" not in given)
    return _validate(overlay, dots=dots)


def resolve_parameters(given: Mapping[str, Any]) -> Parameters:
    """All parameters of one state from keys laid over the defaults, as `load_experiment` takes them.

    Raises
    ------
    InputError
        With one line for each thing that is wrong.
    """
    return load_experiment([], given).state()


def _validate(overlay: _Overlay, *, dots: bool) -> Experiment:
    findings = overlay.findings
    layers = _layers(overlay)
    findings += _without_effect(overlay, layers, dots=dots) + _reference_findings(overlay, layers)
    experiment, states = None, {}
    named = {name: _nest(layer.above) for name, layer in layers.items()} if overlay.states else {}
    try:
        experiment = ExperimentParameters.model_validate({**_nest(overlay.shared), "states": named, "sweep": overlay.sweep.names})
    except ValidationError as error:
        findings += explain(error, overlay.shared, "", ())
    parameters = {path: setting for path, setting in overlay.shared.items() if path[0] not in EXPERIMENT_KEYS}
    for name, layer in layers.items():
        settings = {**layer.below, **parameters, **layer.above}
        try:
            states[name] = Parameters.model_validate(_nest(settings))
        except ValidationError as error:
            lines = explain(error, settings, f"states.{name}.", layer.own)
            findings += [line for line in lines if line not in findings]
    if experiment is not None:
        findings += _seed_findings(overlay, layers, experiment)
    if len(states) == len(layers):  # known where all are valid: what one state needs of another, and what comes too late
        findings += [*_state_lines(overlay, layers, states), *_equal_points(overlay, layers, states)]
    if findings or experiment is None:
        raise InputError("\n".join(findings))
    return Experiment(experiment, states)


def _layers(overlay: _Overlay) -> dict[str, _Layers]:
    """Lay the library below each state's own settings, and the sweep over them; a swept state gives way to its points."""
    below, above = {}, {}
    for name, own in (overlay.states or {IMPLIED_STATE: {}}).items():
        base = base_settings(overlay.bases[name], overlay.findings) if name in overlay.bases else {}
        below[name], strong = giving_way(base, overlay.shared)
        above[name] = {**strong, **own}
    implied = "" if overlay.states else IMPLIED_STATE
    points = expanded(overlay.sweep, above, implied, overlay.findings)
    return {
        name: _Layers(below[state], settings, own, state if is_point else "")
        for name, (state, settings) in points.items()
        for is_point in [name != state]
        for own in [frozenset(path for path in overlay.states.get(state, {}) if not (is_point and path in overlay.sweep.paths))]
    }


def _state_lines(overlay: _Overlay, layers: Mapping[str, _Layers], states: Mapping[str, Parameters]) -> list[str]:
    """Name dependencies between states that cannot be and stimuli that come too late, with the place where they were written.

    Without named states these may be the parameters of one network alone, which know no other state and no duration.
    """
    found = dependency_findings(states) if overlay.states else []
    if overlay.states or DURATION in overlay.shared:
        found += late_findings(states)
    lines = []
    for state, key, text in found:
        place = tuple(part.partition("[")[0] for part in key[:2])
        setting = layers[state].above.get(place) or overlay.shared.get(place)
        origin, before = f"{setting.origin}: " if setting else "", f"states.{state}." if overlay.states else ""
        lines.append(f"{origin}{before}{'.'.join(key)}: {text}")
    return lines


def _without_effect(overlay: _Overlay, layers: Mapping[str, _Layers], *, dots: bool) -> list[str]:
    """Name values of the command line that no state would see, because each has its own."""
    findings = []
    for path, setting in overlay.shared.items():
        own = [name for name, layer in layers.items() if path in layer.above]
        if setting.origin == COMMAND_LINE and own and len(own) == len(layers):
            remedy = "it is swept" if path in overlay.sweep.paths else f"write {_remedy(overlay, path, setting, dots=dots)}"
            findings.append(f"{COMMAND_LINE}: {'.'.join(path)}: every state has its own ({', '.join(own)}), {remedy}")
    return findings


def _seed_findings(overlay: _Overlay, layers: Mapping[str, _Layers], experiment: ExperimentParameters) -> list[str]:
    """Name seeds that nothing is simulated with: the seeds of an experiment are those of all its states."""
    path, seeds = ("sim_params", "rng_seed"), experiment.seeds or (experiment.sim_params.rng_seed,)
    given = {"": overlay.shared} | {f"states.{name}.": layer.above for name, layer in layers.items()}
    named = f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"
    findings: dict[str, None] = {}
    for before, settings in given.items():
        setting = settings.get(path)
        if path in overlay.sweep.paths:
            text = "sweep.rng_seed: seeds are no parameter of a state, expected seeds: [1, 2] beside the sweep"
            findings[f"{overlay.sweep.origin}: {text}"] = None
        elif setting and str(setting.value) not in map(str, seeds):
            origin = f"{setting.origin}: {before}rng_seed"
            findings[f"{origin}: is {shown(setting.value)}, but all states are simulated with {named}; use seeds"] = None
    return list(findings)


def _equal_points(overlay: _Overlay, layers: Mapping[str, _Layers], states: Mapping[str, Parameters]) -> list[str]:
    """Name points of a sweep that are written in two ways, such as 600 and 6e2."""
    findings, first = [], dict[tuple[str, str], str]()
    for name, layer in layers.items():
        if layer.swept:
            point = layer.swept, states[name].model_dump_json()
            if point in first:
                text = f"{first[point]} and {name} have the same parameters, expected each point once"
                findings.append(f"{overlay.sweep.origin}: sweep: {text}")
            first.setdefault(point, name)
    return findings


def _remedy(overlay: _Overlay, path: Path, setting: Setting, *, dots: bool) -> str:
    """Say how to give a value of the command line to states that have their own."""
    if dots:
        return in_one_state(next(iter(overlay.states)), path, setting)
    return in_whole_states(overlay.states, {name: base.name for name, base in overlay.bases.items()}, path, setting)


def _reference_findings(overlay: _Overlay, layers: Mapping[str, _Layers]) -> list[str]:
    """Spikes to compare with belong to a state: one path serves one state, and a mapping names states."""
    key = ("reference", "spikes")
    findings = []
    shared = overlay.shared.get(key)
    sharing = [name for name, layer in layers.items() if key not in layer.above]
    if shared and isinstance(shared.value, str) and len(sharing) > 1:
        given = ", ".join(f"{name}: PATH" for name in sharing)
        findings.append(f"{shared.origin}: reference.spikes: is one path for several states, expected {{{given}}}")
    given_settings = [settings[key] for settings in (overlay.shared, *(layer.above for layer in layers.values())) if key in settings]
    for setting in given_settings:
        for name in setting.value if isinstance(setting.value, Mapping) else ():
            if str(name) not in layers:
                finding = f"{setting.origin}: reference.spikes: there is no state {str(name)!r}, expected some of {', '.join(layers)}"
                findings += [finding] * (finding not in findings)
    return findings


def _nest(settings: Settings) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for path, setting in settings.items():
        group = nested.setdefault(path[0], {}) if len(path) > 1 else nested
        group[path[-1]] = setting.value
    return nested


def _parse(name: str, value: Any) -> Any:
    """Read what stands as text on the command line; within mappings and lists Snakemake leaves values as text."""
    if isinstance(value, Mapping):
        return {key: _parse(f"{name}.{key}", inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_parse(name, inner) for inner in value]
    if not isinstance(value, str):
        return value
    return parse_yaml(value, f"{COMMAND_LINE}: {name}")
