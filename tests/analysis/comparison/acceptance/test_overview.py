"""One row for each statistic and layer population, whatever the number of seeds."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.comparison.acceptance.overview import OVERVIEW_COLUMNS, overview, overview_markdown
from analysis.comparison.acceptance.rules import Judgement, as_frame


@pytest.fixture
def frame() -> pd.DataFrame:
    """Two seeds of 4E in both states; one number of each state is outside in one seed."""
    ground = [
        [
            Judgement("4E", "rate", "mean", percent, -2.0, 2.0, 6.8 * (1 + percent / 100), 6.8, 0.41, 6.83),
            Judgement("4E", "rate", "r", 0.999, low=0.995),
        ]
        for percent in (0.24, -2.5)
    ]
    resting = [
        [
            Judgement("4E", "rate", "w1_areas", w1, high=0.2, ours=ours, nest=30.43, genn=0.06, genn_mean=28.62),
            Judgement("4E", "rate", "ks_areas", 0.1, high=0.34),
            Judgement("4E", "rate", "isolated_counts", 0.0, high=0.0, ours=1e6),
            Judgement("4E", "rate", "isolated", 0.1, -0.5, 0.5, ours=10.09),
        ]
        for w1, ours in ((0.138, 34.69), (0.057, 31.32))
    ]
    among = [Judgement("4E", "rate", "kl_seeds", 0.03, high=0.0186), Judgement("4E", "rate", "ks_seeds", 0.0251)]
    parts = [as_frame(each, "ground", "cuda", seed) for seed, each in enumerate(ground, start=1)]
    parts += [as_frame(each, "resting", "cuda", seed) for seed, each in enumerate(resting, start=1)]
    return pd.concat([*parts, as_frame(among, "resting", "cuda", None)], ignore_index=True)


def test_a_row_for_each_statistic_and_population(frame: pd.DataFrame) -> None:
    table = overview(frame)
    assert tuple(table.columns) == OVERVIEW_COLUMNS
    assert list(zip(table["state"], table["statistic"], table["population"], strict=True)) == [
        ("ground", "rate (spikes/s)", "4E"),
        ("resting", "rate (spikes/s)", "4E"),
        ("resting", "rate of MDP", "4E"),
    ]
    assert list(table["ours"]) == ["6.723 [6.63, 6.816]", "33 [31.32, 34.69]", "10.09 [10.09, 10.09]"]
    assert list(table["NEST"]) == ["6.8", "30.43", ""]
    assert list(table["GeNN"]) == ["6.83", "28.62", ""]


def test_every_measure_stands_with_its_limit_and_what_is_outside_is_named(frame: pd.DataFrame) -> None:
    table = overview(frame)
    assert table["judged"][0] == "difference -2.50 to +0.24 % (±2); r 0.9990 (> 0.995)"
    assert table["judged"][1] == (
        "W1 / IQR 0.057 to 0.138 (≤ 0.2); KS of areas 0.1 (≤ 0.34); KL between seeds 0.03 (≤ 0.0186); KS between seeds 0.0251"
    )
    assert list(table["verdict"]) == ["outside", "outside", "inside"]
    assert list(table["outside"]) == ["difference (1 of 2)", "KL between seeds (1 of 1)", ""]


def test_in_markdown_what_is_outside_is_bold(frame: pd.DataFrame) -> None:
    text = overview_markdown(overview(frame))
    assert text.count("**outside**: ") == 2
    assert (
        "| rate of MDP | 4E | 10.09 [10.09, 10.09] |  |  | difference +0.10 % (±0.5); bins of 1 ms that differ 0 (≤ 0) | inside |" in text
    )


def test_one_seed_has_no_range(frame: pd.DataFrame) -> None:
    table = overview(frame[(frame["seed"] == 1).fillna(False)])
    assert list(table["ours"]) == ["6.816", "34.69", "10.09"]
    assert table["judged"][0] == "difference +0.24 % (±2); r 0.9990 (> 0.995)"
