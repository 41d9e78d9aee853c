"""When the workflow compares with the published distributions, and whose bins its histograms take."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sources.histograms import DIGEST
from tests.workflow.command import ROOT, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

FULL = ("--dry-run", "--printshellcmds", "--configfile", str(ROOT / "config" / "full.yaml"))
ACCEPTANCE = {"fetch_published_histograms", "bin_statistics", "judge_acceptance", "sample_spikes", "plot_knight_fig3", "plot_knight_fig4"}


def edges(outcome: Outcome) -> dict[str, str]:
    """Whose bins the histograms of each state and seed take."""
    found = re.findall(r"analysis histograms results/full/(\S+?)/(\S+?)/\w+/counts\.parquet +(?:--edges (\S+) )?--out", outcome.output)
    return {f"{state}/{seed}": where for state, seed, where in found}


def judged_series(outcome: Outcome) -> list[str]:
    """State and seed of the series that the judgement takes."""
    (given,) = re.findall(r"analysis acceptance .* --series (.*?) ?--out", outcome.output)
    return ["/".join(path.split("/")[2:4]) for path in given.split()]


def test_the_full_model_is_judged(snakemake: Snakemake) -> None:
    outcome = snakemake(*FULL, "--config", "seeds=[4,2]")
    assert outcome.status == 0, outcome.output
    assert ACCEPTANCE | {"plot_phases"} <= set(outcome.jobs)
    assert outcome.jobs["bin_statistics"] == 4
    assert judged_series(outcome) == ["ground/seed-4", "ground/seed-2", "resting/seed-4", "resting/seed-2"]
    assert outcome.jobs["count_series"] == 4
    found = edges(outcome)
    assert found["ground/seed-4"] == "resources/published_histograms.parquet"
    assert found["resting/seed-4"] == ""
    assert re.fullmatch(r"results/full/ground/seed-4/\w+/histograms\.parquet", found["ground/seed-2"])
    assert re.fullmatch(r"results/full/resting/seed-4/\w+/histograms\.parquet", found["resting/seed-2"])


def test_a_folder_without_histograms_leaves_them_out(snakemake: Snakemake, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    several = snakemake(*FULL, PROCORTEX_PUBLISHED_DIR=str(folder))
    assert several.status == 0, several.output
    assert ACCEPTANCE - set(several.jobs) == {"fetch_published_histograms"}
    outcome = snakemake(*FULL, "--config", "seeds=[1]", PROCORTEX_PUBLISHED_DIR=str(folder))
    assert outcome.status == 0, outcome.output
    assert ACCEPTANCE - set(outcome.jobs) == {"fetch_published_histograms", "plot_knight_fig4"}  # a single seed has nothing to differ from
    assert edges(outcome) == {"ground/seed-1": "", "resting/seed-1": ""}
    (tmp_path / DIGEST).touch()  # beside the folder
    assert set(snakemake(*FULL, PROCORTEX_PUBLISHED_DIR=str(folder)).jobs) >= ACCEPTANCE


@pytest.mark.parametrize(
    "override", [("areas_simulated=[V1,V2,FEF]", "replace_non_simulated_areas=hom_poisson_stat"), ("N_scaling=0.5",), ("published=False",)]
)
def test_what_the_published_simulations_do_not_compare_with_is_not_judged(snakemake: Snakemake, override: tuple[str, ...]) -> None:
    outcome = snakemake(*FULL, "--config", *override)
    assert outcome.status == 0, outcome.output
    assert "plot_phases" in outcome.jobs
    assert not ACCEPTANCE & set(outcome.jobs)


def test_a_state_of_another_length_is_refused_until_it_is_not_compared(snakemake: Snakemake, tmp_path: Path) -> None:
    text = (ROOT / "config" / "full.yaml").read_text()
    assert "t_sim: 100500.0" in text
    path = tmp_path / "short.yaml"
    path.write_text(text.replace("t_sim: 100500.0", "t_sim: 10500.0"))
    refused = snakemake("--dry-run", "--configfile", str(path))
    assert refused.status == 2
    assert "states.resting.t_sim: is 10500 ms, but the published simulation lasts 100500 ms" in refused.output
    path.write_text(text.replace("t_sim: 100500.0", "t_sim: 10500.0\n    reference: {published: false}"))
    outcome = snakemake("--dry-run", "--printshellcmds", "--configfile", str(path))
    assert outcome.status == 0, outcome.output
    assert outcome.jobs["bin_statistics"] == 3  # of the ground state's three seeds
    assert outcome.jobs["judge_acceptance"] == 1
    assert judged_series(outcome) == []  # one judged state has nothing to be the same as
