"""The record says what was run and can be read again; what is wrong is said in a line."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from model.configuration import load_experiment
from procortex.formats.spike_meta import read_meta, write_meta
from procortex.utilities.errors import InputError
from procortex.utilities.repository import RELEASE
from reporting.captions import front
from reporting.citation import read_citation
from reporting.crate import crate_text
from reporting.page import commit_text, provenance_page
from reporting.record import Record, make_record, read_configuration, read_record, write_text
from tests.helpers.paths import ROOT
from tests.reporting.made_up import configuration, make_results


def test_runs(record: Record) -> None:
    assert [(run.state, run.seed, run.backend) for run in record.runs] == [
        ("ground", 3, "cpu"),
        ("ground", 3, "nest"),
        ("resting", 3, "cpu"),
    ]
    first, _, last = record.runs
    assert (first.neurons, first.synapses, first.spikes, first.events, first.energy_J) == (10, 1234, 3, 99, None)
    assert first.real_time_factor == 20
    assert (last.energy_J, last.device_memory_bytes, last.real_time_factor) == (12.5, 1_500_000_000, 10)


def test_files_have_checksums(record: Record) -> None:
    (table,) = record.inputs
    assert (Path(table.path).name, table.size) == ("areas.csv", 9)
    assert table.sha256 == hashlib.sha256(b"areas.csv").hexdigest()
    assert [Path(file.path).name for file in record.results] == ["network.nc", "comparison.csv"]


def test_commit_is_that_of_the_checkout(record: Record) -> None:
    name = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    assert record.commit == name
    assert isinstance(record.changed, bool)
    assert record.version == f"{RELEASE}+g{name[:12]}" + ".changed" * record.changed
    assert record.version in provenance_page(record)
    assert record.software["numpy"].count(".") == 2


def test_what_is_written_is_read(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "provenance.json"
    path.write_text(write_text(record))
    assert read_record(path) == record


def test_the_configuration_repeats_the_experiment(tmp_path: Path) -> None:
    path = tmp_path / "configuration.yaml"
    path.write_text(yaml.safe_dump(configuration(), sort_keys=False))
    again = load_experiment([path])
    assert again.configuration() == configuration() == read_configuration(path)
    assert {name: state.sim_params.t_sim for name, state in again.states.items()} == {"ground": 100, "resting": 200}
    assert again.states["ground"].connection_params.cc_weights_factor == 1
    assert again.seeds == (3,)
    assert again.state("ground").connectivity.raw_dir is None


def test_a_data_set_without_energy_and_processor_time_is_read(tmp_path: Path) -> None:
    _, spikes, _, _ = make_results(tmp_path)
    write_meta(spikes[2], replace(read_meta(spikes[2]), energy_J=None, processor_s=None, others_s=None))
    run = make_record(configuration(), spikes, [], []).runs[2]
    assert (run.energy_J, run.processors, run.processors_of_others) == (None, None, None)


def test_an_old_record_without_processor_time_and_version_is_read(record: Record, tmp_path: Path) -> None:
    values = json.loads(write_text(record))
    del values["version"]
    for run in values["runs"]:
        del run["processor_s"], run["others_s"]
    path = tmp_path / "provenance.json"
    path.write_text(json.dumps(values))
    assert [run.processors for run in read_record(path).runs] == [None] * 3


@pytest.mark.parametrize(
    ("changed", "words", "version"), [(False, "", ""), (True, ", with files that differ from it", "+"), (None, "is unknown", "")]
)
def test_whether_files_differ_is_said_everywhere(record: Record, changed: bool | None, words: str, version: str) -> None:
    record = replace(record, commit="a" * 40, changed=changed)
    assert commit_text(record).removeprefix("a" * 40).endswith(words)
    assert f"Commit ``{'a' * 12}``{record.difference};" in front(record)
    crate = crate_text(record, read_citation(ROOT / "CITATION.cff"), Path("results/made"), "workflow/Snakefile", [], [])
    assert f'"version": "{"a" * 40}{version}"' in crate


def test_without_checkout_and_archive_the_page_says_so(record: Record) -> None:
    assert commit_text(replace(record, commit=None, changed=None)) == "unknown (run from neither a checkout nor an archive that git made)"


def test_a_missing_result_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.nc: no such file"):
        make_record(configuration(), [], [], [tmp_path / "none.nc"])


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (None, "no such file"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "is nested too deeply"),
        ("[1]", "not readable as the record"),
        ("{}", "not readable as the record"),
        ('{"runs": [{}]}', "not readable"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: str | None, finding: str) -> None:
    path = tmp_path / "provenance.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=finding):
        read_record(path)


@pytest.mark.parametrize(
    ("content", "finding"),
    [(None, "no such file"), ("a: [", "not valid YAML"), ("a: 1", "experiment, seeds or states are missing"), ("- 1", "are missing")],
)
def test_what_is_no_configuration_is_refused(tmp_path: Path, content: str | None, finding: str) -> None:
    path = tmp_path / "configuration.yaml"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=finding):
        read_configuration(path)
