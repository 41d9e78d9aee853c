"""Verdicts on made-up simulations that differ from the published one by known amounts, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.comparison.acceptance.judge import acceptance, summary
from analysis.comparison.acceptance.report import as_markdown
from analysis.comparison.acceptance.rules import ACCEPTANCE_COLUMNS, GENN, NEST, Judgement, kl_limit
from analysis.statistics.histograms import Histogram, as_rows, write_histograms
from analysis.tables import STATISTICS_COLUMNS, write_table
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, area_populations, population_labels
from procortex.formats.series import series_dataset, write_series
from procortex.utilities.errors import InputError
from tests.helpers.results import WINDOWS, analyse, write_statistics

SCALE = {"rate": 5.0, "lvr": 1.0, "correlation": 1e-3}
Change = Callable[[str, str, str], float]
"""Factor by statistic, area and population."""


def same(statistic: str, area: str, population: str) -> float:
    return 1.0


def statistics(
    path: Path,
    simulator: str,
    states: tuple[str, ...],
    change: Change = same,
    *,
    seed: int = 1,
    ranks: bool = False,
    areas: tuple[str, ...] = AREAS,
) -> Path:
    """Area values with a spread over areas, those of the resting state twice as large; `ranks`: sorted there, without names."""
    rows = []
    for state in states:
        for statistic, scale in SCALE.items():
            for population in LAYER_POPULATIONS:
                rng = np.random.default_rng([LAYER_POPULATIONS.index(population), len(statistic)])
                values = {area: scale * value for area, value in zip(AREAS, rng.uniform(1.0, 3.0, len(AREAS)), strict=True)}
                factor = 2.0 if state == "resting" else 1.0
                values = {
                    area: value * (1.0 if area == "MDP" else factor) * change(statistic, area, population)
                    for area, value in values.items()
                    if population in area_populations(area) and area in areas
                }
                named = values.items()
                if ranks and state == "resting":
                    named = {f"rank{k:02d}": value for k, value in enumerate(sorted(values.values()))}.items()
                n = 1000 * (1 + LAYER_POPULATIONS.index(population))
                rows += [(state, simulator, seed, area, population, statistic, value, n) for area, value in named]
    return write_statistics(path, rows, states)


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """NEST as made up, GeNN 1 % above it."""
    both = ("ground", "resting")
    parts = [
        pd.read_parquet(statistics(tmp_path / "nest.parquet", NEST, both, ranks=True, seed=0)),
        pd.read_parquet(statistics(tmp_path / "genn.parquet", GENN, both, lambda *_: 1.01, ranks=True, seed=0)),
    ]
    write_table(pd.concat(parts), tmp_path / "published.parquet", STATISTICS_COLUMNS, WINDOWS)
    return tmp_path / "published.parquet"


def row(frame: pd.DataFrame, measure: str, population: str = "5E", statistic: str = "rate") -> pd.Series:
    chosen = frame[(frame["measure"] == measure) & (frame["population"] == population) & (frame["statistic"] == statistic)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_the_same_values_are_inside_everywhere(tmp_path: Path, reference: Path) -> None:
    ours = [statistics(tmp_path / f"{state}.parquet", "cuda", (state,)) for state in ("ground", "resting")]
    frame = acceptance([reference], ours)
    assert tuple(frame.columns) == ACCEPTANCE_COLUMNS
    assert set(frame["verdict"]) == {"inside"}
    assert len(frame) == 2 * 24 + 2 * 24 + 8
    assert summary(frame) == "acceptance: 104 of 104 inside"


@pytest.mark.parametrize(
    ("population", "percent", "verdict"),
    [("23I", 1.99, "inside"), ("23I", 2.01, "outside"), ("5E", 2.99, "inside"), ("5E", -3.01, "outside"), ("6E", -2.99, "inside")],
)
def test_means_of_the_ground_state(tmp_path: Path, reference: Path, population: str, percent: float, verdict: str) -> None:
    ours = statistics(
        tmp_path / "ours.parquet",
        "cuda",
        ("ground",),
        lambda statistic, _, name: 1 + percent / 100 * (name == population and statistic == "lvr"),
    )
    found = row(acceptance([reference], [ours]), "mean", population, "lvr")
    assert found["value"] == pytest.approx(percent)
    assert found["ours"] == pytest.approx(found["nest"] * (1 + percent / 100))
    assert found["verdict"] == verdict


def test_correlation_over_areas(tmp_path: Path, reference: Path) -> None:
    noise = dict(zip(AREAS, np.random.default_rng(4).normal(1.0, 0.1, len(AREAS)), strict=True))
    ours = statistics(tmp_path / "ours.parquet", "cuda", ("ground",), lambda _, area, name: noise[area] if name == "4I" else 1.0)
    frame = acceptance([reference], [ours])
    nest = pd.read_parquet(reference).query("simulator == @NEST and state == 'ground' and population == '4I' and statistic == 'rate'")
    expected = np.corrcoef(nest["value"], [value * noise[area] for area, value in zip(nest["area"], nest["value"], strict=True)])[0, 1]
    found = row(frame, "r", "4I")
    assert found["value"] == pytest.approx(expected)
    assert found["verdict"] == "outside"
    assert (found["genn"], found["genn_verdict"]) == (pytest.approx(1.0), "inside")
    assert row(frame, "r", "4E")["verdict"] == "inside"


def test_the_resting_state_is_compared_without_regard_to_areas(tmp_path: Path, reference: Path) -> None:
    ours = statistics(tmp_path / "ours.parquet", "cuda", ("resting",), lambda *_: 1.1)
    frame = acceptance([reference], [ours])
    nest = pd.read_parquet(reference).query("simulator == @NEST and state == 'resting' and population == '5E' and statistic == 'rate'")
    values = nest["value"].to_numpy()
    w1 = stats.wasserstein_distance(values, 1.1 * values) / stats.iqr(values)
    assert row(frame, "w1_areas")["value"] == pytest.approx(w1)
    assert row(frame, "ks_areas")["value"] == pytest.approx(stats.ks_2samp(values, 1.1 * values).statistic)
    assert row(frame, "w1_areas")["verdict"] == ("inside" if w1 <= 0.2 else "outside")
    assert row(frame, "w1_areas")["genn"] == pytest.approx(stats.wasserstein_distance(values, 1.01 * values) / stats.iqr(values))
    assert set(frame["measure"]) == {"w1_areas", "ks_areas"}  # without the ground state the isolated area has nothing to compare with


def test_6e_may_lie_as_far_off_as_genn(tmp_path: Path, reference: Path) -> None:
    biased = statistics(tmp_path / "genn2.parquet", GENN, ("ground", "resting"), lambda *_: 1.5, ranks=True, seed=0)
    nest = pd.read_parquet(tmp_path / "nest.parquet")
    write_table(pd.concat([nest, pd.read_parquet(biased)]), reference, STATISTICS_COLUMNS, WINDOWS)
    ours = statistics(tmp_path / "ours.parquet", "cuda", ("resting",), lambda *_: 1.4)
    frame = acceptance([reference], [ours])
    assert row(frame, "w1_areas", "6E")["high"] == row(frame, "w1_areas", "6E")["genn"] > 0.2
    assert row(frame, "w1_areas", "6E")["verdict"] == "inside"
    assert row(frame, "w1_areas", "6I")["high"] == 0.2
    assert row(frame, "w1_areas", "6I")["verdict"] == row(frame, "w1_areas", "6I")["genn_verdict"] == "outside"
    assert "and GeNN" in summary(frame)


@pytest.mark.parametrize(("percent", "verdict"), [(0.49, "inside"), (-0.51, "outside")])
def test_the_isolated_area_is_the_same_in_both_states(tmp_path: Path, reference: Path, percent: float, verdict: str) -> None:
    ground = statistics(tmp_path / "ground.parquet", "cuda", ("ground",), seed=3)
    resting = statistics(
        tmp_path / "resting.parquet",
        "cuda",
        ("resting",),
        lambda _, area, name: 1 + percent / 100 * ((area, name) == ("MDP", "5E")),
        seed=3,
    )
    frame = acceptance([reference], [resting, ground])
    assert row(frame, "isolated")["value"] == pytest.approx(percent)
    assert row(frame, "isolated")["verdict"] == verdict
    assert row(frame, "isolated", "4E")["verdict"] == "inside"
    other = statistics(tmp_path / "other.parquet", "cuda", ("ground",), seed=4)
    assert "isolated" not in set(acceptance([reference], [resting, other])["measure"])  # another seed is another network


MOVED = "MDP-5E"
COMMON = 10_500
"""Bins that both states have."""


def series(
    path: Path, state: str, *, seed: int = 3, name: str | None = None, t_sim: float = 0.0, moved: int | None = None, fewer: str = ""
) -> Path:
    """Counts of MDP that are the same in both states, and of V1 that are not; `moved`: bin from which a spike goes to the one before.

    `name` is what the file calls the state; of `fewer` a neuron is missing.
    """
    t_sim = t_sim or WINDOWS[state][1]
    rows = {
        label: np.random.default_rng([k, *([] if label.startswith("MDP") else [len(state)])]).integers(1, 9, int(t_sim))
        for k, label in enumerate(population_labels(("V1", "MDP")))
    }
    if moved is not None:
        rows[MOVED][moved - 1 : moved + 1] += [1, -1]
    neurons = {label: 100 - (label == fewer) for label in rows}
    samples = {area: (np.zeros(int(t_sim), dtype=int), 0) for area in ("V1", "MDP")}
    attributes = {"state": state if name is None else name, "simulator": "cuda", "seed": seed, "t_sim": t_sim}
    write_series(series_dataset(rows, neurons, samples, **attributes), path)
    return path


@pytest.fixture
def both(tmp_path: Path) -> list[Path]:
    """Statistics of a seed in both states."""
    return [statistics(tmp_path / f"{state}.parquet", "cuda", (state,), seed=3) for state in ("ground", "resting")]


def test_spikes_of_the_isolated_area_are_the_same_in_both_states(tmp_path: Path, reference: Path, both: list[Path]) -> None:
    files = [series(tmp_path / "g.nc", "ground"), series(tmp_path / "r.nc", "resting", moved=COMMON + 1)]  # later is not common
    frame = acceptance([reference], both, series=files)
    found = frame[frame["measure"] == "isolated_counts"]
    assert found["population"].tolist() == list(LAYER_POPULATIONS)
    assert set(found["state"]) == {"resting"}
    assert set(found["value"]) == set(found["high"]) == {0.0}
    assert set(found["verdict"]) == {"inside"}
    one = np.random.default_rng([population_labels(("V1", "MDP")).index(MOVED)]).integers(1, 9, COMMON)
    assert row(frame, "isolated_counts")["ours"] == one.sum()
    lines = as_markdown(frame).splitlines()
    (line,) = (line for line in lines if line.startswith("| 5E |"))
    assert line == f"| 5E | {row(frame, 'isolated')['ours']:.4g} | +0.00 (±0.5) | {one.sum()} | 0 (≤ 0) |"
    assert any(line.endswith("| spikes in the common time | bins of 1 ms that differ (limit) |") for line in lines)


def test_a_single_moved_spike_is_outside(tmp_path: Path, reference: Path, both: list[Path]) -> None:
    files = [series(tmp_path / "g.nc", "ground"), series(tmp_path / "r.nc", "resting", moved=COMMON - 1)]
    frame = acceptance([reference], both, series=files)
    assert row(frame, "isolated_counts")["value"] == 2
    assert row(frame, "isolated_counts")["verdict"] == "outside"
    assert row(frame, "isolated_counts", "5I")["verdict"] == "inside"
    assert summary(frame).endswith("111 of 112 inside; outside: resting rate 5E isolated_counts 2 (seed 3)")
    assert as_markdown(frame).count("**2** (≤ 0)") == 1


def test_counts_are_judged_only_where_they_say_something(tmp_path: Path, reference: Path, both: list[Path]) -> None:
    ground, resting = series(tmp_path / "g.nc", "ground"), series(tmp_path / "r.nc", "resting")
    seed, state = series(tmp_path / "s.nc", "resting", seed=4), series(tmp_path / "o.nc", "resting", name="chi_1.7")
    for given in ([], [ground], [resting], [ground, seed, state]):
        frame = acceptance([reference], both, series=given)
        assert "isolated" in set(frame["measure"])
        assert "isolated_counts" not in set(frame["measure"])
        assert "bins of 1 ms" not in as_markdown(frame)
    other = series(tmp_path / "fewer.nc", "resting", fewer=MOVED)  # another neuron, another count
    frame = acceptance([reference], both, series=[ground, other])
    assert frame.loc[frame["measure"] == "isolated_counts", "population"].tolist() == [name for name in LAYER_POPULATIONS if name != "5E"]
    (line,) = (line for line in as_markdown(frame).splitlines() if line.startswith("| 5E |"))
    assert line.endswith("(±0.5) |  |  |")


def test_series_of_other_simulations_are_refused(tmp_path: Path, reference: Path, both: list[Path]) -> None:
    ground, resting = series(tmp_path / "g.nc", "ground"), series(tmp_path / "r.nc", "resting")
    short = series(tmp_path / "short.nc", "resting", t_sim=2000.0)
    with pytest.raises(InputError, match=r"short\.nc: the series ends at 2000 ms, the window of .*resting\.parquet at 100500 ms"):
        acceptance([reference], both, series=[ground, short])
    with pytest.raises(InputError, match=r"short\.nc: cuda with seed 3 in state resting was already given by .*r\.nc; give each run once"):
        acceptance([reference], both, series=[ground, resting, short])
    with pytest.raises(InputError, match=r"bare\.nc: names no state; give what `python -m analysis series SPIKES --state NAME` makes"):
        acceptance([reference], both, series=[ground, series(tmp_path / "bare.nc", "resting", name="")])


EDGES = np.linspace(0.0, 10.0, 21)


def histograms(path: Path, simulator: str, seed: int, shift: float = 0.0, edges: np.ndarray = EDGES, state: str = "ground") -> Path:
    sample = np.random.default_rng(seed + 100 * len(simulator)).normal(5.0 + shift, 1.5, 20_000)
    counts = np.histogram(sample, edges)[0]
    frame = as_rows(Histogram(edges, counts, int(np.sum(sample < edges[0])), int(np.sum(sample > edges[-1]))))
    frame = frame.assign(state=state, simulator=simulator, seed=seed, population="5E", statistic="rate")
    write_histograms(frame, path, {state: WINDOWS[state]})
    return path


@pytest.fixture
def published(tmp_path: Path) -> list[Path]:
    return [histograms(tmp_path / "h_nest.parquet", NEST, 0), *(histograms(tmp_path / f"h_genn{k}.parquet", GENN, k) for k in (1, 2, 3))]


def test_pooled_histograms(tmp_path: Path, reference: Path, published: list[Path]) -> None:
    ours = statistics(tmp_path / "ours.parquet", "cuda", ("ground",))
    good = acceptance([reference], [ours], [*published, histograms(tmp_path / "h.parquet", "cuda", 1)])
    assert {row(good, measure)["verdict"] for measure in ("kl", "ks")} == {"inside"}
    assert row(good, "kl")["high"] > row(good, "kl")["genn"] > 0
    assert abs(row(good, "mean")["genn"]) < 1.0  # of the seeds' histograms, not of the area means
    assert row(good, "mean")["genn"] != 0.0
    bad = acceptance([reference], [ours], [*published, histograms(tmp_path / "h.parquet", "cuda", 1, shift=0.2)])
    assert {row(bad, measure)["verdict"] for measure in ("kl", "ks")} == {"outside"}
    without = acceptance([reference], [ours], published)
    assert not {"kl", "ks"} & set(without["measure"])


def test_seeds_of_ours_among_each_other(tmp_path: Path, reference: Path) -> None:
    ours = [statistics(tmp_path / f"s{k}.parquet", "cuda", ("resting",), seed=k) for k in (1, 2)]
    files = [histograms(tmp_path / f"h{k}.parquet", "cuda", k, state="resting") for k in (1, 2)]
    frame = acceptance([reference], ours, files)
    assert row(frame, "kl_seeds")["value"] > 0
    assert row(frame, "kl_seeds")["high"] == pytest.approx(0.01443 + 2 * 0.00782, abs=2e-5)  # 5E, Knight and Nowotny (2021), Fig. 4
    assert row(frame, "ks_seeds")["verdict"] == "reported"
    assert pd.isna(row(frame, "kl_seeds")["seed"])
    text = as_markdown(frame)
    assert "seeds among each other" in text
    assert text.count("| rate (spikes/s) | 5E |") == 3


def test_other_bins_and_windows_are_refused(tmp_path: Path, reference: Path, published: list[Path]) -> None:
    ours = statistics(tmp_path / "ours.parquet", "cuda", ("ground",))
    other = histograms(tmp_path / "h.parquet", "cuda", 1, edges=np.linspace(0.0, 10.0, 11))
    with pytest.raises(InputError, match=r"h\.parquet: the histogram of rate in 5E has other bins than .*h_nest\.parquet; make it again"):
        acceptance([reference], [ours], [*published, other])
    frame = pd.read_parquet(histograms(tmp_path / "h.parquet", "cuda", 1))
    write_histograms(frame, tmp_path / "h.parquet", {"ground": (500.0, 2000.0)})
    with pytest.raises(InputError, match="the window ends at 2000 ms"):
        acceptance([reference], [ours], [tmp_path / "h.parquet"])
    short = pd.read_parquet(ours)
    write_table(short, ours, STATISTICS_COLUMNS, {"ground": (500.0, 2000.0)})
    with pytest.raises(InputError, match="LvR depends on the window"):
        acceptance([reference], [ours])


def test_what_cannot_be_judged_is_refused(tmp_path: Path, reference: Path) -> None:
    some = statistics(tmp_path / "some.parquet", "cuda", ("ground",), areas=AREAS[:30])
    with pytest.raises(InputError, match="no values of AITd and 1 other areas in state ground; acceptance is of the full model"):
        acceptance([reference], [some])
    ours = statistics(tmp_path / "ours.parquet", "cuda", ("ground",))
    with pytest.raises(InputError, match="no values of nest-published in state ground"):
        acceptance([ours], [ours])
    frame = pd.read_parquet(ours).assign(state="awake")
    write_table(frame, tmp_path / "awake.parquet", STATISTICS_COLUMNS, {"awake": (500.0, 10500.0)})
    with pytest.raises(InputError, match="no state called ground or resting"):
        acceptance([reference], [tmp_path / "awake.parquet"])
    resting = pd.read_parquet(statistics(tmp_path / "rest.parquet", "cuda", ("resting",)))
    silent = resting[~((resting["area"] == "V1") & (resting["population"] == "6E") & (resting["statistic"] == "lvr"))]
    write_table(silent, tmp_path / "rest.parquet", STATISTICS_COLUMNS, {"resting": WINDOWS["resting"]})
    with pytest.raises(InputError, match="31 area values of lvr in 6E, 32 are published"):
        acceptance([reference], [tmp_path / "rest.parquet"])


def test_limits() -> None:
    assert kl_limit([1.0, 1.0, 1.0]) == 1.5
    assert kl_limit([0.0, 2.0]) == 1.0 + 5.0
    edge = Judgement("5E", "rate", "ks", 0.012, high=0.012)
    assert [edge.verdict(value) for value in (0.012, 0.0121, np.nan)] == ["inside", "outside", "reported"]
    assert Judgement("5E", "rate", "kl_seeds", 1.0).verdict(1.0) == "reported"


def test_command_writes_table_csv_and_markdown(
    tmp_path: Path, reference: Path, published: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    ours = statistics(
        tmp_path / "ours.parquet", "cuda", ("ground",), lambda statistic, _, name: 1 + 0.05 * ((statistic, name) == ("rate", "5E"))
    )
    pooled = histograms(tmp_path / "h.parquet", "cuda", 1)
    arguments = [
        "acceptance",
        "--reference",
        reference,
        "--candidate",
        ours,
        "--histograms",
        *published,
        pooled,
        "--out",
        tmp_path / "a.parquet",
    ]
    assert analyse(*arguments) == 0
    assert capsys.readouterr().out == "acceptance: 49 of 50 inside; outside: ground rate 5E mean 5 (seed 1)\n"
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a.csv"), pd.read_parquet(tmp_path / "a.parquet"), check_dtype=False)
    lines = (tmp_path / "a.md").read_text().splitlines()
    together, line = (line for line in lines if line.startswith("| rate (spikes/s) | 5E |"))
    assert together.endswith("| **outside**: difference (1 of 1) |")
    assert len(together.split("|")) == len(lines[2].split("|"))
    assert "| **+5.00** (±3) | 1.0000 (> 0.995) |" in line
    (header,) = (other for other in lines if other.startswith("| statistic | population | ours | NEST | difference"))
    assert len(line.split("|")) == len(header.split("|"))
    assert (pd.read_csv(tmp_path / "a_overview.csv")["verdict"] == "outside").sum() == 1
    assert analyse(*arguments[:-1], tmp_path / "a.csv") == 2


def test_command_judges_given_series(tmp_path: Path, reference: Path, both: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    files = [series(tmp_path / "g.nc", "ground"), series(tmp_path / "r.nc", "resting")]
    arguments = ["acceptance", "--reference", reference, "--candidate", *both, "--out", tmp_path / "a.parquet", "--series"]
    for given, judged in (([], 104), (files, 112)):  # the workflow gives none where one state is judged
        assert analyse(*arguments, *given) == 0
        assert capsys.readouterr().out == f"acceptance: {judged} of {judged} inside\n"
