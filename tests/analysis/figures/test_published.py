"""The figures after Knight and Nowotny, and that of the phases: what they show, written twice the same, and what they refuse."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from analysis.comparison.acceptance.published_seeds import largest_divergence
from analysis.comparison.acceptance.rules import GENN, NEST, kl_limit
from analysis.comparison.spike_sample import FRACTION, SAMPLE_COLUMNS, sample_spikes
from analysis.figures.style import EXCITATORY, INK
from analysis.statistics.histograms import Histogram, as_rows, kl_divergence, read_histograms, write_histograms
from analysis.tables import STATISTICS_COLUMNS, write_table
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, area_populations
from procortex.formats.spike_meta import read_meta, write_meta
from procortex.formats.spikes import read_spikes
from procortex.utilities.errors import InputError
from tests.helpers import figures
from tests.helpers.figures import assert_written_twice_the_same
from tests.helpers.results import WINDOWS, analyse, write_statistics
from tests.helpers.spikes import write_spikes

SHOWN = ("V1", "V2", "FEF")
drawn = partial(figures.drawn, laid_out=True)


@pytest.fixture(scope="module")
def spikes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "spikes"
    write_spikes(folder, SHOWN, 5, neurons=400, t_sim=3600.0)
    return folder


@pytest.fixture(scope="module")
def inputs(spikes: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Samples of both states, our statistics and published ones."""
    folder = tmp_path_factory.mktemp("inputs")
    rng = np.random.default_rng(1)
    paths = []
    for state in WINDOWS:
        paths.append(folder / f"sample-{state}.parquet")
        write_table(sample_spikes(spikes, state), paths[-1], SAMPLE_COLUMNS, csv=False)
        rows = [
            (state, simulator, 1, area, population, statistic, scale * rng.uniform(), 10)
            for simulator in ("cpu", NEST)
            for statistic, scale in (("rate", 5.0), ("lvr", 1.0), ("correlation", 0.01))
            for area in AREAS
            for population in area_populations(area)
        ]
        paths.append(write_statistics(folder / f"statistics-{state}.parquet", rows, [state]))
    return paths


def test_sample_is_three_percent_of_the_spikes_in_the_window(spikes: Path) -> None:
    frame = sample_spikes(spikes, "ground")
    assert frame.equals(sample_spikes(spikes, "ground"))
    assert set(frame["rows"]) == {400}
    for area in SHOWN:
        there = read_spikes(spikes, area, None, 30000, 35000)
        mine = frame[(frame["area"] == area) & frame["time"].notna()]
        assert len(mine) == round(FRACTION * len(there))
        known = set(zip(there["population"], there["neuron"], (there["step"] * 0.1).round(1), strict=True))
        assert set(zip(mine["population"], mine["neuron"].astype(int), mine["time"].round(1), strict=True)) <= known
        assert set(frame.loc[frame["area"] == area, "population"]) == set(LAYER_POPULATIONS)  # silent ones have a row without time


def test_sample_refuses_short_runs_and_other_areas(tmp_path: Path) -> None:
    write_spikes(tmp_path / "short", SHOWN, 1, neurons=5, t_sim=3400.0)
    with pytest.raises(InputError, match="ends at 3400 ms, the raster is of 3000 to 3500 ms"):
        sample_spikes(tmp_path / "short", "ground")
    write_spikes(tmp_path / "some", ("V1", "V2"), 1, neurons=5, t_sim=3500.0)
    with pytest.raises(InputError, match="area FEF was not recorded"):
        sample_spikes(tmp_path / "some", "ground")


def test_fig3_has_rasters_and_violins_of_both_states_on_the_paper_s_axes(inputs: list[Path]) -> None:
    axes = drawn("knight-fig3", *inputs).axes
    assert [each.get_title(loc="left") for each in axes[:3]] == list(SHOWN)
    assert len(axes) == 12
    assert axes[0].get_xlim() == (3.0, 3.5)
    assert axes[0].get_ylim() == (8 * 400, 0)
    assert [axes[k].get_ylim() for k in (3, 5, 9, 10, 11)] == [(-1, 13), (-0.01, 2.01), (-10, 150), (-0.1, 0.6), (-0.5, 2.5)]
    assert axes[4].get_ylim() == pytest.approx((-2, 12))  # in thousandths
    excitatory = axes[0].collections[0]  # 2/3E, drawn first and on top
    assert np.asarray(excitatory.get_offsets())[:, 1].max() < 400
    assert tuple(excitatory.get_facecolor()[0][:3]) == pytest.approx(tuple(int(EXCITATORY[k : k + 2], 16) / 255 for k in (1, 3, 5)))
    assert len(drawn("knight-fig3", *inputs, state="resting").axes) == 6


def test_fig3_refusals(inputs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no spike sample of the states ground or resting"):
        drawn("knight-fig3", inputs[1], inputs[3])
    with pytest.raises(InputError, match="a second spike sample of state ground"):
        drawn("knight-fig3", inputs[0], *inputs)
    ours = pd.read_parquet(inputs[1]).query("simulator == 'cpu'")
    write_table(ours, tmp_path / "ours.parquet", STATISTICS_COLUMNS, {"ground": WINDOWS["ground"]})
    with pytest.raises(InputError, match="no statistics of state ground of nest-published"):
        drawn("knight-fig3", inputs[0], tmp_path / "ours.parquet")
    with pytest.raises(InputError, match="no such file"):
        drawn("knight-fig3", inputs[0], tmp_path / "none.parquet")


def histograms(folder: Path, simulator: str, seed: int, state: str = "ground", end: float | None = None) -> Path:
    rng = np.random.default_rng(seed + 10 * len(simulator))
    edges = np.linspace(-3.0, 3.0, 31)
    parts = [
        as_rows(Histogram(edges, np.histogram(rng.normal(size=5000), edges)[0])).assign(population=population, statistic=statistic)
        for statistic in ("rate", "lvr", "correlation")
        for population in LAYER_POPULATIONS
        if (statistic, population) != ("correlation", "6E")
    ]
    path = folder / f"{state}-{simulator}-{seed}.parquet"
    frame = pd.concat(parts, ignore_index=True).assign(state=state, simulator=simulator, seed=seed)
    write_histograms(frame, path, {state: (500.0, end or WINDOWS[state][1])})
    return path


def limits(axes: Axes) -> list[float]:
    """Heights of the broken lines, from the left."""
    return [float(line.get_ydata()[0]) for line in axes.lines if line.is_dashed()]


def error_bars(axes: Axes) -> list[list[float]]:
    """Lower and upper ends, from the left."""
    return [list(line.get_ydata()) for line in axes.lines if line.get_color() == INK and not line.is_dashed()]


def legend_of(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.figure.legends[0].get_texts()]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Histograms of NEST, of three seeds of GeNN and of one of ours."""
    folder = tmp_path_factory.mktemp("ground")
    return [histograms(folder, NEST, 0), *(histograms(folder, GENN, seed) for seed in (1, 2, 3)), histograms(folder, "cuda", 1)]


def test_fig4_has_bars_of_the_divergences(ground: list[Path]) -> None:
    axes = drawn("knight-fig4", *ground).axes
    assert len(axes) == 3
    nest, *genn, ours = (run.histograms["rate", "23E"] for run in read_histograms(ground))
    heights = [patch.get_height() for patch in axes[0].patches]
    assert len(heights) == 3 * 8
    from_nest = [kl_divergence(nest, each) for each in genn]
    between = [kl_divergence(first, second) for first, second in combinations(genn, 2)]
    assert heights[:3] == pytest.approx([1e3 * kl_divergence(nest, ours), 1e3 * np.mean(from_nest), 1e3 * np.mean(between)])
    assert error_bars(axes[0])[0] == pytest.approx([1e3 * (np.mean(from_nest) + sign * np.std(from_nest)) for sign in (-1, 1)])
    assert limits(axes[0])[0] == pytest.approx(1e3 * kl_limit([*from_nest, *between]))
    assert [text.get_text() for text in axes[1].texts].count("n/a") == 1
    assert [len(limits(each)) for each in axes] == [8, 7, 8]
    assert legend_of(axes[2])[-1] == "limit of ours, from NEST (ground)"


def test_fig4_has_the_published_divergences_of_the_resting_state(ground: list[Path], tmp_path: Path) -> None:
    resting = [histograms(tmp_path, "cuda", seed, "resting") for seed in (1, 2, 3)]
    axes = drawn("knight-fig4", *ground, *resting).axes
    assert len(axes) == 6
    assert [len(each.patches) for each in axes[3:]] == [3 * 8, 3 * 8 - 1, 3 * 8]  # GeNN's of correlation in 6E, which ours lack
    ours = [run.histograms["rate", "23E"] for run in read_histograms(resting)]
    pairs = [kl_divergence(first, second) for first, second in combinations(ours, 2)]
    bars = [(np.mean(pairs), np.std(pairs)), (2.053e-3, 0.125e-3), (3.066e-3, 1.085e-3)]  # GeNN's: Knight and Nowotny (2021), Fig. 4
    assert [patch.get_height() for patch in axes[3].patches[:3]] == pytest.approx([1e3 * mean for mean, _ in bars])
    for ends, (mean, deviation) in zip(error_bars(axes[3])[:3], bars, strict=True):
        assert ends == pytest.approx([1e3 * (mean - deviation), 1e3 * (mean + deviation)])
    assert [axes[k].patches[-2].get_height() for k in (3, 4, 5)] == pytest.approx([4.119, 2.736, 7.512])  # 6I, from NEST
    assert [axes[k].patches[-1].get_height() for k in (3, 4, 5)] == pytest.approx([5.163, 5.131, 15.708])  # 6I, between seeds
    for panel, statistic in zip(axes[3:], ("rate", "correlation", "lvr"), strict=True):
        assert limits(panel) == pytest.approx([1e3 * largest_divergence(statistic, population) for population in LAYER_POPULATIONS])
    assert [to_hex(patch.get_facecolor()) for patch in axes[3].patches[1:3]] == [
        to_hex(patch.get_facecolor()) for patch in axes[0].patches[1:3]
    ]
    assert legend_of(axes[5]) == [
        "procortex (GPU), from NEST",
        "procortex (GPU), between seeds",
        "GeNN (published), from NEST",
        "GeNN (published), between seeds",
        "limit of ours, from NEST (ground), between seeds (resting)",
    ]
    alone = drawn("knight-fig4", *resting).axes  # without the published histograms, which a folder may lack
    assert [len(each.patches) for each in alone] == [3 * 8, 3 * 8 - 1, 3 * 8]
    assert legend_of(alone[2])[-1] == "limit of ours, between seeds (resting)"


def test_fig4_compares_nothing_of_one_seed_at_rest_nor_of_another_duration_with_the_published(ground: list[Path], tmp_path: Path) -> None:
    one = histograms(tmp_path, "cuda", 1, "resting")
    assert len(drawn("knight-fig4", *ground, one).axes) == 3  # the ground state
    with pytest.raises(InputError, match="nothing to compare"):
        drawn("knight-fig4", *ground[:-1], one)
    short = [histograms(tmp_path, "cuda", seed, "resting", 10500.0) for seed in (2, 3)]
    axes = drawn("knight-fig4", *short).axes
    assert len(axes[0].patches) == 8  # seeds among each other alone
    assert limits(axes[0]) == []
    assert legend_of(axes[2]) == ["procortex (GPU), between seeds"]


def test_phases(spikes: Path, tmp_path: Path) -> None:
    for seed, simulate in ((1, 7.2), (2, 3.6)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        times = {"compile": 0.0, "set_up": 0.5, "simulate": simulate, "update": 2.0, "record": 0.1}
        network = {"configuration": json.dumps({"connection_params": {"cc_weights_factor": 1.9}})}
        busy = {"processor_s": 1.0, "others_s": 0.05 if seed == 1 else 7.4}
        write_meta(folder, replace(read_meta(spikes), seed=seed, wall_time_s=times, network=network, **busy))
    times, factor = drawn("phases", tmp_path / "1", tmp_path / "2" / "_meta.json").axes
    assert [text.get_text() for text in factor.texts if "processors" in text.get_text()] == ["1.53  (others: 2.0 processors)"]
    assert "others" not in "".join(text.get_text() for text in drawn("phases", tmp_path / "1").axes[1].texts)
    assert [label.get_text() for label in times.get_yticklabels()] == ["procortex (CPU), χ = 1.9, 3.6 s"]
    assert factor.patches[0].get_width() == pytest.approx((7.3 + 3.7) / 3.6 / 2)  # with what recording takes
    points = sorted(float(line.get_xdata()[0]) for line in times.lines if line.get_marker() in ("o", "^"))
    assert points == [0.001, 0.001, 0.1, 0.1, 0.5, 0.5, 2.0, 2.0, 3.6, 7.2]
    with pytest.raises(InputError, match="no wall-clock times"):
        drawn("phases", spikes)


def test_written_twice_the_same(inputs: list[Path], tmp_path: Path) -> None:
    assert_written_twice_the_same("knight-fig3", inputs, tmp_path)
    assert (tmp_path / "knight-fig3-first.png").stat().st_size > 10_000


def test_commands_from_spikes(spikes: Path, tmp_path: Path) -> None:
    shutil.copytree(spikes, tmp_path / "spikes")
    state = ("--state", "ground")
    for name, given, *options, out in (
        ("spike-sample", "spikes", *state, "sample.parquet"),
        ("statistics", "spikes", *state, "statistics.parquet"),
        ("histograms", "counts.parquet", "histograms.parquet"),
    ):
        assert analyse(name, tmp_path / given, *options, "--out", tmp_path / out) == 0
    assert tuple(pd.read_parquet(tmp_path / "sample.parquet").columns) == SAMPLE_COLUMNS
    (run,) = read_histograms([tmp_path / "histograms.parquet"])
    assert run.histograms["rate", "5E"].counts.sum() == 3 * 400
