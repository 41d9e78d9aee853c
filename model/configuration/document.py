"""The manual and the schema of the configuration, generated from the models."""

from __future__ import annotations

import inspect
import json
from typing import Any

from pydantic.fields import FieldInfo

from model.configuration.experiment import ExperimentParameters
from model.configuration.keys import EXPERIMENT_KEYS, GROUPS_OF_KEY, HINTS, SECTIONS, item_fields
from model.configuration.messages import expected, extra
from model.configuration.states import library
from procortex.formats.populations import AREAS

COMMAND = "python -m model document"

_INTRODUCTION = f"""# Configuration

<!-- Written by `{COMMAND}`; change the models in model/configuration, not this file. -->

| file | experiment |
|---|---|
| `config.yaml` | default: all areas, down-scaled, minutes on a laptop |
| `v1.yaml` | V1 alone at full density, the ground state |
| `full.yaml` | the published model, both states |
| `subsets.yaml` | V1 with all areas, with nine others and alone, full density; `subsets_small.yaml` is the same for a laptop |
| `stimulus.yaml` | thalamic input to V1 that comes and goes, down-scaled |
| `scan.yaml` | low and high activity, ground state and scan over chi, at full density |
| `scan_small.yaml` | the scan over chi on a laptop |
| `states.yaml` | the published states by name, for `states: [ground, chi_1.7]` |
| `test/tiny.yaml` | three areas in seconds, for tests |
| `test/scan.yaml` | `scan.yaml` with three areas, for tests |

A configuration is an overlay over the published model. Later files go over earlier ones; one that names `states` replaces all states
before it. A key may stand without its group. Values of the command line go over all files: `snakemake --config K_scaling=0.2`,
`python -m model build --set K_scaling=0.2 states.ground.t_sim=600`. Snakemake takes no key with dots, and none of one letter:
`--config 'connection_params={{g: -12}}'`, `--config 'states={{LA: {{base: LA, rate_ext: 9}}}}'` (docs/experiments.md, On the command line).
Everything that is wrong is said at once, before anything runs, and files and folders that are not there with the key that names them.
docs/experiments.md has a configuration to copy for each kind of experiment.

Names, units and defaults are those of the INM-6 multi-area model. `python -m model configure --config FILE --state NAME --out FILE`
writes all parameters of a state, defaults included.
"""

_RATES = """## Rates

`fullscale_rates` and `replace_cc_input_source` take `published`, `theory`, `state:NAME`, or a path: of a JSON file
`{"V1": {"23E": 0.29, "23I": 2.02, ...}, ...}` in spikes/s, or of an earlier run: its folder `results/EXPERIMENT/STATE/seed-S/BACKEND`, its
`statistics.parquet` or its `series.nc`. A relative path starts at the working directory. `state:NAME` is the run of another state of the
same experiment, its first seed on our simulator: the workflow runs that state first, `python -m model build` takes `--run NAME=FOLDER`.
Rates are means after 500 ms. Down-scaling needs the rates of all areas, whether simulated or not; `het_poisson_stat` those of the areas it
replaces. A key `total` and entries for 4E and 4I of TH are ignored. The published rates are those of the ground state.
docs/experiments.md has an example of each.
"""


def schema() -> dict[str, Any]:
    """JSON schema of a configuration file, for editors; keys may stand without their group there as well."""
    result = ExperimentParameters.model_json_schema()
    models = {name: model.__name__ for name, model in SECTIONS.items()}
    bare = {key: {"$ref": f"#/$defs/{models[groups[0]]}/properties/{key}"} for key, groups in GROUPS_OF_KEY.items() if len(groups) == 1}
    groups = {name: result["properties"][name] for name in SECTIONS}
    known = {"enum": list(library())}
    state = {"type": ["object", "null"], "properties": groups | bare | {"base": known}, "additionalProperties": False}
    result["properties"]["states"]["additionalProperties"] = state
    _either(result["properties"], "states", known, {"type": "array", "items": known, "minItems": 1, "uniqueItems": True})
    names = {"anyOf": [{"enum": [*bare, *groups, "base"]}, {"pattern": f"^({'|'.join(groups)})\\."}]}
    combinations = {"type": "object", "propertyNames": names, "additionalProperties": {"type": ["array", "object", "string"]}}
    points = {"type": "array", "items": {"type": ["string", "object"]}}
    _either(result["properties"], "sweep", combinations, points, {"type": "string"})
    result["properties"] |= bare
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | result | {"title": "Configuration of an experiment"}


def _either(properties: dict[str, Any], key: str, *forms: dict[str, Any]) -> None:
    """Let a key have other forms than the one that its values have when they are read."""
    told = {name: properties[key].pop(name) for name in ("title", "description", "default", "expected") if name in properties[key]}
    first = [properties[key]] if key == "states" else []
    properties[key] = told | {"anyOf": [*first, *forms]}


def manual() -> str:
    """Markdown manual: every key with meaning, unit, default and range."""
    fields = ExperimentParameters.model_fields
    parts = [_INTRODUCTION, "## Experiment\n\n" + _table({name: fields[name] for name in EXPERIMENT_KEYS})]
    for name, model in SECTIONS.items():
        parts.append(f"## {name}\n\n{inspect.getdoc(model)}\n\n{_table(dict(model.model_fields))}")
        items = {key: item_fields(field) for key, field in model.model_fields.items()}
        parts += [f"### {key}\n\nEach item of the list:\n\n{_table(keys)}" for key, keys in items.items() if keys]
    dropped = "\n".join(f"| `{key}` | {hint} |" for key, hint in sorted(HINTS.items()))
    return "\n".join([*parts, _RATES, f"## Keys of the original that are none here\n\n| key | instead |\n|---|---|\n{dropped}\n"])


def documents() -> dict[str, str]:
    """Content of the generated files, by name."""
    return {"schema.json": json.dumps(schema(), indent=1, ensure_ascii=False) + "\n", "README.md": manual()}


def _table(fields: dict[str, FieldInfo]) -> str:
    rows = [
        f"| `{name}` | {field.description} | {extra(field, 'unit')} | {'none' if field.is_required() else _default(field.default)} | "
        f"{expected(field, with_unit=False)} |"
        for name, field in fields.items()
    ]
    return "\n".join(["| key | meaning | unit | default | range |", "|---|---|---|---|---|", *rows, ""])


def _default(value: object) -> str:
    if value == AREAS:
        return "`all`"
    if isinstance(value, bool) or value is None or isinstance(value, dict | tuple):
        return f"`{json.dumps(value)}`"
    return f"`{value}`"
