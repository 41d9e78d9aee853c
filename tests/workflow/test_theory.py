"""What snakemake plans and does for the theory and the stabilisation."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.tables import STABILISED
from tests.workflow.command import ROOT, Outcome, plan

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

THEORY = {"solve_theory": 2, "plot_theory": 2, "plot_indegree_changes": 1, "compare_indegrees": 1, "plot_over_chi": 1}
STABILISATION = {"stabilise_indegrees": 1, "plot_stabilisation": 1}


def theory_jobs(outcome: Outcome) -> dict[str, int]:
    names = {*THEORY, *STABILISATION}
    return {name: count for name, count in outcome.jobs.items() if name in names}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("config.yaml", THEORY | STABILISATION),
        ("validation.yaml", THEORY | STABILISATION),
        ("full.yaml", THEORY),
        ("v1.yaml", THEORY | {"solve_theory": 1, "plot_theory": 1}),
        ("test/tiny.yaml", {"solve_theory": 2, "plot_theory": 2, "plot_indegree_changes": 1}),
    ],
)
def test_experiments_draw_what_they_have(file: str, expected: dict[str, int]) -> None:
    named = () if file.startswith("test/") else ("--config", "figures=[all]")
    for target in (named, ("--", "figures_structure")):
        outcome = plan("--configfile", str(ROOT / "config" / file), *target)
        assert outcome.status == 0, outcome.output
        assert theory_jobs(outcome) == expected


@pytest.mark.parametrize(
    ("overrides", "folder", "fetched"),
    [
        (("stabilisation=computed",), "/dev/null", set()),
        (("stabilisation=published",), "resources/indegrees", {"fetch_published_indegrees"}),
        (("stabilisation=computed", "raw_dir=somewhere"), "resources/indegrees", {"fetch_published_indegrees"}),
        (("stabilisation=computed", "source=raw"), "resources/raw", {"fetch_raw_sources"}),
    ],
)
def test_published_indegrees_take_part_where_they_are_at_hand(
    snakemake: Snakemake, tmp_path: Path, overrides: tuple[str, ...], folder: str, fetched: set[str]
) -> None:
    (tmp_path / "somewhere").mkdir()
    target = "results/default/figures/over_chi.svg"
    outcome = snakemake("--dry-run", "--printshellcmds", "--config", *overrides, "--", target)
    assert outcome.status == 0, outcome.output
    assert outcome.fetched == fetched
    assert f"PROCORTEX_RAW_DIR={folder} python -m model compare-indegrees" in outcome.output


def test_the_theory_takes_its_parameters(snakemake: Snakemake, tmp_path: Path) -> None:
    (tmp_path / "rates.json").write_text("{}")
    target = "results/default/ground/theory.nc"

    def command(*parameters: str) -> str:
        outcome = snakemake("--dry-run", "--printshellcmds", "--config", *parameters, "--", target)
        assert outcome.status == 0, outcome.output
        found = re.search(r"model theory (.*?) > ", outcome.output)
        assert found
        return found[1]

    plain = f"results/default/ground/network.nc --dt 0.1 --T 50.0 --initial-rates-iter 15 --initial-rates-max 1000.0 --out {target}"
    assert command("experiment=default") == plain
    random = command("initial_rates=random_uniform", "initial_rates_iter=3", "rec_interval=1.0")
    assert "--initial-rates random_uniform --initial-rates-iter 3 " in random
    assert "--rec-interval 1.0 " in random
    assert "--initial-rates rates.json " in command("initial_rates=rates.json")
    missing = snakemake("--dry-run", "--config", "initial_rates=elsewhere.json", "--", target)
    assert missing.status == 2
    assert "theory_params.initial_rates: elsewhere.json: no such file of rates" in missing.output


def test_published_initial_rates_are_fetched(snakemake: Snakemake) -> None:
    outcome = snakemake("--dry-run", "--config", "initial_rates=published", "--", "results/default/ground/theory.nc")
    assert outcome.fetched == {"fetch_published_rates"}


@pytest.mark.slow
def test_an_edited_stabilisation_builds_network_and_anatomy_anew(snakemake: Snakemake, tmp_path: Path) -> None:
    table = tmp_path / "tables" / STABILISED
    shutil.copytree(ROOT / "data", table.parent)
    config = tmp_path / "edited.yaml"
    config.write_text(
        "experiment: edited\nareas_simulated: [V1]\nreplace_non_simulated_areas: hom_poisson_stat\nconnectivity: {tables_dir: tables}\n"
    )
    call = ("--cores", "1", "--configfile", str(config))
    targets = ("--", "results/edited/default/network.nc", "results/edited/default/anatomy.nc")
    first = snakemake(*call, *targets)
    assert first.status == 0, first.output
    assert "Nothing to be done" in snakemake(*call, "--dry-run", *targets).output
    rows = list(csv.reader(table.read_text().splitlines()))
    rows[1][3] = "900.0"
    table.write_text("\n".join(",".join(row) for row in rows) + "\n")
    again = snakemake(*call, *targets)
    assert again.status == 0, again.output
    assert again.jobs == {"build_network": 1, "build_anatomy": 1}
    table.unlink()
    assert snakemake(*call, "--dry-run", *targets).jobs == {"build_network": 1, "build_anatomy": 1}
