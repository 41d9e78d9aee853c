"""Overrides in the workflow: the table is an input of the networks, and what is wrong with it is said before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflow.command import Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

CONFIG = """
experiment: lesion
areas_simulated: [V4]
replace_non_simulated_areas: hom_poisson_stat
connectivity: {stabilisation: none}
states:
  intact: {}
  lesion: {connectivity: {overrides: overrides.csv}}
"""


@pytest.mark.slow
def test_an_edited_table_builds_only_the_networks_that_have_it(snakemake: Snakemake, tmp_path: Path) -> None:
    config, table = tmp_path / "lesion.yaml", tmp_path / "overrides.csv"
    config.write_text(CONFIG)
    table.write_text("target,source,indegree\nV4,FEF,0\n")
    networks = [f"results/lesion/{state}/network.nc" for state in ("intact", "lesion")]
    call = ("--cores", "1", "--configfile", str(config))
    first = snakemake(*call, "--", *networks)
    assert first.status == 0, first.output
    assert "Nothing to be done" in snakemake(*call, "--dry-run", "--", *networks).output
    table.write_text("target,source,indegree\nV4,FEF,0\nV4,V2,0.5\n")
    again = snakemake(*call, "--dry-run", "--", *networks)
    assert again.status == 0, again.output
    assert again.jobs == {"build_network": 1}
    # the state without the lesion and the one with it have anatomies of their own
    figures = snakemake(*call, "--dry-run", "--", "results/lesion/figures/areas_lesion.png", "results/lesion/figures/areas_intact.png")
    assert figures.jobs["build_anatomy"] == 2


def test_a_bad_table_ends_before_any_job(snakemake: Snakemake, tmp_path: Path) -> None:
    config = tmp_path / "lesion.yaml"
    config.write_text(CONFIG)
    missing = snakemake("--dry-run", "--configfile", str(config))
    assert missing.status == 2
    assert "overrides.csv: no such table of overrides" in missing.output
    (tmp_path / "overrides.csv").write_text("target,source,indegree\nV4,FFE,0\n")
    wrong = snakemake("--dry-run", "--configfile", str(config))
    assert wrong.status == 2
    assert "overrides.csv: line 2: source is 'FFE', expected an area" in wrong.output
    assert "did you mean FEF?" in wrong.output
    assert "Traceback" not in wrong.output
