"""Figures of rates over time in the workflow: of long enough simulations, and of ours only."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.workflow.command import ROOT, Outcome

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow


@pytest.fixture
def planned(snakemake: Snakemake, tmp_path: Path) -> Callable[[dict[str, float]], Outcome]:
    """Plan of the tiny experiment's spectra for states of given durations (ms)."""

    def plan(durations: dict[str, float]) -> Outcome:
        config = yaml.safe_load((ROOT / "config" / "test" / "tiny.yaml").read_text())
        config |= {"figures": ["v1-spectrum"], "states": {state: {"t_sim": t_sim} for state, t_sim in durations.items()}}
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(config))
        outcome = snakemake("--dry-run", "--configfile", str(path))
        assert outcome.status == 0, outcome.output
        return outcome

    return plan


@pytest.mark.parametrize(
    ("durations", "shown"),
    [
        ({"a": 1524.0, "b": 2000.0}, {"a", "b"}),
        ({"a": 1523.0, "b": 2000.0}, {"b"}),
        ({"a": 600.0, "b": 1000.0}, set()),
    ],
)
def test_spectra_are_of_states_that_last_long_enough(
    planned: Callable[[dict[str, float]], Outcome], durations: dict[str, float], shown: set[str]
) -> None:
    outcome = planned(durations)
    assert set(re.findall(r"output: results/tiny/(\w+)/seed-1/cpu/series\.nc", outcome.output)) == shown
    assert outcome.jobs.get("count_series", 0) == len(shown)
    assert outcome.jobs.get("plot_v1_spectrum", 0) == bool(shown)


def test_the_default_experiment_has_every_figure_of_rates(snakemake: Snakemake) -> None:
    jobs = snakemake("--dry-run").jobs
    assert (jobs["plot_state_overview"], jobs["plot_v1_spectrum"], jobs["plot_rate_over_time"]) == (2, 1, 1)


def test_figures_of_rates_show_the_first_seed_of_our_simulator(snakemake: Snakemake) -> None:
    jobs = snakemake("--dry-run", "--config", "seeds=[1,2]", "figures=[state-overview,v1-spectrum,rate-over-time]").jobs
    assert (jobs["plot_state_overview"], jobs["plot_v1_spectrum"], jobs["plot_rate_over_time"]) == (2, 1, 1)
    assert jobs["count_series"] == 2
    assert jobs["simulate_network"] == 8
