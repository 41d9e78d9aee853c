"""Figures of rates over time: panels, what they leave out, what they refuse."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.figures.catalogue import FIGURES
from analysis.figures.dynamics.v1_spectrum import neuron_rates, rate_bins
from analysis.runs import read_runs
from analysis.statistics.spectrum import SEGMENT
from contracts.startup import START_MS
from procortex.formats.series import read_series, write_series
from procortex.utilities.errors import InputError
from tests.helpers.figures import assert_written_twice_the_same, drawn, letters, titles
from tests.helpers.results import analyse, write_run
from tests.helpers.spikes import RATES

AREAS = ("V1", "TH", "FEF")
T_SIM = 1600.0


def simulate(
    folder: Path, state: str, seed: int = 1, *, areas: tuple[str, ...] = AREAS, t_sim: float = T_SIM, silent: bool = False
) -> Path:
    """Spikes, series and statistics of a made-up simulation."""
    bias = dict.fromkeys(RATES, 0.0) if silent else None
    return write_run(folder / f"{state}-{seed}", state, areas, seed + (state == "resting"), neurons=30, t_sim=t_sim, bias=bias)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Results of two states, and of another seed of the first."""
    folder = tmp_path_factory.mktemp("runs")
    return {
        name: simulate(folder, *arguments)
        for name, arguments in (("ground", ("ground",)), ("resting", ("resting",)), ("other", ("ground", 5)))
    }


@pytest.fixture(scope="module")
def inputs(runs: dict[str, Path]) -> dict[str, list[Path]]:
    """What each figure draws."""
    states = [runs["ground"], runs["resting"]]
    series, statistics = [run / "series.nc" for run in states], [run / "statistics.parquet" for run in states]
    return {
        "state-overview": [runs["ground"] / "spikes", series[0], statistics[0], runs["other"] / "statistics.parquet"],
        "v1-spectrum": [*series, *statistics],
        "rate-over-time": series,
    }


def panel(figure: Figure, title: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_title("left").startswith(title))


def medians(axes: Axes) -> dict[int, float]:
    """Median of each box by its place: a line of two points with one height, centred on the place."""
    found = {}
    for line in axes.lines:
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        if len(x) == 2 and y[0] == y[1] and np.ptp(x) > 0.5:
            found[round(x.mean())] = float(y[0])
    return found


@pytest.mark.parametrize(
    ("name", "panels", "expected"), [("state-overview", 8, "ABCDEFGH"), ("v1-spectrum", 4, "ABC"), ("rate-over-time", 4, "AB")]
)
def test_panels_are_named(inputs: dict[str, list[Path]], name: str, panels: int, expected: str) -> None:
    figure = drawn(name, *inputs[name])
    assert len(figure.axes) == panels
    assert letters(figure) == expected


@pytest.mark.parametrize("name", ["state-overview", "v1-spectrum", "rate-over-time"])
def test_files_are_written_twice_the_same(inputs: dict[str, list[Path]], name: str, tmp_path: Path) -> None:
    assert_written_twice_the_same(name, inputs[name], tmp_path)


def test_boxes_are_means_over_seeds_and_areas_without_a_layer_take_no_part(inputs: dict[str, list[Path]]) -> None:
    frames = [pd.read_parquet(path) for path in inputs["state-overview"][2:]]
    table = pd.concat(frames)
    table = table[(table["definition"] == "schmidt2018") & (table["area"] != "all")]
    figure = drawn("state-overview", *inputs["state-overview"])
    for title, statistic in (("Firing rate", "rate"), ("LvR", "lvr")):
        means = table[table["statistic"] == statistic].groupby(["population", "area"])["value"].mean()
        found = medians(panel(figure, title))
        assert sorted(found) == list(range(8))
        assert found[0] == pytest.approx(means["23E"].median())
        assert found[2] == pytest.approx(means["4E"].median())
        assert sorted(means["4E"].index) == ["FEF", "V1"]  # not TH, with 0


def test_silent_populations_are_drawn_at_the_edge(tmp_path: Path) -> None:
    run = simulate(tmp_path, "ground", silent=True)
    figure = drawn("state-overview", run / "series.nc", run / "statistics.parquet")
    assert set(medians(panel(figure, "Firing rate")).values()) == {1e-3}
    assert not medians(panel(figure, "Synchrony"))
    drawn("rate-over-time", run / "series.nc")


def test_a_sample_without_neurons_is_drawn_empty(runs: dict[str, Path], tmp_path: Path) -> None:
    """Whether a neuron fires fast enough is known after the simulation: too late for a workflow to leave the state out."""
    silent = simulate(tmp_path, "resting", silent=True)
    figure = drawn("v1-spectrum", *[run / name for name in ("series.nc", "statistics.parquet") for run in (runs["ground"], silent)])
    assert titles(figure)[1] == "resting: no neuron of V1 fires fast enough for the sample"
    spectra = panel(figure, "Power spectrum").lines
    assert [bool(np.isfinite(np.asarray(line.get_ydata(), float)).all()) for line in spectra] == [True, False]
    svg = tmp_path / "silent.svg"
    assert (
        analyse(
            "figure", "v1-spectrum", silent / "series.nc", silent / "statistics.parquet", "--out-svg", svg, "--out-png", tmp_path / "s.png"
        )
        == 0
    )
    assert svg.stat().st_size > 0


def test_the_spectrum_is_of_an_area_with_spikes(runs: dict[str, Path], tmp_path: Path) -> None:
    """Series that are counted while simulating hold areas of which no spike is kept."""
    run = simulate(tmp_path, "resting", areas=("TH", "FEF"))
    shutil.copy(simulate(tmp_path / "all", "resting") / "series.nc", run)
    figure = drawn("v1-spectrum", *[run / name for name in ("series.nc", "statistics.parquet")])
    assert titles(figure)[0].endswith("neurons of TH")


def test_without_spikes_there_are_no_rasters(inputs: dict[str, list[Path]]) -> None:
    figure = drawn("state-overview", *inputs["state-overview"][1:])
    assert titles(figure)[:4] == ["Firing rate (spikes/s)", "LvR", "Correlation", "Synchrony"]
    assert letters(figure) == "ABCDE"


@pytest.mark.parametrize(("t_sim", "label", "window"), [(T_SIM, "Time (s), last 500 ms", (1.1, 1.6)), (3600.0, "Time (s)", (3.0, 3.5))])
def test_rasters_of_short_simulations_say_that_they_show_the_end(
    tmp_path: Path, t_sim: float, label: str, window: tuple[float, float]
) -> None:
    run = simulate(tmp_path, "ground", areas=("V1",), t_sim=t_sim)
    first = drawn("state-overview", run / "spikes", run / "series.nc", run / "statistics.parquet").axes[0]
    assert first.get_xlabel() == label
    assert first.get_xlim() == pytest.approx(window)


def test_rates_of_all_areas_have_rows(inputs: dict[str, list[Path]]) -> None:
    rows = panel(drawn("state-overview", *inputs["state-overview"]), "Rates of areas")
    assert [label.get_text() for label in rows.get_yticklabels()] == ["TH", "FEF", "V1"]  # from below
    assert len(rows.lines) == 2 * len(AREAS)


def test_rates_of_neurons_are_those_of_all_populations(runs: dict[str, Path]) -> None:
    sample = neuron_rates(read_runs([runs["ground"] / "statistics.parquet"])[0], "TH")
    assert sample.count.sum() == 6 * 30
    frame = pd.read_parquet(runs["ground"] / "statistics.parquet")
    mean = frame[(frame["area"] == "TH") & (frame["statistic"] == "rate") & (frame["definition"] == "knight2021")]["value"].mean()
    assert np.average(sample.value, weights=sample.count) == pytest.approx(mean)


def test_distributions_of_rates_hold_every_neuron(inputs: dict[str, list[Path]], runs: dict[str, Path]) -> None:
    steps = panel(drawn("v1-spectrum", *inputs["v1-spectrum"]), "Rates of all neurons of V1").patches
    assert len(steps) == 2
    values, edges, _ = steps[0].get_data()  # type: ignore[attr-defined]
    assert edges[-1] > neuron_rates(read_runs([runs["ground"] / "statistics.parquet"])[0], "V1").value.max() > edges[-2]
    assert float((values * np.diff(edges)).sum()) == pytest.approx(1.0)


def test_rates_have_a_hundred_bins_or_one_for_each_number_of_spikes() -> None:
    assert rate_bins(40.0, (500.0, 10_500.0)).tolist() == pytest.approx(np.linspace(0.0, 40.0, 101).tolist())
    short = rate_bins(3.0, (500.0, 2500.0))  # half a spike per second and spike
    assert short.tolist() == pytest.approx([-0.25, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25])
    assert rate_bins(0.0, (500.0, 2500.0)).tolist() == pytest.approx([-0.25, 0.25])


def test_shares_of_time_sum_to_one(inputs: dict[str, list[Path]]) -> None:
    figure = drawn("rate-over-time", *inputs["rate-over-time"])
    assert titles(figure)[::2] == ["ground", "resting"]
    for axes in figure.axes[1::2]:
        for steps in axes.patches:
            assert steps.get_data()[0].sum() == pytest.approx(1.0)  # type: ignore[attr-defined]


def test_a_named_state_is_drawn_alone(inputs: dict[str, list[Path]]) -> None:
    assert titles(drawn("rate-over-time", *inputs["rate-over-time"], state="resting"))[::2] == ["resting"]
    with pytest.raises(InputError, match="no state 'rest'; the inputs hold ground, resting"):
        drawn("rate-over-time", *inputs["rate-over-time"], state="rest")


def test_an_area_that_all_states_have_stands_for_v1(runs: dict[str, Path], tmp_path: Path) -> None:
    series = read_series(runs["ground"] / "series.nc")
    chosen = [str(label).startswith("FEF-") for label in series["target"].to_numpy()]
    write_series(series.isel(target=chosen).sel(area=["FEF"]), tmp_path / "fef.nc")
    figure = drawn("rate-over-time", tmp_path / "fef.nc", runs["resting"] / "series.nc")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "FEF, bins of 1 ms",
        "FEF, ground",
        "FEF, resting",
        "all neurons",
    ]


def test_what_does_not_belong_together_is_refused(inputs: dict[str, list[Path]], runs: dict[str, Path]) -> None:
    ground, resting, other = (runs[name] for name in ("ground", "resting", "other"))
    for name, paths, message in (
        ("rate-over-time", [ground / "series.nc", other / "series.nc"], "state ground is given twice"),
        ("rate-over-time", [ground / "statistics.parquet"], "no input of rate-over-time; it draws a series of each state"),
        ("rate-over-time", [], "no series; it draws"),
        ("v1-spectrum", inputs["v1-spectrum"][:3], "no statistics of the resting state on cpu with seed 2"),
        ("state-overview", [ground / "series.nc"], "1 series, 0 statistics, 0 spike data sets"),
        ("state-overview", [ground / "series.nc", resting / "statistics.parquet"], "no statistics of the ground state on cpu"),
        ("state-overview", [other / "spikes", *inputs["state-overview"][1:3]], "the series is of another simulation"),
    ):
        with pytest.raises(InputError) as error:
            drawn(name, *paths)
        assert message in str(error.value)


def test_spectra_need_what_the_workflow_thinks_they_need(tmp_path: Path) -> None:
    assert FIGURES["v1-spectrum"].shortest_ms == START_MS + SEGMENT
    short = simulate(tmp_path, "ground", areas=("V1",), t_sim=1500.0)
    with pytest.raises(InputError, match="a power spectrum needs 1024 bins of 1 ms, there are 1000"):
        drawn("v1-spectrum", short / "series.nc", short / "statistics.parquet")
    shorter = simulate(tmp_path, "resting", areas=("V1",), t_sim=600.0)
    drawn("state-overview", shorter / "spikes", shorter / "series.nc", shorter / "statistics.parquet")
    drawn("rate-over-time", shorter / "series.nc")
