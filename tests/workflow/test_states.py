"""States by name, sweeps and figures over states through the real snakemake: what is planned, and a sweep of two points."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.workflow.command import CORES, ROOT, TINY, Outcome, call, plan

Snakemake = Callable[..., Outcome]
pytestmark = pytest.mark.workflow

STATES = {"gather_sweep", "plot_sweep", "plot_bistability", "plot_metastability"}
SWEEP = {"gather_sweep", "plot_sweep"}


def simulated(outcome: Outcome) -> set[str]:
    assert outcome.status == 0, outcome.output
    return set(re.findall(r"output: results/\S+?/(\S+)/seed-\d+/\w+/spikes", outcome.output))


def side_by_side(outcome: Outcome) -> set[str]:
    """Rules among the jobs that set states side by side."""
    return STATES & set(outcome.jobs)


def test_every_state_of_a_sweep_is_a_target(snakemake: Snakemake) -> None:
    sweep = ("--config", "simulate=none", "states=[chi_1.7]", "sweep={g: [-11, -12.5]}")
    outcome = snakemake("--dry-run", *sweep, "--", "chi_1.7_g_-12.5")
    assert simulated(outcome) == {"chi_1.7_g_-12.5"}
    assert side_by_side(outcome) == set()


@pytest.mark.parametrize(
    ("value", "finding"),
    [
        ("states=[grund]", "states: there is no state 'grund' in config/states.yaml, did you mean ground?"),
        ("sweep={gg: [1]}", "sweep.gg: unknown key, did you mean g (in connection_params)?"),
        ("sweep={g: [-4, 1]}", "sweep: connection_params.g: is 1, expected a number at least -1,000 and at most 0"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(snakemake: Snakemake, value: str, finding: str) -> None:
    outcome = snakemake("--dry-run", "--config", value)
    assert outcome.status == 2
    assert [line for line in outcome.output.splitlines() if line.startswith("error")] == [
        line for line in outcome.output.splitlines() if finding in line
    ]
    assert not re.search(r"Traceback|\.smk", outcome.output)


def test_the_scan_has_every_figure_over_states() -> None:
    for name in ("scan.yaml", "test/scan.yaml"):
        outcome = plan("--configfile", str(ROOT / "config" / name))
        assert side_by_side(outcome) == STATES
    shown = re.search(r"rule plot_metastability:\s+input: (.*)", plan("--configfile", str(ROOT / "config" / "scan.yaml")).output)
    assert shown
    strengths = re.findall(r"results/scan/(\S+)/theory\.nc", shown[1])
    assert strengths == [
        "ground",
        "chi_1.4",
        "chi_1.5",
        "chi_1.6",
        "chi_1.7",
        "chi_1.75",
        "chi_1.8",
        "resting",
        "chi_2",
        "chi_2.1",
        "chi_2.5",
    ]
    assert re.findall(r"results/scan/(\S+)/seed-1/\w+/statistics\.parquet", shown[1]) == ["resting"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Working directory of a finished sweep of two points with two seeds."""
    folder = tmp_path_factory.mktemp("swept")
    config = yaml.safe_load(TINY.read_text()) | {
        "experiment": "swept",
        "areas_simulated": ["V1", "TH"],
        "states": ["ground"],
        "t_sim": 600.0,
    }
    config |= {"sweep": {"rate_ext": [10, 12]}, "seeds": [1, 2], "reference": {"simulate": "none"}, "figures": ["sweep"]}
    (folder / "swept.yaml").write_text(yaml.safe_dump(config))
    outcome = call(folder, *CORES, "swept.yaml")
    assert outcome.status == 0, outcome.output
    return folder


def test_a_sweep_is_one_table_and_one_figure(swept: Path) -> None:
    results = swept / "results" / "swept"
    table = pd.read_parquet(results / "sweep.parquet")
    assert set(zip(table["state"], table["rate_ext"], table["seed"], strict=True)) == {
        (f"ground_rate_ext_{rate}", rate, seed) for rate in (10, 12) for seed in (1, 2)
    }
    rates = (
        table[(table["area"] == "all") & (table["population"] == "all") & (table["statistic"] == "rate")]
        .groupby("rate_ext")["value"]
        .mean()
    )
    assert rates[12] > rates[10]
    assert (results / "sweep.csv").stat().st_size > 0
    assert {path.name for path in (results / "figures").iterdir()} == {"sweep.svg", "sweep.png"}


def test_the_configuration_in_the_results_repeats_the_sweep(swept: Path) -> None:
    repeated = ("--configfile", "results/swept/configuration.yaml", "--cores", "2", "--dry-run")
    outcome = call(swept, *repeated)
    assert outcome.status == 0, outcome.output
    assert not outcome.jobs, outcome.output


def test_another_point_adds_to_what_is_there(swept: Path) -> None:
    config = yaml.safe_load((swept / "swept.yaml").read_text()) | {"sweep": {"rate_ext": [10, 11, 12]}}
    (swept / "more.yaml").write_text(yaml.safe_dump(config))
    outcome = call(swept, *CORES, "more.yaml", "--dry-run")
    assert simulated(outcome) == {"ground_rate_ext_11"}
    assert outcome.jobs["gather_sweep"] == outcome.jobs["plot_sweep"] == 1


def test_the_report_holds_table_and_figure(swept: Path) -> None:
    outcome = call(swept, *CORES, "swept.yaml", "--report", "report.html")
    assert outcome.status == 0, outcome.output
    text = (swept / "report.html").read_text()
    assert "Effect of the swept parameter" in text
    assert "All simulations of the sweep" in text
