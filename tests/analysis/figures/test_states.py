"""Figures of states side by side: panels, what they show, what they refuse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from contracts.theory import write_theory
from procortex.formats.series import read_series, write_series
from procortex.formats.spike_meta import read_meta, write_meta
from procortex.utilities.errors import InputError
from tests.helpers.figures import assert_written_twice_the_same, drawn, letters
from tests.helpers.results import analyse, write_run
from tests.helpers.spikes import RATES, write_spikes
from tests.helpers.theory import made_up_theory

AREAS = ("V1", "TH", "FEF")
STRENGTHS = (1.0, 1.5, 1.9)


def configuration(chi: float) -> str:
    return json.dumps({"connection_params": {"cc_weights_factor": chi}})


def simulate(folder: Path, state: str, factor: float, seed: int = 1, kinds: Sequence[str] = ("statistics",)) -> Path:
    """Files of a made-up simulation."""
    bias = dict.fromkeys(RATES, factor)
    return write_run(folder / f"{state}-{seed}", state, AREAS, seed, kinds, neurons=20, t_sim=1000.0, bias=bias)


@pytest.fixture(scope="module")
def statistics(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Statistics of three states, of the second with two seeds."""
    folder = tmp_path_factory.mktemp("states")
    runs = [("LA", 0.5, 1), ("HA", 5.0, 1), ("HA", 5.0, 2), ("ground", 1.0, 1)]
    return [simulate(folder, *arguments) / "statistics.parquet" for arguments in runs]


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """Series and theory of three strengths, in no order, and statistics of the last one."""
    folder = tmp_path_factory.mktemp("scan")
    series, theories = [], []
    for place, chi in enumerate(STRENGTHS):
        out = simulate(folder, f"chi_{chi}", 1.0 + place, kinds=("series", "statistics"))
        write_series(read_series(out / "series.nc").assign_attrs(configuration=configuration(chi)), out / "series.nc")
        theory = made_up_theory(AREAS, starts=6, found=int(chi < 1.9)).assign_attrs(configuration=configuration(chi))
        write_theory(theory, out / "theory.nc")
        series.append(out / "series.nc")
        theories.append(out / "theory.nc")
    return {"series": series[::-1], "theory": theories, "statistics": [out / "statistics.parquet"]}


@pytest.mark.parametrize("name", ["bistability", "metastability"])
def test_files_are_written_twice_the_same(statistics: list[Path], scan: dict[str, list[Path]], name: str, tmp_path: Path) -> None:
    inputs = statistics if name == "bistability" else [path for paths in scan.values() for path in paths]
    assert_written_twice_the_same(name, inputs, tmp_path)


def test_bistability_counts_every_population_once(statistics: list[Path]) -> None:
    figure = drawn("bistability", *statistics)
    assert letters(figure) == "ABC"
    titles = [axes.get_title("left") for axes in figure.axes if axes.get_title("left")]
    frame = pd.concat([pd.read_parquet(path) for path in statistics])
    rates = frame[(frame["statistic"] == "rate") & (frame["definition"] == "knight2021") & (frame["area"] != "all")]
    means = rates.groupby("state")["value"].mean()
    assert titles == [f"{state}, mean over populations {means[state]:.3g} spikes/s" for state in ("LA", "HA", "ground")]
    for axes in figure.axes[1:6:2]:
        parts = [patch.get_data() for patch in axes.patches]
        assert sum(np.sum(np.asarray(part[0]) - np.asarray(part[2])) for part in parts) == 22


def test_bistability_wants_one_simulator(statistics: list[Path], tmp_path: Path) -> None:
    write_run(tmp_path, "LA", AREAS, 1, ("statistics",), backend="nest", neurons=20, t_sim=1000.0)
    with pytest.raises(InputError, match="bistability: statistics of cpu, nest; it draws those of one simulator"):
        drawn("bistability", *statistics, tmp_path / "statistics.parquet")


def test_metastability_orders_by_strength(scan: dict[str, list[Path]]) -> None:
    figure = drawn("metastability", *[path for paths in scan.values() for path in paths])
    assert letters(figure) == "ABCD"
    rows = [text.get_text() for axes in figure.axes for text in axes.texts if text.get_text().startswith("χ =")]
    assert rows == ["χ = 1", "χ = 1.5", "χ = 1.9"]
    ends = next(axes for axes in figure.axes if axes.get_title("left") == "End states of the theory from 6 starts")
    shares = np.asarray(ends.collections[0].get_array()).reshape(-1, len(STRENGTHS))
    np.testing.assert_allclose(shares.sum(axis=0), 1.0)
    assert len(ends.lines) == 2 + 2  # marks of the states of low activity, and lines between columns
    critical = next(axes for axes in figure.axes if axes.get_title("left").startswith("Stability"))
    assert list(critical.lines[1].get_xdata()) == [1.0, 1.5]
    assert list(critical.lines[2].get_xdata()) == [1.9]


def test_metastability_says_what_is_missing(scan: dict[str, list[Path]], statistics: list[Path], tmp_path: Path) -> None:
    everything = [path for paths in scan.values() for path in paths]
    with pytest.raises(InputError, match=r"3 series, 0 theory files, 1 statistics; it draws series\.nc and theory\.nc of each"):
        drawn("metastability", *scan["series"] + scan["statistics"])
    with pytest.raises(InputError, match="χ = 1 is given twice; metastability draws one theory of each"):
        drawn("metastability", *everything, scan["theory"][0])
    with pytest.raises(
        InputError, match=r"statistics of the states HA, chi_1\.9; it draws the rates of one|statistics of the states chi_1\.9, HA"
    ):
        drawn("metastability", *everything, statistics[1])
    with pytest.raises(InputError, match="no input of metastability"):
        drawn("metastability", *everything, tmp_path)
    write_theory(made_up_theory(AREAS), tmp_path / "theory.nc")
    with pytest.raises(
        InputError, match="does not say how strong the connections between areas are; make it again with `python -m model theory`"
    ):
        drawn("metastability", *everything, tmp_path / "theory.nc")
    with pytest.raises(InputError, match="no such series file"):
        drawn("metastability", *everything, tmp_path / "none.nc")


def test_series_say_which_network_they_are_of(tmp_path: Path) -> None:
    write_spikes(tmp_path / "spikes", ("V1",), 1, neurons=5, t_sim=600.0)
    write_meta(tmp_path / "spikes", replace(read_meta(tmp_path / "spikes"), network={"configuration": configuration(1.7)}))
    assert analyse("series", tmp_path / "spikes", "--state", "a", "--out", tmp_path / "series.nc") == 0
    with xr.open_dataset(tmp_path / "series.nc") as series:
        assert json.loads(series.attrs["configuration"])["connection_params"]["cc_weights_factor"] == 1.7
