"""The record of an experiment as an RO-Crate, after the Workflow Run Crate profile.

The folder of an experiment's results is the crate. Its metadata name the workflow (a copy lies in the folder), its configuration, every
result, and what was run: the workflow as a whole, and each simulation with its cost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from reporting.citation import Author, Citation
from reporting.page import flatten, value_text
from reporting.record import Checked, Record, Run

NAME = "ro-crate-metadata.json"
CONTEXT = ("https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context")
PROFILES: Mapping[str, str] = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
SNAKEMAKE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"
RESULTS_LICENCE = "https://creativecommons.org/licenses/by-nc-sa/4.0/"
"""Of the tables that every result is computed from."""
FORMATS: Mapping[str, str] = {
    ".nc": "application/x-netcdf",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".html": "text/html",
}

Entity = dict[str, Any]


def crate_text(record: Record, citation: Citation, folder: Path, main: str, sources: Sequence[str], pages: Sequence[Checked]) -> str:
    """Text of ``ro-crate-metadata.json``.

    Parameters
    ----------
    record
        What was run. Results outside the crate are left out of it.
    citation
        Authors and licence of the software.
    folder
        The crate, as the paths of the record name it.
    main
        The workflow's main file, relative to the crate.
    sources
        Other files of the workflow, relative to the crate.
    pages
        Files about the experiment: its configuration, its record.
    """
    results = [*_files(record.results, folder), *_files(pages, folder)]
    spikes = [_spikes(run, folder) for run in record.runs]
    tables = [_table(file) for file in record.inputs]
    parameters = list(_parameters(record))
    workflow, language = _workflow(record, citation, main, sources), _language(record)
    software = [_software(name, text) for name, text in record.software.items()]
    simulators, costs, actions = _simulations(record, folder)
    whole: Entity = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Experiment {record.experiment}",
        "endTime": record.finished,
        "instrument": _to(workflow),
        "object": [_to(entity) for entity in (*tables, *parameters)],
        "result": [_to(entity) for entity in (*results, *spikes)],
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
    }
    authors = [_author(author) for author in citation.authors]
    papers = [_paper(paper.doi, paper.title, paper.year, paper.authors) for paper in citation.papers]
    code_files: list[Entity] = [{"@id": name, "@type": ["File", "SoftwareSourceCode"], "name": name} for name in sources]
    profiles: list[Entity] = [
        {"@id": name, "@type": "CreativeWork", "name": title, "version": name.rsplit("/", 1)[1]} for name, title in PROFILES.items()
    ]
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Experiment {record.experiment} of procortex",
        "description": citation.abstract,
        "datePublished": record.finished,
        "license": {"@id": RESULTS_LICENCE},
        "author": [_to(author) for author in authors],
        "conformsTo": [_to(profile) for profile in profiles],
        "mainEntity": _to(workflow),
        "hasPart": [_to(entity) for entity in (workflow, *code_files, *results, *spikes)],
        "mentions": [_to(entity) for entity in (whole, *actions)],
        "citation": [_to(paper) for paper in papers],
    }
    licences = _licences(citation)
    people = [_author(author) for paper in citation.papers for author in paper.authors]
    graph = [_descriptor(), root, workflow, *code_files, *results, *spikes, whole, *actions, *costs, *simulators, *software, *tables]
    graph += [*parameters, language, *authors, *people, *papers, *licences, *profiles]
    unique = {entity["@id"]: entity for entity in graph}
    return json.dumps({"@context": list(CONTEXT), "@graph": list(unique.values())}, indent=1, ensure_ascii=False) + "\n"


def _to(entity: Entity) -> Entity:
    return {"@id": entity["@id"]}


def _descriptor() -> Entity:
    conforms = ("https://w3id.org/ro/crate/1.1", "https://w3id.org/workflowhub/workflow-ro-crate/1.0")
    return {"@id": NAME, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": [{"@id": name} for name in conforms]}


def _workflow(record: Record, citation: Citation, main: str, sources: Sequence[str]) -> Entity:
    return {
        "@id": main,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": citation.title,
        "version": (record.commit or "unknown") + "+" * bool(record.changed),
        "license": {"@id": _licence(citation)},
        "author": [_to(_author(author)) for author in citation.authors],
        "programmingLanguage": {"@id": SNAKEMAKE},
        "hasPart": [{"@id": name} for name in sources],
        "softwareRequirements": [_to(_software(name, text)) for name, text in record.software.items()],
    }


def _language(record: Record) -> Entity:
    return {
        "@id": SNAKEMAKE,
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "identifier": {"@id": "https://doi.org/10.1093/bioinformatics/bts480"},
        "url": {"@id": "https://snakemake.github.io"},
        "version": record.software.get("snakemake", "unknown"),
    }


def _inside(path: str, folder: Path) -> str | None:
    """Path within the crate; None outside it."""
    place = PurePosixPath(path)
    return place.relative_to(folder.as_posix()).as_posix() if place.is_relative_to(folder.as_posix()) else None


def _files(files: Iterable[Checked], folder: Path) -> Iterable[Entity]:
    for file in files:
        name = _inside(file.path, folder)
        if name is not None:
            form = FORMATS.get(PurePosixPath(name).suffix)
            entity: Entity = {"@id": name, "@type": "File", "name": name, "contentSize": str(file.size), "sha256": file.sha256}
            yield entity | ({"encodingFormat": form} if form else {})


def _spikes(run: Run, folder: Path) -> Entity:
    name = f"{_inside(run.folder, folder) or run.folder}/"
    description = "Spikes as a Parquet data set, a part for each area; _meta.json says what was simulated."
    return {"@id": name, "@type": "Dataset", "name": name, "description": description}


def _table(file: Checked) -> Entity:
    name = PurePosixPath(file.path).name
    return {"@id": f"#table-{name}", "@type": "CreativeWork", "name": name, "encodingFormat": "text/csv", "sha256": file.sha256}


def _parameters(record: Record) -> Iterable[Entity]:
    """Every parameter of every state, and what the experiment adds to them."""
    for name, value in flatten(record.configuration).items():
        yield {"@id": f"#parameter-{name}", "@type": "PropertyValue", "name": name, "value": value_text(value)}


def _software(name: str, version: str) -> Entity:
    return {"@id": f"#software-{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}


def _simulations(record: Record, folder: Path) -> tuple[list[Entity], list[Entity], list[Entity]]:
    """Give simulators, costs of the simulations, and the simulations."""
    simulators, costs, actions = [], [], []
    for run in record.runs:
        name = f"{run.state}-seed-{run.seed}-{run.backend}"
        versions = "; ".join(f"{part} {text}" for part, text in run.versions.items())
        simulators.append(_software(f"simulator-{name}", versions) | {"name": f"procortex simulator, backend {run.backend}"})
        mine = [
            {"@id": f"#cost-{name}-{cost}", "@type": "PropertyValue", "name": cost, "value": str(value), "unitText": unit}
            for cost, value, unit in _costs(run)
        ]
        network = {"@id": f"{run.state}/network.nc"}
        known = any(_inside(file.path, folder) == network["@id"] for file in record.results)
        costs += mine
        actions.append(
            {
                "@id": f"#simulation-{name}",
                "@type": "CreateAction",
                "name": f"Simulation of state {run.state} with seed {run.seed} by {run.backend}",
                "description": f"{run.t_sim:g} ms on {run.device}, {run.threads} threads",
                "instrument": _to(simulators[-1]),
                "object": [network] * known,
                "result": _to(_spikes(run, folder)),
                "resourceUsage": [_to(cost) for cost in mine],
            }
        )
    return simulators, costs, actions


def _costs(run: Run) -> Iterable[tuple[str, float, str]]:
    for phase, seconds in run.wall_time_s.items():
        yield f"wall-time-{phase.replace(' ', '-')}", seconds, "s"
    for name, used in (("processor-time", run.processor_s), ("processor-time-of-other-programs", run.others_s)):
        if used is not None:
            yield name, used, "s"
    yield "peak-memory", run.peak_memory_bytes, "B"
    if run.device_memory_bytes:
        yield "device-memory", run.device_memory_bytes, "B"
    if run.energy_J is not None:
        yield "energy", run.energy_J, "J"


def _author(author: Author) -> Entity:
    if author.family is None:
        return {"@id": f"#{_slug(author.name)}", "@type": "Organization", "name": author.name}
    person = {"@type": "Person", "name": author.name, "familyName": author.family, "givenName": author.given}
    return {"@id": author.orcid or f"#{_slug(author.name)}", **person}


def _slug(name: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name).lower().split())


def _paper(doi: str, title: str, year: int, authors: Sequence[Author]) -> Entity:
    writers = [_to(_author(author)) for author in authors]
    return {"@id": f"https://doi.org/{doi}", "@type": "ScholarlyArticle", "name": title, "datePublished": str(year), "author": writers}


def _licence(citation: Citation) -> str:
    return f"https://spdx.org/licenses/{citation.licence}"


def _licences(citation: Citation) -> list[Entity]:
    return [
        {"@id": _licence(citation), "@type": "CreativeWork", "name": citation.licence},
        {
            "@id": RESULTS_LICENCE,
            "@type": "CreativeWork",
            "name": "Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International",
        },
    ]
