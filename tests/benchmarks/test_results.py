"""What is made of the results: table, plot, distance to the ceilings."""

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.ceilings import shares
from benchmarks.plot import read_peers, spread_labels
from benchmarks.table import COLUMNS, read_results, summaries, table
from procortex.utilities.errors import InputError
from tests.benchmarks.rows import CEILINGS, all_rows, row


def test_one_line_for_all_seeds_of_a_case():
    rows = all_rows()
    lines = table(rows, {"NVIDIA H200": CEILINGS}).splitlines()
    assert len(lines) == 2 + len(summaries(rows)) == 2 + len(rows) - 2
    assert {line.count("|") for line in lines} == {len(COLUMNS) + 1}
    full = next(line for line in lines if "full-ground" in line)
    assert "1 [0.9, 1.3]" in full
    assert "update 50, plan 5, generate 40" in full
    assert "0.30 + 12.00 on the GPU" in full
    assert "generate 61%" in full
    assert [line for line in lines if "cpu" in line and "%" in line] == []


def test_recorded_and_unrecorded_are_not_mixed():
    rows = [row("full", "resting", "cuda", 3.0), row("full", "resting", "cuda", 3.2, recording=True)]
    assert [summary["recording"] for summary in summaries(rows)] == [False, True]


def test_rows_without_the_newer_columns_are_read():
    old = {name: value for name, value in row("v1", "ground", "cpu", 7.0).items() if name not in ("state", "recording", "dt_ms")}
    assert "| on |" in table([old], {})


def test_a_busy_machine_is_named():
    rows = [row("v1", "ground", "cpu", 7.0, seed=1, processors_of_others=0.02), row("v1", "ground", "cpu", 9.0, seed=2)]
    assert "other programs" not in table(rows, {})
    busy = row("v1", "ground", "cpu", 30.0, seed=3, processors_of_others=1.55)
    assert "2 threads; other programs used 1.6 processors |" in table([*rows, busy], {})


def test_a_simulation_at_the_limit_has_share_one():
    neurons, events = 4e6, 6e6
    update_s = (20 * neurons + 4 * events) / CEILINGS["copy_bytes_per_s"]
    generate_s = events / CEILINGS["synapses_per_s"]
    reached = shares(
        {
            "neurons": neurons,
            "events_per_s": events / 1e-4,
            "dt_ms": 0.1,
            "real_time_factor": (update_s + generate_s) / 1e-4,
            "phases_us_per_step": {"update": update_s * 1e6, "generate": generate_s * 2e6, "plan": 3.0},
        },
        CEILINGS,
    )
    assert reached == pytest.approx({"update": 1.0, "generate": 0.5, "whole": 1.0})


def test_results_folder(tmp_path):
    with pytest.raises(InputError, match="no results here"):
        read_results(tmp_path)
    (tmp_path / "a.json").write_text(json.dumps(row("v1", "ground", "cpu", 7.0)))
    (tmp_path / "ceilings.json").write_text(json.dumps({"device": "NVIDIA H200", "ceilings": CEILINGS}))
    rows, ceilings = read_results(tmp_path)
    assert len(rows) == 1
    assert ceilings == {"NVIDIA H200": CEILINGS}
    (tmp_path / "b.json").write_text("{")
    with pytest.raises(InputError, match=r"b\.json"):
        read_results(tmp_path)


def test_peers_are_readable():
    peers = read_peers()
    assert {peer.state for peer in peers} == {"ground", "resting"}
    assert all(peer.real_time_factor > 0 and peer.system and peer.hardware and peer.source for peer in peers)
    assert len({(peer.system, peer.hardware, peer.state) for peer in peers}) == len(peers)
    assert {peer.real_time_factor for peer in peers if peer.system == "GeNN 4"} == {462, 504}


def test_labels_are_moved_apart():
    places = spread_labels([0.0, 0.01, 0.02, 1.0, 1.05], 0.2)
    assert places == pytest.approx([-0.19, 0.01, 0.21, 0.925, 1.125])
    assert spread_labels([], 0.2) == []


def test_plot(tmp_path, monkeypatch):
    results = tmp_path / "results"
    results.mkdir()
    for number, values in enumerate(all_rows()):
        (results / f"{number}.json").write_text(json.dumps(values))
    svg, png = tmp_path / "scale.svg", tmp_path / "scale.png"
    monkeypatch.setattr("sys.argv", ["benchmarks", "plot", "--results", str(results), "--out-svg", str(svg), "--out-png", str(png)])
    assert main() == 0
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "<svg" in svg.read_text()
