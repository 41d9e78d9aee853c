"""``python -m reporting runs``: simulations as a table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from reporting import __main__ as command
from tests.reporting.made_up import make_results


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["reporting", "runs", *arguments])
    return command.main()


def test_a_row_for_each_simulation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, spikes, _, _ = make_results(tmp_path)
    assert call(monkeypatch, *map(str, spikes), "--out", str(tmp_path / "runs.csv")) == 0
    table = pd.read_csv(tmp_path / "runs.csv")
    assert table[["state", "seed", "backend"]].to_numpy().tolist() == [["ground", 3, "cpu"], ["ground", 3, "nest"], ["resting", 3, "cpu"]]
    first, _, last = table.to_dict("records")
    assert (first["spikes"], first["events"], first["simulate_s"], first["record_s"]) == (3, 99, 1.75, 0.25)
    assert (first["rtf_simulate"], first["rtf"], last["rtf"], last["energy_J"]) == (17.5, 20, 10, 12.5)
    assert pd.isna(first["energy_J"])
    assert (first["processors"], first["processors_of_others"]) == (1.5, 0.62)


def test_a_folder_without_spikes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, str(tmp_path / "a" / "b" / "c" / "d"), "--out", str(tmp_path / "runs.csv")) != 0
    assert str(tmp_path / "a" / "b" / "c" / "d") in capsys.readouterr().err
    assert not (tmp_path / "runs.csv").exists()
