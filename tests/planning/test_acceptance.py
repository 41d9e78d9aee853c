"""When an experiment is judged by the published simulations, and whose bins its histograms take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources.histograms import DIGEST
from sources.registry import PUBLISHED
from tests.planning.plans import CONFIG, drawn, planned

HISTOGRAMS = "resources/published_histograms.parquet"
KNIGHT = {"knight-fig3", "knight-fig4"}


@pytest.fixture(autouse=True)
def _no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PUBLISHED.variable, raising=False)


def test_the_full_model_is_judged() -> None:
    plan = planned("full.yaml", seeds=[4, 2])
    assert plan.acceptance.judged_states() == ["ground", "resting"]
    assert plan.acceptance.series() == [
        f"results/full/{state}/seed-{seed}/cpu/series.nc" for state in ("ground", "resting") for seed in (4, 2)
    ]
    edges = plan.acceptance.histogram_edges
    assert edges("ground", 4, "cpu") == [HISTOGRAMS]
    assert edges("resting", 4, "cpu") == []
    assert edges("ground", 2, "cpu") == ["results/full/ground/seed-4/cpu/histograms.parquet"]
    assert edges("resting", 2, "cpu") == ["results/full/resting/seed-4/cpu/histograms.parquet"]
    assert plan.acceptance.counted_edges("ground", "cpu") == [HISTOGRAMS]
    assert plan.acceptance.counted_edges("ground", "nest") == plan.acceptance.counted_edges("resting", "cpu") == []
    assert len(plan.acceptance.histograms()) == 1 + 4
    assert plan.acceptance.samples()[:2] == [f"results/full/ground/seed-4/cpu/{name}.parquet" for name in ("spike_sample", "statistics")]
    assert set(plan.acceptance.outcome()) <= set(plan.targets.everything())
    assert set(drawn(plan)) >= KNIGHT


def test_a_folder_without_histograms_leaves_them_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    monkeypatch.setenv(PUBLISHED.variable, str(folder))
    several, one = planned("full.yaml"), planned("full.yaml", seeds=[1])
    assert several.acceptance.published_histograms() == one.acceptance.histogram_edges("ground", 1, "cpu") == []
    assert set(drawn(several)) >= KNIGHT
    assert set(drawn(one)) & KNIGHT == {"knight-fig3"}  # a single seed has nothing to differ from
    (tmp_path / DIGEST).touch()  # beside the folder
    assert several.acceptance.published_histograms() == [HISTOGRAMS]


@pytest.mark.parametrize(
    "values",
    [
        {"areas_simulated": ["V1", "V2", "FEF"], "replace_non_simulated_areas": "hom_poisson_stat"},
        {"N_scaling": 0.5},
        {"published": False},
        {"recorded_neurons": 100},
        {"recorded_populations": ["V1", "V2"]},
    ],
)
def test_other_simulations_are_not_judged(values: dict[str, Any]) -> None:
    plan = planned("full.yaml", **values)
    assert plan.acceptance.judged_states() == plan.acceptance.outcome() == plan.acceptance.histograms() == []
    assert "phases" in drawn(plan)
    assert not KNIGHT & set(drawn(plan))


def test_one_judged_state_has_no_other_to_equal(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    text = (CONFIG / "full.yaml").read_text()
    path.write_text(text.replace("t_sim: 100500.0", "t_sim: 10500.0\n    reference: {published: false}"))
    plan = planned(str(path))
    assert plan.acceptance.judged_states() == ["ground"]
    assert plan.acceptance.series() == []
    assert len(plan.acceptance.outcome()) == 2


def test_full_density_is_compared_with_published_statistics() -> None:
    plan = planned("v1.yaml")
    assert plan.statistics.references() == ["resources/published_ground.parquet"]
    assert plan.statistics.candidates() == ["results/v1/ground/seed-1/cpu/statistics.parquet"]
    assert plan.statistics.of_state("ground") == [*plan.statistics.candidates(), *plan.statistics.references()]
    resting = planned("v1.yaml", states=["resting"])  # published values of the resting state are ranks of all areas
    assert resting.statistics.comparisons() == []
    assert "comparison" not in drawn(resting)
