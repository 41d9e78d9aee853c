"""From series to a file: windows, signals, simulations that are too short, the contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.functional import connect as module
from analysis.functional.connect import connect
from analysis.functional.correlation import correlations
from analysis.functional.inputs import synaptic_input
from contracts.functional import check_functional, read_functional, write_functional
from procortex.utilities.errors import InputError
from tests.analysis.functional.made_up import functional, network, series


def random_series(bins: int, seed: int = 7):
    rng = np.random.default_rng(seed)
    common = rng.poisson(3, bins)
    return series(np.array([common + rng.poisson(2, bins), rng.poisson(3, bins), common + rng.poisson(4, bins)]))


def test_the_start_takes_no_part() -> None:
    counts = random_series(900)
    made = connect(counts, network())
    inputs = synaptic_input(counts, network()).to_numpy()
    np.testing.assert_allclose(made["correlation"], correlations(inputs[:, 500:]))
    assert abs(correlations(inputs)[0, 1] - made["correlation"][0, 1]) > 1e-4
    assert {name: made.attrs[name] for name in ("signal", "state", "simulator", "seed", "t_min", "t_max")} == {
        "signal": "synaptic-input", "state": "resting", "simulator": "cpu", "seed": 3, "t_min": 500.0, "t_max": 900.0
    }  # fmt: skip
    check_functional(made, "made")


def test_a_constant_signal_has_no_correlation() -> None:
    counts = random_series(700)
    counts["counts"][:2] = 0
    isolated = network()
    isolated["indegree"][[2, 5]] = 0  # V1 receives nothing, as MDP from other areas
    made = connect(counts, isolated)
    assert np.isnan(made["correlation"].to_numpy()).tolist() == [[True, True], [True, False]]
    check_functional(made, "made")


@pytest.mark.parametrize(
    ("bins", "signal", "finding"),
    [
        (599, "synaptic-input", "series: 599 ms are simulated; expected 600 ms or more, the first 500 ms are dropped"),
        (29_999, "bold", "series: 29999 ms are simulated; expected 30000 ms or more (published: 100500 ms) for a BOLD signal"),
    ],
)
def test_short_simulations_are_refused(bins: int, signal: str, finding: str) -> None:
    with pytest.raises(InputError) as error:
        connect(random_series(bins), network(), signal)
    assert str(error.value) == finding


def test_bold_signals_of_common_activity_go_together() -> None:
    rng = np.random.default_rng(8)
    slow = 1 + np.sin(np.arange(40_000) / 3000)
    counts = rng.poisson([20 * slow, np.full(40_000, 5.0), 15 * slow])
    made = connect(series(counts), network(), "bold")
    assert made["correlation"][0, 1] > 0.98
    assert made.attrs["signal"] == "bold"
    assert made.attrs["t_min"] == 5500.0
    assert made["correlation"][0, 1] > connect(series(counts), network())["correlation"][0, 1] + 0.1


def test_the_start_of_the_balloon_leaves_no_trace() -> None:
    """Independent activity: filling from rest would make all signals rise together."""
    rng = np.random.default_rng(9)
    runs = [connect(series(rng.poisson(20, (3, 40_000))), network(), "bold")["correlation"][0, 1].item() for _ in range(8)]
    assert np.mean(runs) < 0.5
    assert min(runs) < 0


def test_steps_of_the_balloon_are_whole_bins(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = random_series(31_007)
    coarse = connect(counts, network(), "bold")["correlation"][0, 1].item()
    monkeypatch.setattr(module, "BOLD_STEP", 5.0)
    assert connect(counts, network(), "bold")["correlation"][0, 1].item() == pytest.approx(coarse, abs=0.02)


def test_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    made = functional(1, state="ground")
    write_functional(made, tmp_path / "functional.nc")
    read = read_functional(tmp_path / "functional.nc")
    np.testing.assert_array_equal(read["correlation"], made["correlation"])
    assert read.attrs["state"] == "ground"


def broken(change: str):
    made = functional(1)
    values = made["correlation"].to_numpy()
    if change == "signal":
        made.attrs["signal"] = "eeg"
    elif change == "state":
        del made.attrs["state"]
    elif change == "range":
        values[0, 1] = values[1, 0] = 1.5
    elif change == "asymmetric":
        values[2, 3] += 0.1
    elif change == "area":
        made = made.assign_coords(area=["V9", *made["area"].to_numpy()[1:]], other_area=["V9", *made["area"].to_numpy()[1:]])
    elif change == "order":
        made = made.assign_coords(other_area=made["area"].to_numpy()[::-1])
    return made


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("signal", "f.nc: signal is eeg; expected one of synaptic-input, bold, experiment"),
        ("state", "f.nc: attribute state is missing"),
        ("range", "f.nc: correlation[V1, V2] is outside -1..1"),
        ("asymmetric", "f.nc: correlation[VP, V3] differs from that of the same areas the other way round"),
        ("area", "f.nc: unknown areas V9"),
        ("order", "f.nc: area and other_area name different areas"),
    ],
)
def test_the_contract_is_kept(change: str, finding: str) -> None:
    with pytest.raises(InputError) as error:
        check_functional(broken(change), "f.nc")
    assert str(error.value) == finding


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match="no such file of functional connectivity; make one with `python -m analysis functional SERIES NETWORK"
    ):
        read_functional(tmp_path / "functional.nc")
