"""Statistics of a NEST simulation of V1 at full density, computed by independent code."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.statistics.collect import collect
from tests.helpers.spikes import write_flat

pytestmark = pytest.mark.golden


@pytest.mark.slow
def test_statistics_of_a_nest_run(tmp_path: Path, golden_dir: Path) -> None:
    golden = np.load(golden_dir / "dynamics" / "V1_full_ground_nest.npz")
    expected = json.loads((golden_dir / "dynamics" / "V1_full_ground_nest_stats.json").read_text())
    recorded = 3000
    population = np.searchsorted(golden["first"], golden["senders"], side="right") - 1
    index = population * recorded + golden["senders"] - golden["first"][population]
    step = np.rint(golden["times"] / 0.1).astype(int)
    order = np.lexsort((index, step))
    populations = dict.fromkeys(golden["names"].tolist(), recorded)
    # the golden rates count 500 < t <= 1500 as Knight's code does; our windows hold their first step and not their end: one step earlier
    for shift, statistics in ((0, {"lvr": "LvR", "correlation": "corr"}), (1, {"rate": "rate"})):
        write_flat(
            tmp_path / f"spikes-{shift}", populations, np.maximum(step[order] - shift, 1), index[order], backend="nest", t_sim=1500.0
        )
        ours = collect(tmp_path / f"spikes-{shift}", "ground").statistics
        ours = ours[(ours["area"] == "V1") & (ours["definition"] == "knight2021")].set_index(["population", "statistic"])["value"]
        for layer, values in expected.items():
            for statistic, key in statistics.items():
                assert ours[layer, statistic] == pytest.approx(values[key], rel=1e-10), (layer, statistic)
