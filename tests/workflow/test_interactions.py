"""Which experiments draw interactions: long enough, and of enough areas."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.workflow.command import ROOT, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

HIERARCHY = ("compute_lags", "plot_temporal_hierarchy")
LAMINAR = ("compute_granger", "plot_laminar_interactions")


def interaction_jobs(outcome: Outcome) -> dict[str, int]:
    assert outcome.status == 0, outcome.output
    return {name: count for name, count in outcome.jobs.items() if name in (*HIERARCHY, *LAMINAR)}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("config.yaml", dict.fromkeys(HIERARCHY, 2)),
        ("full.yaml", dict.fromkeys((*HIERARCHY, *LAMINAR), 2)),
        ("v1.yaml", {}),
        ("test/tiny.yaml", {}),
    ],
)
def test_experiments_draw_what_they_last_for(snakemake: Snakemake, file: str, expected: dict[str, int]) -> None:
    assert interaction_jobs(snakemake("--dry-run", "--configfile", str(ROOT / "config" / file))) == expected


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("t_sim=1999", {}),
        ("t_sim=10499", dict.fromkeys(HIERARCHY, 2)),
        ("t_sim=10500", dict.fromkeys((*HIERARCHY, *LAMINAR), 2)),
        ("areas_simulated=[V1,V2]", {}),
        ("areas_simulated=[V1,V2,V4]", dict.fromkeys(HIERARCHY, 2)),
    ],
)
def test_duration_and_areas_decide(snakemake: Snakemake, override: str, expected: dict[str, int]) -> None:
    states = "states={ground: {}, resting: {cc_weights_factor: 1.9, cc_weights_I_factor: 2.0}}"
    figures = "figures=[temporal-hierarchy,laminar-interactions]"
    given = (override,) if override.startswith("t_sim") else (override, "t_sim=2000")
    assert interaction_jobs(snakemake("--dry-run", "--config", states, figures, *given)) == expected


def test_one_seed_of_our_simulator_is_drawn(snakemake: Snakemake) -> None:
    outcome = snakemake("--dry-run", "--configfile", str(ROOT / "config/validation.yaml"))
    assert set(interaction_jobs(outcome).values()) <= {2}
    assert "/nest/lags.parquet" not in outcome.output


def test_states_share_their_anatomy(snakemake: Snakemake) -> None:
    target = "results/default/resting/seed-1/cpu/lags.parquet"
    outcome = snakemake("--dry-run", "--config", "backend=cpu", "--", target)
    assert outcome.status == 0, outcome.output
    assert "results/default/ground/anatomy.nc" in outcome.output
    assert outcome.jobs["build_anatomy"] == 1
