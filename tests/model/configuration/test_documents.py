"""The generated manual and schema, and the example configurations."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from model.configuration import load_experiment
from model.configuration.document import COMMAND, documents
from model.configuration.keys import GROUPS_OF_KEY
from tests.helpers.paths import ROOT

CONFIG = ROOT / "config"
DOCS = CONFIG.parent / "docs"
EXAMPLES = sorted(CONFIG.rglob("*.yaml"))


@pytest.mark.parametrize("name", ["schema.json", "README.md"])
def test_generated_files_are_in_sync(name: str) -> None:
    found, expected = (CONFIG / name).read_text().splitlines(), documents()[name].splitlines()
    difference = "\n".join(difflib.unified_diff(found, expected, str(CONFIG / name), "models", lineterm=""))
    assert not difference, f"{name} is out of sync with model/configuration; run `{COMMAND}`\n{difference}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_valid_and_fit_the_schema(path: Path) -> None:
    assert load_experiment([path]).name
    jsonschema.validate(yaml.safe_load(path.read_text()), json.loads((CONFIG / "schema.json").read_text()))


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(?!over:)(.*?)```", (DOCS / "experiments.md").read_text(), re.DOTALL))
def test_configurations_to_copy_are_valid_and_fit_the_schema(block: str, tmp_path: Path) -> None:
    path = tmp_path / "copied.yaml"
    path.write_text(block)
    assert load_experiment([path]).states
    jsonschema.validate(yaml.safe_load(block), json.loads((CONFIG / "schema.json").read_text()))


@pytest.mark.parametrize("page", sorted([*DOCS.rglob("*.md"), *CONFIG.parent.glob("*.md")]), ids=lambda page: page.name)
def test_no_page_holds_a_place_to_fill_in(page: Path) -> None:
    assert not re.findall(r"@@\w*|\bTODO\b|\bFIXME\b|\bTBD\b|\bXXX\b", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "bad",
    [
        {"N_scalin": 1},
        {"N_scaling": 2},
        {"states": {"a": {"seeds": [1]}}},
        {"states": ["ground", "ground"]},
        {"areas_simulated": ["V9"]},
        {"dc_stimuli": [{"amplitude": 1}]},
        {"dc_stimuli": [{"amplitude": 1, "populations": ["V1-9E"]}]},
    ],
)
def test_the_schema_refuses_what_is_wrong(bad: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(bad, json.loads((CONFIG / "schema.json").read_text()))


def test_every_key_stands_in_one_group_only() -> None:
    assert {key: groups for key, groups in GROUPS_OF_KEY.items() if len(groups) > 1} == {}
