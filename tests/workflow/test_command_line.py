"""Overrides in the form that Snakemake's command line takes: those of the documents, and those that a refusal advises."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflow.command import ROOT, SNAKEMAKE, Outcome, environment

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

PAGES = [(ROOT / name).read_text() for name in ("README.md", "docs/experiments.md", "config/README.md")]
TABLE = PAGES[1].partition("## On the command line")[2].partition("\n## ")[0]
COMMANDS = [line for page in PAGES for line in re.findall(r"^snakemake --cores 2 --config (?:(?! #).)+", page, re.MULTILINE)]
CELLS = [row.rpartition("|")[0].rpartition("| ")[2] for row in TABLE.splitlines() if row.startswith("| ") and "--config" not in row]
VALUES = [value for cell in CELLS for value in re.findall(r"`(.+?)`", cell)]


@pytest.mark.parametrize("command", [*COMMANDS, *(f"snakemake --config {value}" for value in VALUES)])
def test_documented_forms_are_taken(snakemake: Snakemake, command: str) -> None:
    outcome = snakemake("--dry-run", *shlex.split(command)[1:])
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["simulate_network"] > 0


def test_forms_are_documented() -> None:
    assert len(COMMANDS) >= 4
    assert {"K_scaling=0.2", "'connection_params={g: -12}'", "'theory_params={dt: 0.05}'", "'states={LA: {base: LA, g: -15}}'"} <= set(
        VALUES
    )
    assert all(value.strip("'") in PAGES[2] for value in ("'connection_params={g: -12}'", "'states={LA: {base: LA, rate_ext: 9}}'"))


@pytest.mark.parametrize(
    ("config", "states"),
    [
        (["connection_params={g: -12}"], {"ground", "resting"}),
        (["connection_params={g: -12}", "theory_params={dt: 0.05}"], {"ground", "resting"}),
        (["states={LA: {base: LA, g: -15}}"], {"LA"}),
        (["states={LA: {base: LA, rate_ext: 9}, strong: {base: chi_1.7, g: -12}}"], {"LA", "strong"}),
    ],
)
def test_overrides_in_the_form_that_snakemake_takes(snakemake: Snakemake, config: list[str], states: set[str]) -> None:
    outcome = snakemake("--dry-run", "--config", "simulate=none", "backend=cpu", *config)
    assert outcome.status == 0, outcome.output
    assert set(re.findall(r"output: results/default/(\S+)/seed-1/cpu/spikes", outcome.output)) == states


def test_advice_can_be_followed(snakemake: Snakemake) -> None:
    refused = snakemake("--dry-run", "--config", "rate_ext=9", "states=[LA]")
    assert refused.status == 2
    advice = re.search(r"error: command line: input_params\.rate_ext: every state has its own \(LA\), write (.*)\n", refused.output)
    assert advice, refused.output
    followed = ("--config", *shlex.split(advice[1]), "--", "results/default/LA/network.nc")
    outcome = snakemake("--dry-run", "--printshellcmds", *followed)
    assert outcome.status == 0, outcome.output
    assert "rate_ext: 9.0" in outcome.output


def test_what_snakemake_reads_first_is_checked_before(snakemake: Snakemake, tmp_path: Path) -> None:
    (tmp_path / "latin1.yaml").write_bytes("# Größe\nexperiment: a".encode("latin-1"))
    (tmp_path / "twice.yaml").write_text("N_scaling: 0.005\nstates: {a: {g: -4,\n  g: -5}}\nN_scaling: 0.9")
    files = ("latin1.yaml", "missing.yaml", "twice.yaml")
    outcome = snakemake("--dry-run", "--configfile", *files, "--config", "g=-12", "rate_ext=9", "rate_ext=10")
    assert outcome.status == 2, outcome.output
    assert outcome.output.partition("error: ")[2].splitlines() == [
        "latin1.yaml: line 1: byte 0xf6 is not UTF-8 (Latin-1 or Windows-1252?); save the file as UTF-8",
        "missing.yaml: no such configuration file; config/ holds examples",
        "twice.yaml: lines 1 and 4: N_scaling is given twice, expected once",
        "twice.yaml: lines 2 and 3: g is given twice, expected once",
        "command line: g: Snakemake takes no keys of one letter, expected 'connection_params={g: -12}'",
        "command line: rate_ext: is given twice (9 and 10), expected once",
    ]


@pytest.mark.parametrize(
    ("content", "arguments", "line"),
    [
        ("g: -4\ng: -5", ("--workflow-profile", "none"), "twice.yaml: lines 1 and 2: g is given twice, expected once"),
        (
            "g: -4",
            ("--workflow-profile", "none", "-CK_scaling=0.1", "-nCK_scaling=0.2"),
            "command line: --config is given twice, of which Snakemake takes the last; expected once, with all values behind it",
        ),
        (
            "backend: cpu\nreference: {simulate: none}\nt_sim: 500",
            (),
            "states.default.sim_params.t_sim: is 500 ms, but statistics leave out the first 500 ms and need 2 bins of 1 ms; "
            "expected at least 502",
        ),
    ],
)
def test_what_it_reads_is_checked_again(tmp_path: Path, content: str, arguments: tuple[str, ...], line: str) -> None:
    """Without the default profile, and with all states at hand."""
    (tmp_path / "twice.yaml").write_text(content)
    command = [*SNAKEMAKE, "--snakefile", str(ROOT / "Snakefile"), "--dry-run", "--configfile", "twice.yaml", *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, f"error: {line}")


@pytest.mark.parametrize("option", ["--profile", "--workflow-profile"])
def test_a_profile_in_the_folder_of_the_call(tmp_path: Path, option: str) -> None:
    """Its paths start there, whatever the working directory is."""
    (tmp_path / "mine.yaml").write_text("configfile: low.yaml\nprintshellcmds: true")
    (tmp_path / "low.yaml").write_text("states: [LA]\nbackend: cpu")
    command = [*SNAKEMAKE, "--snakefile", str(ROOT / "Snakefile"), "--dry-run", "--directory", "run", option, "mine.yaml"]
    target = ("--", "results/default/LA/network.nc")
    done = subprocess.run([*command, *target], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
