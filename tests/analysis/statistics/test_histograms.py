"""Histograms of simulations: equal to those of values worked out one by one, on given bins and on bins of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics.binning import FineCounts, bin_counts, count, count_fine, freedman_diaconis
from analysis.statistics.collect import collect
from analysis.statistics.histograms import Edges, Histogram, edges_of, kl_divergence, ks_distance, read_histograms, write_histograms
from analysis.tables import Windows
from procortex.formats.populations import population_labels
from procortex.formats.spikes import read_spikes
from procortex.utilities.errors import InputError
from tests.helpers.spikes import write_flat, write_spikes

AREAS = ("V1", "TH")
NEURONS = 40
T_SIM, T_MIN, DT = 3000.0, 500.0, 0.1


@pytest.fixture(scope="module")
def spikes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "spikes"
    write_spikes(folder, AREAS, 5, neurons=NEURONS, t_sim=T_SIM, dt=DT)
    return folder


def bin_values(folder: Path, state: str, edges: Edges, later: Edges | None = None) -> tuple[pd.DataFrame, Windows]:
    """Histograms on edges known while spikes are read, and later ones."""
    collected = collect(folder, state, edges=edges)
    return bin_counts(collected.counts, collected.windows, {**edges, **(later or {})}, folder), collected.windows


def values(folder: Path, population: str) -> dict[str, np.ndarray]:
    """Rates, LvR and correlations of all neurons and pairs, one after the other."""
    rates, lvr, pairs = [], [], []
    for area in (area for area in AREAS if f"{area}-{population}" in population_labels(AREAS)):
        frame = read_spikes(folder, area, [population])
        frame = frame[(frame["step"] >= T_MIN / DT) & (frame["step"] < T_SIM / DT)]
        trains = [np.sort(frame.loc[frame["neuron"] == neuron, "step"].to_numpy()) * DT for neuron in range(NEURONS)]
        rates += [len(train) / ((T_SIM - T_MIN) / 1000) for train in trains]
        for train in (train for train in trains if len(train)):
            i, j = np.diff(train)[:-1], np.diff(train)[1:]
            lvr.append(3 / len(i) * np.sum((1 - 4 * i * j / (i + j) ** 2) * (1 + 8 / (i + j))) if len(train) > 2 else 0.0)
        edges = T_MIN - DT / 2 + np.arange(T_SIM - T_MIN + 1)
        binned = np.array([np.histogram(train, edges)[0] for train in trains if len(train)])
        matrix = np.corrcoef(binned)
        pairs += list(matrix[np.tril_indices(len(binned), -1)])
    return {"rate": np.array(rates), "lvr": np.array(lvr), "correlation": np.array(pairs)}


@pytest.mark.parametrize("population", ["23E", "4I", "5I"])
def test_counts_on_given_edges_are_those_of_the_single_values(spikes: Path, tmp_path: Path, population: str) -> None:
    expected = values(spikes, population)
    # an irrational step: no value sits on an edge, where the last bit would decide
    edges = {
        ("rate", population): np.sqrt(2) * np.arange(1, 9) / 3,
        ("lvr", population): np.sqrt(2) * np.arange(1, 12) / 9,
        ("correlation", population): np.sqrt(2) * np.linspace(-0.001, 0.03, 60),
    }
    frame, windows = bin_values(spikes, "ground", edges)
    write_histograms(frame, tmp_path / "histograms.parquet", windows)
    (run,) = read_histograms([tmp_path / "histograms.parquet"])
    assert (run.state, run.simulator, run.seed, run.window) == ("ground", "cpu", 5, (T_MIN, T_SIM))
    for key, grid in edges.items():
        found, truth = run.histograms[key], expected[key[0]]
        np.testing.assert_array_equal(found.edges, grid)
        np.testing.assert_array_equal(found.counts, np.histogram(truth, grid)[0])
        assert (found.below, found.above) == (np.sum(truth < grid[0]), np.sum(truth > grid[-1]))
        assert found.below > 0
        assert found.counts.sum() + found.below + found.above == len(truth)


def test_own_edges_hold_everything_and_serve_another_seed(spikes: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.parquet", tmp_path / "second.parquet"
    frame, windows = bin_values(spikes, "resting", {})
    write_histograms(frame, first, windows)
    write_spikes(tmp_path / "other", AREAS, 6, neurons=NEURONS, t_sim=T_SIM, dt=DT)
    frame, windows = bin_values(tmp_path / "other", "resting", {}, edges_of(first, "resting"))
    at_once, _ = bin_values(tmp_path / "other", "resting", edges_of(first, "resting"))
    pd.testing.assert_frame_equal(*(each.sort_values(["statistic", "population", "low"], ignore_index=True) for each in (frame, at_once)))
    write_histograms(frame, second, windows)
    one, two = read_histograms([first, second])
    assert set(one.histograms) == {(statistic, name) for statistic in ("rate", "lvr", "correlation") for name in _populations()}
    for key, histogram in one.histograms.items():
        assert histogram.below == histogram.above == 0
        np.testing.assert_array_equal(histogram.edges, two.histograms[key].edges)
        width = np.diff(histogram.edges)
        np.testing.assert_allclose(width, width[0], rtol=1e-6)
    rates = one.histograms["rate", "5E"]
    assert rates.counts.sum() == len(AREAS) * NEURONS
    assert rates.mean == pytest.approx(values(spikes, "5E")["rate"].mean(), rel=0.05)
    spikes_in_window = np.arange(200) / ((T_SIM - T_MIN) / 1000)
    assert np.abs(rates.edges[:, None] - spikes_in_window).min() > 0.1  # rates lie well inside their bins
    assert edges_of(first, "ground") == {}


def _populations() -> set[str]:
    return {label.split("-")[1] for label in population_labels(AREAS)}


def test_processes_change_nothing(spikes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.parallel.SPIKES_PER_PROCESS", 1)
    edges = {("rate", "5E"): np.array([0.0, 1.3, 7.1])}
    alone, together = (collect(spikes, "ground", jobs=jobs, edges=edges) for jobs in (1, 2))
    assert alone.counts.equals(together.counts)
    assert alone.statistics.equals(together.statistics)


def test_silence_is_refused_and_a_silent_population_left_out(tmp_path: Path) -> None:
    populations = dict.fromkeys(population_labels(("TH",)), 3)
    write_flat(tmp_path / "silent", populations, np.array([100]), np.array([0]), t_sim=1000.0)
    frame, _ = bin_values(tmp_path / "silent", "ground", {})
    assert set(frame["statistic"]) == {"rate"}  # every rate is 0, and that is a distribution; the others have no values
    write_flat(tmp_path / "empty", {"TH-23E": 0}, np.empty(0), np.empty(0), t_sim=1000.0)
    with pytest.raises(InputError, match="no population was recorded"):
        bin_values(tmp_path / "empty", "ground", {})


PARTS = st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=40).map(np.array)


@given(PARTS, PARTS)
def test_fine_counts_of_parts_add_up(first: np.ndarray, second: np.ndarray) -> None:
    total = count_fine(first, 2.0**-6, 0.0) + count_fine(second, 2.0**-6, 0.0)
    whole = count_fine(np.concatenate([first, second]), 2.0**-6, 0.0)
    assert total.first == whole.first
    np.testing.assert_array_equal(total.counts, whole.counts)


@given(PARTS)
def test_bins_of_their_own_hold_every_value_in_its_place(sample: np.ndarray) -> None:
    histogram = freedman_diaconis(count_fine(sample, 2.0**-6, 0.0), 2.0**-6, 0.0)
    np.testing.assert_array_equal(count(sample, histogram.edges)[1:-1][:-1], histogram.counts[:-1])
    assert histogram.counts.sum() == len(sample)
    assert histogram.edges[0] <= sample.min()
    assert sample.max() < histogram.edges[-1]


def test_width_of_the_bins() -> None:
    sample = np.random.default_rng(2).normal(0.0, 0.1, 20_000)
    width = np.diff(freedman_diaconis(count_fine(sample, 2.0**-20, 0.0), 2.0**-20, 0.0).edges)
    q1, q3 = np.quantile(sample, [0.25, 0.75])
    assert width[0] == pytest.approx(2 * (q3 - q1) / 20_000 ** (1 / 3), rel=1e-3)
    spike = FineCounts(0, np.array([900, 0, 0, 0, 100]))  # no interquartile range: Scott's rule
    assert len(freedman_diaconis(spike, 1.0, 0.0).counts) == 5
    assert len(freedman_diaconis(FineCounts(3, np.array([7])), 1.0, 0.0).edges) == 2


def test_distances_by_hand() -> None:
    edges = np.array([0.0, 1.0, 2.0, 3.0])
    truth, other = Histogram(edges, np.array([2, 6, 2])), Histogram(edges, np.array([4, 4, 0]), below=1, above=1)
    assert kl_divergence(truth, other) == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))
    assert ks_distance(truth, other) == pytest.approx(0.3)  # 0.2 against 0.5 at 1: what lies below counts
    assert np.isnan(kl_divergence(truth, Histogram(edges, np.zeros(3, dtype=int), above=5)))
    assert truth.mean == 1.5


def test_bins_whose_edges_lie_within_cells_are_refused(spikes: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"rate in 5E was counted from .* at once, across an edge .* give their file as --edges"):
        bin_values(spikes, "ground", {}, {("rate", "5E"): np.sqrt(2) * np.arange(1, 9)})


def test_refusals(spikes: Path, tmp_path: Path) -> None:
    path, other = tmp_path / "one.parquet", tmp_path / "two.parquet"
    frame, windows = bin_values(spikes, "ground", {("rate", "5E"): np.array([0.0, 9.0])})
    write_histograms(frame, path, windows)
    with pytest.raises(InputError, match=r"cpu with seed 5 in state ground was already given by .*one\.parquet"):
        read_histograms([path, path])
    two, _ = bin_values(spikes, "ground", {("rate", "5E"): np.array([0.0, 8.0])})
    write_histograms(pd.concat([frame, two.assign(seed=9)]), other, windows)
    with pytest.raises(InputError, match="the histogram of rate in 5E has other bins"):
        edges_of(other, "ground")
    write_histograms(frame, other, {})
    with pytest.raises(InputError, match="the window of state ground is not recorded"):
        read_histograms([other])
    with pytest.raises(InputError, match="no such file"):
        edges_of(tmp_path / "none.parquet", "ground")
