"""The record of an experiment to its files."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from procortex.utilities.atomic import whole_folder, write_texts
from procortex.utilities.errors import InputError
from reporting.captions import PAGE
from reporting.citation import read_citation
from reporting.crate import NAME, crate_text
from reporting.page import provenance_page
from reporting.record import Checked, make_record, read_configuration, write_text

CONFIGURATION, RECORD, WORKFLOW = "configuration.yaml", "provenance.json", "workflow"
MAIN = "Snakefile"
INCLUDED = ("*.smk", "*/*.smk")
"""What it includes: common.smk, and the rules."""


def write_provenance(
    out: Path, workflow: Path, citation: Path, spikes: Sequence[Path], inputs: Sequence[Path], results: Sequence[Path]
) -> None:
    """Write ``provenance.json``, ``provenance.html`` and ``ro-crate-metadata.json``, with a copy of the workflow beside them.

    Parameters
    ----------
    out
        Folder of the experiment's results; ``configuration.yaml`` lies in it.
    workflow
        Folder of the workflow: ``Snakefile``, ``rules/``.
    citation
        ``CITATION.cff``.
    spikes
        Spike data sets, in folders STATE/seed-SEED/BACKEND/spikes.
    inputs, results
        Files to name with their checksums.

    Raises
    ------
    InputError
        If something is missing.
    """
    record = make_record(read_configuration(out / CONFIGURATION), spikes, inputs, results)
    cited = read_citation(citation)
    sources = _copy_workflow(workflow, out / WORKFLOW)
    texts = {RECORD: write_text(record), PAGE: provenance_page(record)}
    pages = [_checked(out / CONFIGURATION, (out / CONFIGURATION).read_text(encoding="utf-8"))]
    pages += [_checked(out / name, text) for name, text in texts.items()]
    texts[NAME] = crate_text(record, cited, out, f"{WORKFLOW}/{MAIN}", sources, pages)
    write_texts({out / name: text for name, text in texts.items()})


def _copy_workflow(workflow: Path, copy: Path) -> list[str]:
    """Copy Snakefile and what it includes; give the places of these parts in the crate."""
    parts = sorted(part.relative_to(workflow) for pattern in INCLUDED for part in workflow.glob(pattern))
    if not (workflow / MAIN).is_file() or not parts:
        raise InputError(f"{workflow}: no workflow; expected {MAIN} and rules/*.smk in it")
    with whole_folder(copy, (MAIN, *INCLUDED)) as temporary:
        shutil.copyfile(workflow / MAIN, temporary / MAIN)
        for part in parts:
            (temporary / part).parent.mkdir(exist_ok=True)
            shutil.copyfile(workflow / part, temporary / part)
    return [f"{WORKFLOW}/{part.as_posix()}" for part in parts]


def _checked(path: Path, text: str) -> Checked:
    content = text.encode("utf-8")
    return Checked(path.as_posix(), len(content), hashlib.sha256(content).hexdigest())
