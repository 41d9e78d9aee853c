"""Sweeps: points and their lines, the table of all simulations, the figure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.dynamics.rate_series import after_start, population_rates, synchrony
from analysis.sweep.gather import columns_of
from analysis.sweep.points import Line, Points, axis_of, lines_of, read_points
from analysis.tables import read_table
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError
from tests.helpers.figures import drawn
from tests.helpers.results import analyse, write_run
from tests.helpers.spikes import RATES

CHI, CHI_I, G = (f"connection_params.{name}" for name in ("cc_weights_factor", "cc_weights_I_factor", "g"))
AREAS = ("V1", "TH")


def points(over: list[str], names: list[str], states: dict[str, tuple[Any, ...]]) -> Points:
    return Points(tuple(over), {state: dict(zip(names, values, strict=True)) for state, values in states.items()})


def test_one_line_over_one_parameter() -> None:
    one = points([CHI], [CHI], {"chi_2": (2.0,), "chi_1": (1.0,), "chi_1.5": (1.5,)})
    assert axis_of(one) == CHI
    assert lines_of(one) == [Line("", ("chi_1", "chi_1.5", "chi_2"))]


def test_what_goes_along_with_the_axis_parts_no_line_and_what_is_another_network_does() -> None:
    states = {"LA": (1.0, 1.0, -16.0, 100), "ground": (1.0, 1.0, -11.0, 100), "chi_2": (2.0, 2.0, -11.0, 200)}
    one = points([CHI, CHI_I], [CHI, CHI_I, G, "sim_params.t_sim"], states)
    assert lines_of(one) == [Line("LA", ("LA",)), Line("ground to chi_2", ("ground", "chi_2"))]


def test_a_second_parameter_parts_lines_where_values_of_the_first_come_twice() -> None:
    one = points([CHI, G], [CHI, G], {f"{chi}{g}": (chi, g) for chi in (1.0, 2.0) for g in (-11, -12)})
    assert lines_of(one) == [Line("g -11", ("1.0-11", "2.0-11")), Line("g -12", ("1.0-12", "2.0-12"))]


def test_lines_are_called_after_the_states_that_were_swept() -> None:
    states = {f"{state}_cc_weights_factor_{chi}": (chi, g) for state, g in (("a", -11.0), ("b", -4.0)) for chi in (1, 2)}
    assert [line.label for line in lines_of(points([CHI], [CHI, G], states))] == ["a", "b"]


def test_the_axis_has_several_values() -> None:
    assert axis_of(points([CHI, G], [CHI, G], {"a": (1.0, -4), "b": (1.0, -5)})) == G


@pytest.mark.parametrize(
    "text", ["", "[1]", "over: [a]", "over: [a]\nstates: {}", "over: [a]\nstates: {s: {b: 1}}", "over: []\nstates: {s: {}}"]
)
def test_wrong_points_are_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"sweep\.yaml: expected `over`"):
        read_points(path)
    with pytest.raises(InputError, match="no such file"):
        read_points(tmp_path / "none.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Statistics and series of two points with two seeds each, and the points."""
    folder = tmp_path_factory.mktemp("sweep")
    for place, state in enumerate(("g_-4", "g_-5")):
        for seed in (1, 2):
            bias = dict.fromkeys(RATES, 1.0 + place)
            write_run(folder / f"{state}-{seed}", state, AREAS, seed, neurons=20, t_sim=1000.0, bias=bias)
    (folder / "sweep.yaml").write_text(yaml.safe_dump({"over": [G], "states": {"g_-4": {G: -4.0}, "g_-5": {G: -5.0}}}))
    return folder


def gather(folder: Path, out: Path, runs: list[str]) -> int:
    files = {kind: [folder / run / kind for run in runs] for kind in ("statistics.parquet", "series.nc")}
    return analyse(
        "sweep", folder / "sweep.yaml", "--statistics", *files["statistics.parquet"], "--series", *files["series.nc"], "--out", out
    )


RUNS = ["g_-5-1", "g_-4-1", "g_-4-2", "g_-5-2"]


@pytest.fixture(scope="module")
def table(folder: Path) -> Path:
    out = folder / "sweep.parquet"
    assert gather(folder, out, RUNS) == 0
    return out


def test_the_table_holds_every_simulation(folder: Path, table: Path) -> None:
    frame = read_table(table, columns_of(read_points(folder / "sweep.yaml")))[0]
    assert list(frame.columns[:4]) == ["state", "g", "simulator", "seed"]
    assert list(frame.groupby(["state", "seed"], sort=False).groups) == [("g_-4", 1), ("g_-4", 2), ("g_-5", 1), ("g_-5", 2)]
    assert set(frame.loc[frame["state"] == "g_-5", "g"]) == {-5.0}
    pd.testing.assert_frame_equal(pd.read_csv(table.with_suffix(".csv")), frame)

    mine = frame[(frame["state"] == "g_-5") & (frame["seed"] == 2)].set_index(["area", "population", "statistic"])["value"]
    statistics = pd.read_parquet(folder / "g_-5-2" / "statistics.parquet")
    pooled = statistics[(statistics["area"] == "all") & (statistics["definition"] == "knight2021")]
    for population, statistic, value in pooled[["population", "statistic", "value"]].to_numpy():
        assert mine["all", population, statistic] == value
    series = after_start(read_series(folder / "g_-5-2" / "series.nc"))
    of_area = synchrony(population_rates(series)).sel(target=["V1-5E", "TH-5E"])
    assert mine["all", "5E", "synchrony"] == pytest.approx(float(of_area.mean()))
    counts, neurons = series["counts"].to_numpy(), series["neurons"].to_numpy()
    assert mine["all", "all", "rate"] == pytest.approx(counts.sum() / neurons.sum() / 0.5)
    in_v1 = np.char.startswith(series["target"].to_numpy().astype(str), "V1-")
    assert mine["V1", "all", "rate"] == pytest.approx(counts[in_v1].sum() / neurons[in_v1].sum() / 0.5)
    assert mine["V1", "all", "synchrony"] == pytest.approx(counts[in_v1].sum(axis=0).std() / counts[in_v1].sum(axis=0).mean())


def test_what_is_missing_or_strange_is_named(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gather(folder, tmp_path / "sweep.parquet", RUNS[:1]) == 2
    assert "statistics: none of state g_-4; expected those of every point" in capsys.readouterr().err
    (tmp_path / "sweep.yaml").write_text("over: [g]\nstates: {other: {g: -4}}")
    one = folder / RUNS[0]
    arguments = ("--statistics", one / "statistics.parquet", "--series", one / "series.nc", "--out", tmp_path / "sweep.parquet")
    assert analyse("sweep", tmp_path / "sweep.yaml", *arguments) == 2
    assert "state 'g_-5' is no point of the sweep, expected one of other" in capsys.readouterr().err
    assert not (tmp_path / "sweep.parquet").exists()


def test_the_figure_shows_means_over_seeds(folder: Path, table: Path) -> None:
    figure = drawn("sweep", folder / "sweep.yaml", table)
    assert [axes.get_ylabel() for axes in figure.axes] == ["Rate (spikes/s)", "Synchrony", "Irregularity LvR", "Correlation"]
    frame = pd.read_parquet(table)
    chosen = frame[(frame["population"] == "5E") & (frame["statistic"] == "rate")]
    means = chosen.groupby("g")["value"].mean()
    curves = [np.asarray(line.get_ydata(), float) for line in figure.axes[0].lines if list(line.get_xdata()) == [-5.0, -4.0]]
    assert any(np.allclose(curve, means.to_numpy()) for curve in curves)
    assert len(curves) == 9  # layer populations, and all neurons


def test_values_that_are_no_numbers_stand_side_by_side(folder: Path, table: Path, tmp_path: Path) -> None:
    name = "connectivity.stabilisation"
    (tmp_path / "sweep.yaml").write_text(yaml.safe_dump({"over": [name], "states": {"g_-4": {name: "none"}, "g_-5": {name: "computed"}}}))
    frame = pd.read_parquet(table).rename(columns={"g": "stabilisation"})
    frame.to_parquet(tmp_path / "sweep.parquet")
    figure = drawn("sweep", tmp_path / "sweep.yaml", tmp_path / "sweep.parquet")
    assert [label.get_text() for label in figure.axes[-1].get_xticklabels()] == ["none", "computed"]


def test_the_figure_refuses_other_inputs(folder: Path, table: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sweep: 1 inputs; it draws sweep\.yaml and sweep\.parquet, in this order"):
        drawn("sweep", table)
    (tmp_path / "sweep.yaml").write_text(yaml.safe_dump({"over": [G], "states": {"g_-4": {G: -4.0}}}))
    with pytest.raises(InputError, match="holds other states than"):
        drawn("sweep", tmp_path / "sweep.yaml", table)
