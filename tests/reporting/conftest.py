"""The record of an experiment that was never run, and its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from reporting.record import Record, make_record
from reporting.write import write_provenance
from tests.helpers.paths import ROOT
from tests.reporting.made_up import configuration, make_results


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """The record alone."""
    _, spikes, inputs, results = make_results(tmp_path)
    return make_record(configuration(), spikes, inputs, results)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Folder of results with all files of the record."""
    out, spikes, inputs, results = make_results(tmp_path)
    write_provenance(out, ROOT / "workflow", ROOT / "CITATION.cff", spikes, inputs, results)
    return out
