"""The folder of results is an RO-Crate after the Workflow Run Crate profile: the reference library reads it, and nothing is missing."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from rocrate.rocrate import ROCrate

from procortex.utilities.errors import InputError
from reporting.citation import read_citation
from reporting.write import write_provenance
from tests.helpers.paths import ROOT


@pytest.fixture
def crate(written: Path) -> ROCrate:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return ROCrate(written)


@pytest.fixture
def graph(written: Path) -> dict[str, dict[str, Any]]:
    entities = json.loads((written / "ro-crate-metadata.json").read_text())["@graph"]
    by_name = {entity["@id"]: entity for entity in entities}
    assert len(by_name) == len(entities)
    return by_name


def types(entity: dict[str, Any]) -> set[str]:
    found = entity["@type"]
    return {found} if isinstance(found, str) else set(found)


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else [name for inner in value.values() for name in references(inner)]
    return [name for inner in value for name in references(inner)] if isinstance(value, list) else []


def test_the_reference_library_reads_it(crate: ROCrate) -> None:
    assert crate.mainEntity.id == "workflow/Snakefile"
    assert crate.mainEntity["programmingLanguage"]["name"] == "Snakemake"
    assert {profile.id for profile in crate.root_dataset["conformsTo"]} >= {"https://w3id.org/ro/wfrun/workflow/0.5"}
    assert {author["name"] for author in crate.root_dataset["author"]} == {
        author.name for author in read_citation(ROOT / "CITATION.cff").authors
    }
    assert crate.root_dataset["license"].id.endswith("by-nc-sa/4.0/")
    assert crate.mainEntity["license"].id.endswith("BSD-3-Clause")
    assert len(crate.root_dataset["citation"]) == len(read_citation(ROOT / "CITATION.cff").papers) > 5
    actions = crate.get_by_type("CreateAction")
    assert {action.id for action in actions} == {
        "#run",
        "#simulation-ground-seed-3-cpu",
        "#simulation-ground-seed-3-nest",
        "#simulation-resting-seed-3-cpu",
    }
    assert next(action for action in actions if action.id == "#run")["instrument"].id == crate.mainEntity.id


def test_every_file_is_there_as_it_is_described(graph: dict[str, dict[str, Any]], written: Path) -> None:
    files = {name for name, entity in graph.items() if "File" in types(entity)}
    assert {"workflow/Snakefile", "workflow/common.smk", "ground/network.nc", "comparison.csv", "configuration.yaml"} <= files
    assert {"provenance.json", "provenance.html"} <= files
    for name in files:
        content = (written / name).read_bytes()
        entity = graph[name]
        assert entity.get("contentSize", str(len(content))) == str(len(content))
        assert entity.get("sha256", "") in {"", hashlib.sha256(content).hexdigest()}
    folders = {name for name, entity in graph.items() if types(entity) == {"Dataset"}}
    assert folders == {"./"} | {
        f"{state}/seed-3/{backend}/spikes/" for state, backend in (("ground", "cpu"), ("ground", "nest"), ("resting", "cpu"))
    }
    assert all((written / name).is_dir() for name in folders)
    assert {part["@id"] for part in graph["./"]["hasPart"]} == files | folders - {"./"}


def test_every_reference_leads_somewhere(graph: dict[str, dict[str, Any]]) -> None:
    outside = {"http://schema.org/CompletedActionStatus", "https://w3id.org/ro/crate/1.1", "https://snakemake.github.io"}
    missing = {name for entity in graph.values() for name in references({key: entity[key] for key in entity if key != "@id"})} - set(graph)
    assert missing <= outside | {"https://doi.org/10.1093/bioinformatics/bts480"}


def test_parameters_and_costs(graph: dict[str, dict[str, Any]]) -> None:
    assert graph["#parameter-states.resting.connection_params.cc_weights_factor"]["value"] == "1.9"
    run = graph["#simulation-resting-seed-3-cpu"]
    costs = {graph[cost["@id"]]["name"]: (graph[cost["@id"]]["value"], graph[cost["@id"]]["unitText"]) for cost in run["resourceUsage"]}
    assert costs["energy"] == ("12.5", "J")
    assert costs["wall-time-simulate"] == ("1.75", "s")
    assert run["object"] == []  # this state's network is not among the results
    assert graph["#simulation-ground-seed-3-cpu"]["object"] == [{"@id": "ground/network.nc"}]
    assert "abc+" in graph[run["instrument"]["@id"]]["softwareVersion"]


def test_a_second_run_replaces_the_first(written: Path) -> None:
    before = (written / "ro-crate-metadata.json").read_text()
    (written / "workflow" / "rules" / "gone.smk").write_text("")
    write_provenance(written, ROOT / "workflow", ROOT / "CITATION.cff", [], [], [])
    assert not (written / "workflow" / "rules" / "gone.smk").exists()
    assert (written / "ro-crate-metadata.json").read_text() != before


@pytest.mark.parametrize("content", [None, "title: x", "authors: ["])
def test_what_is_no_citation_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "CITATION.cff"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=r"CITATION\.cff: (no such file|not readable)"):
        read_citation(path)


def test_a_folder_without_workflow_is_refused(written: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no workflow; expected Snakefile"):
        write_provenance(written, tmp_path, ROOT / "CITATION.cff", [], [], [])
