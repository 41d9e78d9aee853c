"""Where each key stands: its group, its neighbours in spelling, and what became of keys of the original."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic.fields import FieldInfo

from model.configuration.experiment import ExperimentParameters, Parameters
from model.configuration.fields import Section, nearest, shown

Path = tuple[str, ...]
"""Place of a key: its group, if it has one, and its name."""

SECTIONS: Mapping[str, type[Section]] = {
    name: field.annotation
    for name, field in Parameters.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
}
EXPERIMENT_KEYS: tuple[str, ...] = tuple(name for name in ExperimentParameters.model_fields if name not in SECTIONS)

GROUPS_OF_KEY: dict[str, list[str]] = {}
WITH_GROUP_ONLY = (("theory_params", "dt"), ("theory_params", "T"))
"""Keys that mean something else to most users: alone, ``dt`` is the simulation's step, and ``T`` its duration in the original."""

for _section, _model in SECTIONS.items():
    for _key in _model.model_fields:
        if (_section, _key) not in WITH_GROUP_ONLY:
            GROUPS_OF_KEY.setdefault(_key, []).append(_section)

_THREADS = "threads and devices are options of `python -m procortex run`"
_NO_EFFECT = "it has no effect in the original either: leave it out"
HINTS: Mapping[str, str] = {
    "K_stable": "use stabilisation: computed, published or none (in connectivity)",
    "T": "use t_sim (in sim_params); the end of the theory's relaxation is theory_params.T",
    "dc_stimulus": _NO_EFFECT,
    "local_num_threads": _THREADS,
    "master_seed": "use rng_seed (in sim_params)",
    "neuron_model": "the neuron is always iaf_psc_exp: leave it out",
    "num_processes": _THREADS,
    "rho_syn": "the synapse density follows from av_indegree_V1 (in connection_params)",
    "single_neuron_dict": "use the group neuron_params",
    "syn_type_ext": _NO_EFFECT,
}


@dataclass(frozen=True)
class Setting:
    """A value that somebody gave, and where."""

    value: Any
    origin: str


Settings = dict[Path, Setting]


def field_at(path: Path) -> FieldInfo | None:
    """Describe a key, or None if the path names none."""
    if len(path) >= 2 and path[0] in SECTIONS:
        field = SECTIONS[path[0]].model_fields.get(path[1])
        for part in path[2:]:  # items of a list, and their keys
            field = field if part.isdigit() or field is None else item_fields(field).get(part)
        return field
    return ExperimentParameters.model_fields.get(path[0]) if path else None


def item_fields(field: FieldInfo) -> dict[str, FieldInfo]:
    """Keys of the items of a list; empty if they have none."""
    items = [item for item in get_args(field.annotation) if isinstance(item, type) and issubclass(item, Section)]
    return dict(items[0].model_fields) if items else {}


def place_keys(given: Mapping[Any, Any], origin: str, prefix: str, findings: list[str], beside: Sequence[str] = ()) -> Settings:
    """Find the group of every parameter in a mapping as a user wrote it.

    Parameters
    ----------
    given
        Groups, keys without their group where that is unambiguous, and dotted paths.
    origin
        The file or option the mapping comes from.
    prefix
        What stands before the mapping's keys (``states.ground.``).
    findings
        Errors are added here, one line each.
    beside
        Other keys that may stand in the mapping, which the caller took out: for hints.
    """
    others = beside if prefix else EXPERIMENT_KEYS
    settings: Settings = {}

    def put(path: Path, value: Any) -> None:
        if path in settings:
            findings.append(f"{origin}: {prefix}{'.'.join(path)}: is given twice, with and without its group; expected once")
        settings[path] = Setting(value, origin)

    twice: list[str] = []
    undotted = _undotted(given, twice)
    findings += [f"{origin}: {prefix}{key}: is given twice, in a group and with dots; expected once" for key in twice]
    for name, value in undotted.items():
        if name in SECTIONS:
            if value is not None and not isinstance(value, Mapping):
                findings.append(
                    f"{origin}: {prefix}{name}: is {shown(value)}, expected a group of keys: {', '.join(SECTIONS[name].model_fields)}"
                )
                continue
            for key, inner in (value or {}).items():
                if key in SECTIONS[name].model_fields:
                    put((name, key), inner)
                else:
                    findings.append(f"{origin}: {prefix}{name}.{key}: {_unknown(str(key), name, others)}")
        elif name in EXPERIMENT_KEYS and not prefix:
            put((name,), value)
        elif len(GROUPS_OF_KEY.get(name, ())) == 1:
            put((GROUPS_OF_KEY[name][0], name), value)
        elif name in GROUPS_OF_KEY:
            findings.append(f"{origin}: {prefix}{name}: stands in several groups, write {' or '.join(GROUPS_OF_KEY[name])} before it")
        elif name in EXPERIMENT_KEYS:
            findings.append(f"{origin}: {prefix}{name}: belongs to the experiment, not to a state; write it at the top level")
        else:
            findings.append(f"{origin}: {prefix}{name}: {_unknown(name, None, others)}")
    return settings


def short_name(path: Path) -> str:
    """Write a key without its group, where it means the same alone."""
    return path[-1] if GROUPS_OF_KEY.get(path[-1]) == [path[0]] else ".".join(path)


def _undotted(given: Mapping[Any, Any], twice: list[str]) -> dict[str, Any]:
    """Write ``{"a.b": c}`` as ``{"a": {"b": c}}``, beside what ``a`` holds already; name in `twice` what is there twice then."""
    result: dict[str, Any] = {}
    for name, value in given.items():
        head, _, rest = str(name).partition(".")
        written = {rest: value} if rest else value
        before = result.get(head)
        if isinstance(before, Mapping) and isinstance(written, Mapping):
            twice += [f"{head}.{key}" for key in before if key in written]
            written = {**before, **written}
        elif before is not None and written is not None:
            twice.append(head)
        result[head] = before if written is None else written
    return result


def _unknown(key: str, section: str | None, others: Sequence[str]) -> str:
    """Say what a user may have meant by a key that does not exist; others are keys that stand beside groups and parameters."""
    if key in HINTS:
        return f"unknown key, {HINTS[key]}"
    if key in SECTIONS or key in EXPERIMENT_KEYS:
        return f"unknown key here, {key} stands at the top level"
    if section and key in others:
        return f"unknown key here, {key} stands beside the groups"
    if groups := GROUPS_OF_KEY.get(key):
        return f"unknown key here, {key} belongs to {' or '.join(groups)}"
    if section and (near := nearest(key, SECTIONS[section].model_fields)):
        return f"unknown key, did you mean {near}?"
    if near := nearest(key, [*GROUPS_OF_KEY, *SECTIONS, *others]):
        where = f" (in {' or '.join(GROUPS_OF_KEY[near])})" if near in GROUPS_OF_KEY else ""
        return f"unknown key, did you mean {near}{where}?"
    return f"unknown key, expected one of {', '.join(SECTIONS[section].model_fields if section else [*SECTIONS, *others])}"
