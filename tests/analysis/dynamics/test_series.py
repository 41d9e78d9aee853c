"""Spike counts over time: equal to counting one by one; ends of bins; the subsample; what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from analysis.dynamics.series import count_spikes
from procortex.formats.populations import area_populations
from procortex.formats.series import read_series
from procortex.formats.spike_meta import SpikeMeta
from procortex.formats.spike_writer import spike_data_set
from procortex.formats.spikes import read_spikes
from procortex.utilities.errors import InputError
from tests.helpers.results import analyse
from tests.helpers.spikes import write_flat, write_spikes

AREAS = ("V1", "TH")
NEURONS = 40


@pytest.fixture(scope="module")
def spikes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two areas, one of them without layer 4, for 1.2 s."""
    folder = tmp_path_factory.mktemp("series") / "spikes"
    write_spikes(folder, AREAS, 3, neurons=NEURONS, t_sim=1200.0)
    return folder


def one_by_one(folder: Path) -> dict[str, list[int]]:
    """Counts of every population, spike by spike."""
    counts = {f"{area}-{population}": [0] * 1200 for area in AREAS for population in area_populations(area)}
    for area in AREAS:
        frame = read_spikes(folder, area)
        for population, step in zip(frame["population"], frame["step"], strict=True):
            if step < 12_000:  # the last step ends at 1200 ms
                counts[f"{area}-{population}"][step // 10] += 1
    return counts


def test_counts_are_those_of_counting_one_by_one(spikes: Path) -> None:
    series = count_spikes(spikes, "ground")
    expected = one_by_one(spikes)
    assert series["target"].to_numpy().tolist() == list(expected)
    np.testing.assert_array_equal(series["counts"].to_numpy(), np.array(list(expected.values())))
    assert int(series["counts"].sum()) > 1000
    assert series["neurons"].to_numpy().tolist() == [NEURONS] * len(expected)
    assert series["time"].to_numpy().tolist() == list(range(1200))
    assert series.attrs == {"state": "ground", "simulator": "cpu", "seed": 3, "bin_ms": 1.0, "t_sim": 1200.0}


def test_bins_are_half_open_and_the_last_step_belongs_to_none(tmp_path: Path) -> None:
    steps = np.array([1, 9, 10, 19, 20, 49, 50])
    write_flat(tmp_path / "spikes", {"V1-23E": 1}, steps, np.zeros(len(steps)), t_sim=5.0)
    assert count_spikes(tmp_path / "spikes", "s")["counts"].to_numpy().tolist() == [[2, 2, 1, 0, 1]]


def test_a_bin_that_the_simulation_does_not_fill_is_left_out(tmp_path: Path) -> None:
    write_flat(tmp_path / "spikes", {"V1-23E": 1}, np.array([15, 23]), np.zeros(2), t_sim=2.5)
    assert count_spikes(tmp_path / "spikes", "s")["counts"].to_numpy().tolist() == [[0, 1]]


def test_coarser_steps_fill_the_same_bins(tmp_path: Path) -> None:
    write_flat(tmp_path / "spikes", {"V1-23E": 1}, np.array([1, 2, 3, 4]), np.zeros(4), t_sim=3.0, dt=0.5)
    assert count_spikes(tmp_path / "spikes", "s")["counts"].to_numpy().tolist() == [[1, 2, 1]]


def test_the_subsample_takes_the_first_fast_neurons_of_each_population(tmp_path: Path) -> None:
    """3 of 4 neurons are 23E, so their share of 140 is 105 of 300, and that of 23I 35 of 100; a rate of 0.56/s is 1.12 spikes in 2 s."""
    sizes = {"V1-23E": 300, "V1-23I": 100}
    rng = np.random.default_rng(5)
    number = rng.integers(0, 4, 400)  # 0 or 1: too slow
    number[300:] = 0
    number[[350, 360]] = 2  # fewer fast ones than the share
    index = np.repeat(np.arange(400), number)
    step = rng.integers(1, 20_000, len(index))
    order = np.lexsort((index, step))
    write_flat(tmp_path / "spikes", sizes, step[order], index[order], t_sim=2000.0)
    series = count_spikes(tmp_path / "spikes", "s")
    chosen = [*np.flatnonzero(number[:300] > 1)[:105].tolist(), 350, 360]
    assert len(chosen) == 107
    assert series["subsample_neurons"].to_numpy().tolist() == [107]
    expected = np.bincount(step[np.isin(index, chosen)] // 10, minlength=2000)
    np.testing.assert_array_equal(series["subsample_counts"].to_numpy()[0], expected)


def test_processes_change_nothing(spikes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.parallel.SPIKES_PER_PROCESS", 1)
    xr.testing.assert_identical(count_spikes(spikes, "ground", jobs=2), count_spikes(spikes, "ground"))


def write_recorded(folder: Path, recorded: dict[str, int], t_sim: float = 10.0, dt: float = 0.1) -> None:
    """Write 10 neurons in V1-23E and in V2-23E, of which some are recorded, and no spike."""
    sizes = {"V1-23E": 10, "V2-23E": 10}
    with spike_data_set(folder, sizes) as writer:
        writer.set_meta(SpikeMeta(dt, t_sim, 1, "cpu", "test", sizes, recorded, writer.counts, {}, {}))


def test_populations_that_were_not_recorded_are_left_out(tmp_path: Path) -> None:
    write_recorded(tmp_path / "spikes", {"V1-23E": 0, "V2-23E": 4})
    series = count_spikes(tmp_path / "spikes", "s")
    assert series["target"].to_numpy().tolist() == ["V2-23E"]
    assert series["area"].to_numpy().tolist() == ["V2"]
    assert series["neurons"].to_numpy().tolist() == [4]
    assert not series["counts"].any()
    assert series["subsample_neurons"].to_numpy().tolist() == [0]


@pytest.mark.parametrize(
    ("recorded", "t_sim", "dt", "finding"),
    [
        ({"V1-23E": 0, "V2-23E": 0}, 10.0, 0.1, "no population was recorded"),
        ({"V1-23E": 1, "V2-23E": 0}, 9.0, 0.3, "bins of 1 ms in whole steps; dt is 0.3 ms"),
        ({"V1-23E": 1, "V2-23E": 0}, 0.5, 0.1, "the simulation lasts 0.5 ms"),
    ],
)
def test_what_cannot_be_counted_is_refused(tmp_path: Path, recorded: dict[str, int], t_sim: float, dt: float, finding: str) -> None:
    write_recorded(tmp_path / "spikes", recorded, t_sim, dt)
    with pytest.raises(InputError, match=finding):
        count_spikes(tmp_path / "spikes", "s")


def test_the_command_writes_a_series(spikes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "series.nc"
    assert analyse("series", spikes, "--state", "ground", "--out", out) == 0
    np.testing.assert_array_equal(read_series(out)["counts"].to_numpy(), count_spikes(spikes, "ground")["counts"].to_numpy())
    assert analyse("series", tmp_path, "--state", "ground", "--out", tmp_path / "none.nc") == 2
    assert "no spikes here" in capsys.readouterr().err
    assert not (tmp_path / "none.nc").exists()
