"""What snakemake plans: both entry points, the default experiment, bad configurations, complete rules."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.workflow.command import ROOT, TINY, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
PUBLISHED = {"fetch_published_indegrees", "fetch_published_statistics"}
EXPERIMENTAL = {"fetch_experimental_connectivity"}  # takes part where raw files or published in-degrees do
FETCHED = {
    "v1.yaml": PUBLISHED | {"fetch_published_rates"},
    "full.yaml": PUBLISHED | EXPERIMENTAL | {"fetch_published_histograms"},
    "subsets.yaml": {"fetch_published_indegrees"},
    "scan.yaml": {"fetch_published_indegrees"} | EXPERIMENTAL,
}
"""What experiments need from outside; all others need nothing."""


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_entry_points_list_jobs(snakemake: Snakemake, snakefile: str) -> None:
    outcome = snakemake("--dry-run", snakefile=snakefile)
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["compute_statistics"] > 0


def test_subset_from_the_command_line(snakemake: Snakemake) -> None:
    outcome = snakemake("--dry-run", "--printshellcmds", "--config", "areas_simulated=[V1,V2]")
    assert outcome.status == 0, outcome.output
    assert re.search(r"areas_simulated:\s+- V1\s+- V2\s+network_params", outcome.output)


@pytest.mark.parametrize("path", sorted((ROOT / "config").rglob("*.yaml")), ids=lambda path: path.name)
def test_every_experiment_has_a_plan(snakemake: Snakemake, path: Path) -> None:
    outcome = snakemake("--dry-run", "--configfile", str(path))
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["simulate_network"] > 0
    assert outcome.fetched == FETCHED.get(str(path.relative_to(ROOT / "config")), set())


def test_the_default_experiment_needs_nothing_from_outside(snakemake: Snakemake) -> None:
    outcome = snakemake("--dry-run")
    assert outcome.jobs["simulate_network"] > 0
    assert not outcome.fetched
    assert "resources/" not in outcome.output


def test_bad_configuration_says_everything_at_once(snakemake: Snakemake, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("N_scalling: 0.1\nareas_simulated: [V1, V9]\nt_sim: long\nK_scaling: 0\n")
    outcome = snakemake("--dry-run", "--configfile", str(bad))
    assert outcome.status == 2
    for finding in ("did you mean N_scaling", "unknown area 'V9'", "t_sim", "K_scaling"):
        assert finding in outcome.output
    assert "Traceback" not in outcome.output
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("override", "finding"),
    [
        ("figures=[violin]", "figures: there is none called 'violin', did you mean violins?"),
        ("backend=cuba", "backend"),
        ("seed=3", "seed: unknown key, did you mean seeds?"),
    ],
)
def test_bad_override_is_named(snakemake: Snakemake, override: str, finding: str) -> None:
    outcome = snakemake("--dry-run", "--config", override)
    assert outcome.status == 2
    assert finding in outcome.output
    assert not re.search(r"Traceback|\.smk", outcome.output)


@pytest.mark.slow
def test_an_edited_table_builds_the_network_anew(snakemake: Snakemake, tmp_path: Path) -> None:
    tables, network = tmp_path / "tables", "results/edited/default/network.nc"
    shutil.copytree(ROOT / "data", tables)
    config = tmp_path / "edited.yaml"
    config.write_text(
        "experiment: edited\nareas_simulated: [V1]\nreplace_non_simulated_areas: hom_poisson_stat\n"
        "connectivity: {stabilisation: none, tables_dir: tables}\n"
    )
    call = ("--cores", "1", "--configfile", str(config))
    first = snakemake(*call, "--", network)
    assert first.status == 0, first.output
    assert "Nothing to be done" in snakemake(*call, "--dry-run", "--", network).output
    table = tables / "connections.csv"
    lines = table.read_text().splitlines()
    lines[1] = lines[1].replace("V1,V2,cocomac", "V1,V2,none")
    table.write_text("\n".join(lines))
    refused = snakemake(*call, "--", network)
    assert refused.status != 0
    assert "tables/connections.csv: rows V1 <- V2, V1 <- VP, V1 <- V3 and" in refused.output
    refreshed = subprocess.run(
        [sys.executable, "-m", "model", "curate", "--tables", str(tables), "--out", str(tables)], cwd=ROOT, check=False
    )
    assert refreshed.returncode == 0
    again = snakemake(*call, "--", network)
    assert again.status == 0, again.output
    assert again.jobs == {"build_network": 1}


def test_every_rule_is_complete() -> None:
    """Rules that run something say what they do, and have log, benchmark, environment, threads, memory and time."""
    for path in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        for rule in re.split(r"\n(?= *rule[ :])", path.read_text())[1:]:
            if "shell:" not in rule:
                continue
            for part in (
                ':\n    """' if rule.startswith("rule") else ':\n        """',
                "log:",
                "benchmark:",
                "conda:",
                "threads:",
                "mem_mb=",
                "runtime=",
            ):
                assert part in rule, f"{path.name}: {part.strip()} is missing in {rule.splitlines()[0]}"
            assert "{log}" in rule


def test_snakefile_is_short() -> None:
    assert len((ROOT / "workflow" / "Snakefile").read_text().splitlines()) <= 60


def test_what_is_recorded_reaches_the_simulator(snakemake: Snakemake) -> None:
    chosen = ("recorded_populations=[V1-4E,6I]", "recorded_neurons=7", "potentials_neurons=2", "potentials_populations=[V1]")
    outcome = snakemake("--dry-run", "--printshellcmds", "--configfile", str(TINY), "--config", *chosen, "recorded_counts=True")
    assert outcome.status == 0, outcome.output
    for option in ("--record-first 7 --record V1-4E V1-6I ", "--counts --potentials 2 --potentials-interval 1.0 --potentials-of V1-23E "):
        assert option in outcome.output


def test_states_share_their_anatomy(snakemake: Snakemake) -> None:
    target = "results/default/resting/seed-1/cpu/lags.parquet"
    outcome = snakemake("--dry-run", "--config", "backend=cpu", "--", target)
    assert outcome.status == 0, outcome.output
    assert "results/default/ground/anatomy.nc" in outcome.output
    assert outcome.jobs["build_anatomy"] == 1


def test_figures_of_rates_show_the_first_seed_of_our_simulator(snakemake: Snakemake) -> None:
    jobs = snakemake("--dry-run", "--config", "seeds=[1,2]", "figures=[state-overview,v1-spectrum,rate-over-time]").jobs
    assert (jobs["plot_state_overview"], jobs["plot_v1_spectrum"], jobs["plot_rate_over_time"]) == (2, 1, 1)
    assert jobs["count_series"] == 2
    assert jobs["simulate_network"] == 8
