"""Fluctuations of rates: known processes give their standard errors; counts are pooled by neurons; what is too short is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analysis.statistics.fluctuations import COLUMNS, fluctuations, spread_of, window_rates
from procortex.formats.populations import population_labels
from procortex.formats.series import read_series, series_dataset, write_series
from procortex.utilities.errors import InputError
from tests.helpers.results import analyse

LEVEL = 0.001
"""Probability that a test of a true statement fails, over all its comparisons; seeds are fixed."""

LABELS = population_labels(("V1", "TH"))


def sigmas(comparisons: int) -> float:
    """Standard deviations that a Gaussian deviation stays below in all comparisons."""
    return float(norm.isf(LEVEL / 2 / comparisons))


def autoregressive(rng: np.random.Generator, rho: float, shape: tuple[int, int]) -> np.ndarray:
    """Stationary processes of first order with variance 1, shape (runs, windows)."""
    values = rng.standard_normal(shape)
    values[:, 1:] *= np.sqrt(1 - rho**2)
    for k in range(1, shape[1]):
        values[:, k] += rho * values[:, k - 1]
    return values


def error_of_mean(rho: float, n: int) -> float:
    """Exact standard error of the mean of n values of such a process."""
    k = np.arange(1, n)
    return float(np.sqrt((1 + 2 * np.sum((1 - k / n) * rho**k)) / n))


def known_to(rho: float, n: int) -> tuple[float, float]:
    """Standard deviations, after Bartlett, of the lag-1 correlation of n values, and of their standard error relative to its value.

    The latter is the sum of the effects of both estimates, of sd and correlation: not less than what they have together.
    """
    q = rho**2
    of_sd, of_r = np.sqrt((1 + q) / (1 - q) / (2 * n)), np.sqrt((1 - q) / n)
    return float(of_r), float(of_sd + of_r / (1 - q))


@pytest.mark.parametrize("tau", [0.2, 1.0, 3.0])
def test_the_standard_error_of_an_autoregressive_process(tau: float) -> None:
    """The window is the unit of time; the largest bias of the correlation, (1 + 4 rho) / n, is allowed for."""
    n, rho = 4000, float(np.exp(-1 / tau))
    found = spread_of(100 + 20 * autoregressive(np.random.default_rng(7), rho, (1, n))[0])
    of_r, of_error = known_to(rho, n)
    z, bias = sigmas(3 * 3), (1 + 4 * rho) / n
    assert found.rate == pytest.approx(100, abs=z * 20 * error_of_mean(rho, n))
    assert found.lag1 == pytest.approx(rho, abs=z * of_r + bias)
    assert found.sem_percent == pytest.approx(20 * error_of_mean(rho, n), rel=z * of_error + bias / (1 - rho**2))


def test_means_of_runs_spread_by_the_standard_error_of_one() -> None:
    """The spread of 2000 means is known to 1 / root(4000), the mean of as many errors better, but for the bias of the correlation."""
    n, rho = 200, 0.6
    runs = 100 + 20 * autoregressive(np.random.default_rng(8), rho, (2000, n))
    spread = runs.mean(axis=1).std(ddof=1)
    errors = np.mean([spread_of(values).sem_percent for values in runs])
    assert errors == pytest.approx(spread, rel=sigmas(1) / np.sqrt(2 * 2000) + (1 + 4 * rho) / n / (1 - rho**2))


def test_ten_windows_give_a_rough_error_that_is_rather_too_low() -> None:
    """As the docstring says; 2000 runs know the share of errors below a bound to root(p (1 - p) / 2000)."""
    runs = 100 + autoregressive(np.random.default_rng(9), 0.5, (2000, 10))
    ratio = np.array([spread_of(values).sem_percent for values in runs]) / error_of_mean(0.5, 10)
    between = np.mean((ratio > 0.4) & (ratio < 1.1))
    assert between == pytest.approx(0.7, abs=0.03 + sigmas(1) * np.sqrt(0.7 * 0.3 / 2000))
    assert np.median(ratio) < 0.75


def test_short_windows_of_a_slow_rate_err_on_the_large_side() -> None:
    """The mean of a rate with correlation time tau has the variance 2 (x - 1 + exp(-x)) / x^2 after x tau; windows are a tenth of tau.

    In the limit of short windows neighbours correlate by 1 - 2/3 of their length in tau, and the error is root 1.5 too large.
    """
    steps, n, length = 10, 40_000, 0.1
    slow = autoregressive(np.random.default_rng(10), float(np.exp(-length / steps)), (1, n * steps))[0]
    x = length * n
    true = np.sqrt(2 * (x - 1 + np.exp(-x)) / x**2)
    found = spread_of(100 + slow.reshape(n, steps).mean(axis=1)).sem_percent / true
    assert found == pytest.approx(np.sqrt(1.5), rel=sigmas(1) * known_to(1 - 2 / 3 * length, n)[1] + length / 3)


def test_negative_correlations_are_taken_for_none() -> None:
    found = spread_of(np.array([1.0, 3.0, 1.0, 3.0]))
    assert found.lag1 == pytest.approx(-0.75)
    assert found.sd_percent == pytest.approx(100 * np.sqrt(4 / 3) / 2)
    assert found.sem_percent == pytest.approx(found.sd_percent / 2)
    assert (found.rate, found.low, found.high) == (2.0, 1.0, 3.0)


def test_silence_and_constant_rates_have_an_answer() -> None:
    silent, constant = spread_of(np.zeros(5)), spread_of(np.full(5, 3.0))
    assert np.isnan([silent.sd_percent, silent.lag1, silent.sem_percent]).all()
    assert silent.rate == 0
    assert (constant.sd_percent, constant.sem_percent) == (0.0, 0.0)
    assert np.isnan(constant.lag1)


def poisson(path: Path, t_sim: int = 50_500, *, seed: int = 1, state: str = "ground", start: float = 1.0) -> Path:
    """Poisson counts, of V1 one and of TH three a bin and population; the first 500 ms hold `start` times as many."""
    rng = np.random.default_rng(seed)
    factor = np.where(np.arange(t_sim) < 500, start, 1.0)
    rows = {label: rng.poisson((1.0 if label.startswith("V1") else 3.0) * factor) for label in LABELS}
    neurons = {label: 100 if label.startswith("V1") else 500 for label in LABELS}
    samples = {area: (np.zeros(t_sim, dtype=int), 0) for area in ("V1", "TH")}
    write_series(series_dataset(rows, neurons, samples, state=state, simulator="cpu", seed=seed, t_sim=float(t_sim)), path)
    return path


def test_poisson_counts_fluctuate_as_they_must(tmp_path: Path) -> None:
    """Windows of 100 ms: 500 of them; populations of both areas have 4 spikes a bin and 600 neurons, layer 4 that of V1 alone."""
    table = fluctuations([poisson(tmp_path / "series.nc", start=50.0)], 100.0).set_index("population")
    assert table["windows"].tolist() == [500] * 8
    z = sigmas(8 * 4)
    most = z / np.sqrt(500)  # the correlation, which is none
    for population, row in table.iterrows():
        spikes, neurons = (100.0, 100) if str(population).startswith("4") else (400.0, 600)
        sd = 100 / np.sqrt(spikes)
        assert row["rate"] == pytest.approx(spikes / (neurons * 0.1), rel=z * sd / 100 / np.sqrt(500))
        of_sd = z * np.sqrt((1 / 2 + 1 / (4 * spikes)) / 500)  # the fourth moment of Poisson counts
        assert row["sd_percent"] == pytest.approx(sd, rel=of_sd)
        assert row["lag1"] == pytest.approx(0.0, abs=most + 1 / 500)
        assert 1 - of_sd < row["sem_percent"] / (sd / np.sqrt(500)) < (1 + of_sd) * np.sqrt((1 + most) / (1 - most))
        assert row["low"] < row["rate"] < row["high"]


def test_rates_of_one_area_are_its_own(tmp_path: Path) -> None:
    path = poisson(tmp_path / "series.nc")
    series = read_series(path).isel(time=slice(500, None))
    table = fluctuations([path], 10_000.0, "TH")
    assert table["population"].tolist() == ["23E", "23I", "5E", "5I", "6E", "6I"]
    assert set(table["area"]) == {"TH"}
    expected = series["counts"].sel(target="TH-5E").to_numpy().reshape(5, 10_000).sum(axis=1) / (500 * 10.0)
    np.testing.assert_allclose(window_rates(series, 10_000.0, "TH")["5E"], expected, rtol=1e-12)
    assert table.set_index("population").loc["5E", "sd_percent"] == pytest.approx(100 * expected.std(ddof=1) / expected.mean())


def test_what_remains_after_the_last_window_is_left_out(tmp_path: Path) -> None:
    table = fluctuations([poisson(tmp_path / "series.nc")], 12_000.0)
    assert set(table["windows"]) == {4}
    series = read_series(tmp_path / "series.nc").isel(time=slice(500, 48_500))
    assert table["rate"][2] == pytest.approx(float(series["counts"].sel(target="V1-4E").sum()) / (100 * 48.0))


def test_what_cannot_be_described_is_refused(tmp_path: Path) -> None:
    path = poisson(tmp_path / "series.nc")
    for window, area, message in (
        (
            13_000.0,
            None,
            "3 of at least 4 windows of 13000 ms after the first 500 ms; simulate 52500 ms or more, or give a shorter --window",
        ),
        (100_000.0, None, "0 of at least 4 windows"),
        (10.5, None, "a window of 10.5 ms is no whole number of bins; expected a multiple of 1 ms"),
        (0.0, None, "a window of 0 ms is no whole number of bins"),
        (-100.0, None, "a window of -100 ms is no whole number of bins"),
        (10_000.0, "MDP", "no area MDP; expected one of V1, TH"),
    ):
        with pytest.raises(InputError) as error:
            fluctuations([path], window, area)
        assert str(error.value).startswith(f"{path}: {message}")
    with pytest.raises(InputError, match=r"cpu with seed 1 in state ground was already given by .*; give each run once"):
        fluctuations([path, path], 10_000.0)


def test_the_command_writes_and_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [poisson(tmp_path / "1.nc"), poisson(tmp_path / "2.nc", seed=2, state="resting")]
    out = tmp_path / "fluctuations.parquet"

    assert analyse("fluctuations", *files, "--out", out) == 0
    table = pd.read_parquet(out)
    assert tuple(table.columns) == COLUMNS
    assert table["window_ms"].unique().tolist() == [10_000.0]
    assert len(pd.read_csv(tmp_path / "fluctuations.csv")) == len(table) == 16
    first, second = capsys.readouterr().out.split("\n\n")
    lines = first.splitlines()
    assert lines[0] == "ground state, cpu, seed 1, all areas: 5 windows of 10000 ms"
    assert lines[1].split()[:2] == ["population", "spikes/s"]
    assert [line.split()[0] for line in lines[2:]] == ["2/3E", "2/3I", "4E", "4I", "5E", "5I", "6E", "6I"]
    assert lines[2].split()[1] == f"{table['rate'][0]:.4g}"
    assert second.startswith("resting state, cpu, seed 2, all areas")
    assert analyse("fluctuations", *files, "--window", 20_000, "--out", tmp_path / "none.parquet") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert analyse("fluctuations", *files, "--out", tmp_path / "none.csv") == 2
    assert not list(tmp_path.glob("none*"))
