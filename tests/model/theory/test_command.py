"""``python -m model theory``: what it writes, prints and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from contracts.theory import read_theory
from model.__main__ import main
from procortex.formats.network import write_network
from procortex.formats.populations import LAYER_POPULATIONS
from tests.model.theory.networks import built, ground_rates

REPLACED = {"replace_non_simulated_areas": "het_poisson_stat", "replace_cc_input_source": "theory"}


@pytest.fixture(scope="module")
def v1(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of V1 alone in the ground state, of 8 populations."""
    path = tmp_path_factory.mktemp("v1") / "network.nc"
    write_network(built(areas_simulated=("V1",), **REPLACED), path)
    return path


def test_the_command_writes_and_tells_the_state(v1: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "theory.nc"
    assert main(["theory", str(v1), "--out", str(out)]) == 0
    found = read_theory(out)
    np.testing.assert_allclose(found["low_rates"], ground_rates()[:8], rtol=1e-6)
    assert found.sizes == {"start": 1, "target": 8, "source": 8, "time": 501, "mode": 8}
    assert (found.attrs["dt"], found.attrs["T"], found.attrs["initial_rates"]) == (0.1, 50.0, "zero")
    assert found["low_rates"].attrs["units"] == "spikes/s"
    lines = capsys.readouterr().out.splitlines()
    mean, largest = ground_rates()[:8].mean(), ground_rates()[:8].max()
    assert lines[0] == f"{v1}: 1 of 1 starts come to rest, in 1 states"
    assert lines[1] == f"low activity: mean {mean:.4g}, largest {largest:.4g} spikes/s (mean over populations)"
    assert lines[2].startswith("critical eigenvalue 0.")
    assert lines[2].endswith(": stable")
    assert lines[3].endswith(" s")
    assert len(lines) == 4


def test_options_reach_the_relaxation(v1: Path, tmp_path: Path) -> None:
    out = tmp_path / "theory.nc"
    given = "--dt 0.05 --T 10 --initial-rates random_uniform --initial-rates-iter 3 --initial-rates-max 7 --rec-interval 2.5"
    assert main(["theory", str(v1), "--out", str(out), *given.split()]) == 0
    found = read_theory(out)
    np.testing.assert_allclose(found["time"], [0, 2.5, 5, 7.5, 10])
    assert found.sizes["start"] == 3
    assert found.attrs["initial_rates"] == "random_uniform"
    assert (found["mean_rate"][:, 0] < 7).all()
    assert float(found["mean_rate"][:, 0].min()) > 0


def test_starts_from_a_file(v1: Path, tmp_path: Path) -> None:
    rates, out = tmp_path / "rates.json", tmp_path / "theory.nc"
    rates.write_text(json.dumps({"V1": dict.fromkeys(LAYER_POPULATIONS, 4.0)}))
    assert main(["theory", str(v1), "--out", str(out), "--initial-rates", str(rates)]) == 0
    assert float(read_theory(out)["mean_rate"][0, 0]) == pytest.approx(4.0)


def test_without_out_only_the_summary_appears(v1: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = set(v1.parent.iterdir())
    assert main(["theory", str(v1), "--T", "20"]) == 0
    assert set(v1.parent.iterdir()) == before
    assert "low activity: mean" in capsys.readouterr().out


def test_high_activity_is_not_called_low(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = tmp_path / "network.nc"
    write_network(built(areas_simulated=("V1",), replace_non_simulated_areas="hom_poisson_stat", E_L=1000), network)
    assert main(["theory", str(network), "--T", "20"]) == 0
    line = capsys.readouterr().out.splitlines()[1]
    assert line.startswith("zero rates lead to high activity: mean ")


def test_a_network_without_low_activity_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network, out = tmp_path / "network.nc", tmp_path / "theory.nc"
    write_network(built(cc_weights_factor=2.5, cc_weights_I_factor=2), network)
    assert main(["theory", str(network), "--T", "20", "--out", str(out)]) == 0
    found = read_theory(out)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{network}: 0 of 1 starts come to rest, in 0 states"
    assert lines[1] == f"no state of low activity; from zero the mean rate ends at {float(found['rates'].mean()):.4g} spikes/s"
    assert found.attrs["low_activity_found"] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--dt 0", "theory_params.dt: is 0.0, expected"),
        ("--dt 2", "theory_params.dt: is 2.0, expected"),
        ("--T -1", "theory_params.T: is -1.0, expected"),
        ("--T nan", "--T nan: expected a finite number"),
        ("--rec-interval 0", "theory_params.rec_interval: is 0.0, expected"),
        ("--initial-rates-iter 0", "theory_params.initial_rates_iter: is 0, expected"),
        ("--initial-rates-max 0", "theory_params.initial_rates_max: is 0.0, expected"),
        ("--initial-rates /nowhere.json", "/nowhere.json: no such file of rates"),
        ("--initial-rates random", "random: no such file of rates"),
    ],
)
def test_bad_options_end_with_status_2_and_one_line(
    v1: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: str, message: str
) -> None:
    out = tmp_path / "theory.nc"
    assert main(["theory", str(v1), "--out", str(out), *options.split()]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_missing_and_other_files_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["theory", str(tmp_path / "network.nc")]) == 2
    assert "network.nc: no such network file" in capsys.readouterr().err
    other = tmp_path / "other.nc"
    other.write_text("no network")
    assert main(["theory", str(other)]) == 2
    error = capsys.readouterr().err
    assert "other.nc: not a readable network file" in error
    assert error.count("\n") == 1
