"""Rates over time: means over populations, kernels against Elephant, what is silent or too short."""

from __future__ import annotations

import neo
import numpy as np
import pytest
import quantities as pq
import xarray as xr
from elephant.kernels import GaussianKernel
from elephant.statistics import instantaneous_rate, optimal_kernel_bandwidth

from analysis.dynamics.rate_series import (
    KERNEL_BIN_MS,
    WIDTHS,
    after_start,
    area_rates,
    kernel_width,
    mean_rate,
    population_rates,
    smoothed,
    subsample_rates,
    synchrony,
)
from procortex.formats.populations import population_labels
from procortex.utilities.errors import InputError


def made_up(bins: int = 60, seed: int = 1) -> xr.Dataset:
    labels = list(population_labels(("V1", "TH")))
    rng = np.random.default_rng(seed)
    return xr.Dataset(
        {
            "counts": (("target", "time"), rng.integers(0, 200, (len(labels), bins)).astype(np.uint16)),
            "neurons": ("target", rng.integers(10, 500, len(labels))),
            "subsample_counts": (("area", "time"), rng.integers(0, 3, (2, bins)).astype(np.uint16)),
            "subsample_neurons": ("area", np.array([140, 0])),
        },
        {"target": labels, "area": ["V1", "TH"], "time": np.arange(float(bins))},
        {"state": "ground", "simulator": "cpu", "seed": 1, "bin_ms": 1.0, "t_sim": float(bins)},
    )


def test_the_rate_of_an_area_is_the_mean_of_its_populations_weighted_by_neurons() -> None:
    series = made_up()
    populations = population_rates(series)
    assert float(populations[3, 7]) == pytest.approx(1000.0 * int(series["counts"][3, 7]) / int(series["neurons"][3]))
    areas = area_rates(series)
    for area in ("V1", "TH"):
        mine = [str(label).startswith(f"{area}-") for label in series["target"].to_numpy()]
        expected = np.average(populations[mine], axis=0, weights=series["neurons"][mine])
        np.testing.assert_allclose(areas.sel(area=area), expected, rtol=1e-12)
    np.testing.assert_allclose(mean_rate(series), np.average(populations, axis=0, weights=series["neurons"]), rtol=1e-12)


def test_counts_of_an_area_do_not_overflow() -> None:
    series = made_up()
    full = series.assign(counts=xr.full_like(series["counts"], 2**16 - 1), neurons=xr.ones_like(series["neurons"]))
    assert float(area_rates(full).max()) == pytest.approx(1000.0 * (2**16 - 1))
    assert float(mean_rate(full).max()) == pytest.approx(1000.0 * (2**16 - 1))


def test_an_empty_subsample_has_no_rate() -> None:
    series = made_up()
    rates = subsample_rates(series)
    np.testing.assert_allclose(rates.sel(area="V1"), series["subsample_counts"].sel(area="V1") / 140 * 1000.0)
    assert bool(rates.sel(area="TH").isnull().all())


def test_the_start_is_left_out() -> None:
    series = made_up(600)
    assert after_start(series)["time"].to_numpy()[[0, -1]].tolist() == [500.0, 599.0]
    with pytest.raises(InputError, match="the ground state lasts 400 ms, of which the first 500 ms are left out"):
        after_start(made_up(400))


def test_synchrony_of_independent_neurons_falls_with_their_number() -> None:
    rng = np.random.default_rng(2)
    counts = xr.DataArray(rng.poisson([[4.0], [100.0], [0.0]], (3, 50_000)), dims=("target", "time"))
    values = synchrony(counts * 1000.0).to_numpy()
    np.testing.assert_allclose(values[:2], [0.5, 0.1], rtol=0.02)
    assert np.isnan(values[2])


def train(times: np.ndarray, stop: float) -> neo.SpikeTrain:
    return neo.SpikeTrain(times * pq.ms, t_start=0 * pq.ms, t_stop=stop * pq.ms)


def test_kernels_are_those_of_elephant() -> None:
    counts = np.random.default_rng(3).poisson(3.0 + 2.0 * np.sin(np.arange(1500) / 60.0))
    times = np.repeat(np.arange(1500) + 0.5, counts)
    expected = instantaneous_rate(train(times, 1500.0), 1 * pq.ms, GaussianKernel(25 * pq.ms)).magnitude[:, 0]
    ours = smoothed(counts * 1000.0, 25.0)
    inside = slice(130, -130)
    np.testing.assert_allclose(ours[inside], expected[inside], rtol=1e-3)
    np.testing.assert_allclose(smoothed(np.full((2, 300), 7.0), 25.0), 7.0, rtol=1e-12)


@pytest.mark.parametrize(("period_ms", "height"), [(250.0, 4.0), (1500.0, 4.0), (4000.0, 1.0)])
def test_the_width_is_that_of_elephant(period_ms: float, height: float) -> None:
    centres = np.arange(KERNEL_BIN_MS / 2, 6000.0, KERNEL_BIN_MS)
    coarse = np.random.default_rng(4).poisson(height * (1 + np.sin(2 * np.pi * centres / period_ms)))
    counts = np.zeros(6000)
    counts[(np.arange(len(coarse)) * KERNEL_BIN_MS).astype(int)] = coarse
    widths = np.geomspace(20.0, 1000.0, WIDTHS)
    expected = optimal_kernel_bandwidth(np.repeat(centres, coarse), times=centres, bandwidth=widths)["optw"]
    assert kernel_width(counts) == pytest.approx(expected)
    assert widths[0] < expected < widths[-1]


def test_the_widest_kernel_is_for_silence() -> None:
    assert kernel_width(np.zeros(6000)) == pytest.approx(1000.0)
    assert kernel_width(np.zeros(1000)) == pytest.approx(500.0)
    assert kernel_width(np.zeros(30)) == pytest.approx(20.0)
