"""When the workflow compares with the published distributions, and whose bins its histograms take."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

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
