"""Overrides in the form that Snakemake's command line takes: those of the documents, and those that a refusal advises."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

import pytest

from tests.workflow.command import ROOT, Outcome

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
