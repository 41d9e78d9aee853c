"""Exports: what SONATA's and Neo's own readers find is what was recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import h5py
import libsonata
import neo
import numpy as np
import pytest

import procortex.formats.spikes
from analysis.__main__ import main
from analysis.exchange import exporting, neo_files
from analysis.exchange.exporting import export
from procortex.formats.populations import LAYER_POPULATIONS
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import iterate_spikes, read_spikes
from procortex.utilities.errors import InputError
from tests.helpers.spikes import write_flat, write_spikes

POPULATIONS = {"V1-23E": 3, "V1-23I": 2, "TH-5E": 4}
SPIKES = [(1, 0), (1, 3), (3, 2), (3, 5), (7, 0), (10, 8), (100, 1)]
"""(step, index in the network) of ten milliseconds; the last one on the last step."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path / "spikes"
    step, index = (np.array(column) for column in zip(*SPIKES, strict=True))
    write_flat(folder, POPULATIONS, step, index, t_sim=10.0)
    return folder


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded") / "spikes"
    write_spikes(folder, ["V1", "46", "TH"], seed=3, neurons=20, t_sim=1000.0)
    return folder


def in_sonata(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Times (ms) and neurons of every population, by libsonata."""
    reader = libsonata.SpikeReader(str(path))
    found = {name: reader[name].get_dict() for name in reader.get_population_names()}
    return {name: (np.asarray(part["timestamps"]), np.asarray(part["node_ids"])) for name, part in found.items()}


@pytest.mark.parametrize("rows", [1 << 20, 97])
def test_pieces_of_an_area_are_its_spikes(recorded: Path, rows: int) -> None:
    for area in ("V1", "46", "TH"):
        pieces = list(iterate_spikes(recorded, area, rows))
        assert all(len(step) <= rows for _, _, step in pieces)
        whole = read_spikes(recorded, area)
        layer, neuron, step = (np.concatenate(column) for column in zip(*pieces, strict=True))
        assert [LAYER_POPULATIONS[k] for k in layer] == whole["population"].tolist()
        np.testing.assert_array_equal(neuron, whole["neuron"])
        np.testing.assert_array_equal(step, whole["step"])


@pytest.mark.parametrize("group", [1 << 20, 50])
def test_libsonata_reads_what_was_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int) -> None:
    monkeypatch.setattr(procortex.formats.spikes, "ROW_GROUP_SIZE", group)
    write_spikes(tmp_path / "spikes", ["V1", "TH"], seed=3, neurons=20, t_sim=1000.0)
    count = export(tmp_path / "spikes", "sonata", tmp_path / "spikes.h5")
    meta, found = read_meta(tmp_path / "spikes"), in_sonata(tmp_path / "spikes.h5")
    assert set(found) == set(meta.populations)
    assert count == sum(meta.spikes.values()) == sum(len(times) for times, _ in found.values())
    for area in ("V1", "TH"):
        frame = read_spikes(tmp_path / "spikes", area)
        for population, mine in frame.groupby("population", observed=True):
            times, neurons = found[f"{area}-{population}"]
            np.testing.assert_array_equal(np.rint(times / 0.1), mine["step"])
            np.testing.assert_array_equal(neurons, mine["neuron"])
    population = libsonata.SpikeReader(str(tmp_path / "spikes.h5"))["V1-4E"]
    assert (population.sorting, population.time_units) == ("by_time", "ms")


def test_times_are_the_decimal_numbers_they_look_like(small: Path, tmp_path: Path) -> None:
    export(small, "sonata", tmp_path / "spikes.h5")
    found = in_sonata(tmp_path / "spikes.h5")
    assert found["V1-23E"][0].tolist() == [0.1, 0.3, 0.7, 10.0]  # 3 * 0.1 and 7 * 0.1 are other numbers
    assert found["TH-5E"][1].tolist() == [0, 3]


def test_the_head_of_a_sonata_file(small: Path, tmp_path: Path) -> None:
    export(small, "sonata", tmp_path / "plain.h5")
    export(small, "sonata", tmp_path / "packed.h5", compress=True)
    for name, compression in (("plain.h5", None), ("packed.h5", "gzip")):
        with h5py.File(tmp_path / name) as file:
            assert (file.attrs["magic"], file.attrs["version"].tolist()) == (0x0A7A, [0, 1])
            assert file["spikes/V1-23I"].attrs["n_nodes"] == 2
            assert file["spikes/V1-23I/timestamps"].compression == compression
            assert file["spikes/V1-23E/node_ids"][:].tolist() == [0, 2, 0, 1]


def test_a_silent_population_is_there(tmp_path: Path) -> None:
    write_flat(tmp_path / "spikes", {"V1-23E": 5, "V1-23I": 2}, np.array([1]), np.array([0]), t_sim=10.0)
    export(tmp_path / "spikes", "sonata", tmp_path / "spikes.h5")
    assert len(in_sonata(tmp_path / "spikes.h5")["V1-23I"][0]) == 0


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"areas": ["TH"]}, {"TH-5E": [(0.3, 0), (1.0, 3)]}),
        ({"populations": ["23I"]}, {"V1-23I": [(0.1, 0)]}),
        ({"areas": ["V1"], "populations": ["23E", "5E"], "neurons": 2}, {"V1-23E": [(0.1, 0), (0.7, 0), (10.0, 1)]}),
        ({"t_start": 0.3, "t_stop": 1.0}, {"V1-23E": [(0.3, 2), (0.7, 0)], "V1-23I": [], "TH-5E": [(0.3, 0)]}),
        ({"areas": ["V1"], "t_start": 1.0, "t_stop": 10.0}, {"V1-23E": [], "V1-23I": []}),
    ],
)
def test_parts_can_be_chosen(small: Path, tmp_path: Path, wanted: dict[str, object], expected: dict[str, list[tuple[float, int]]]) -> None:
    count = export(small, "sonata", tmp_path / "spikes.h5", **wanted)
    found = in_sonata(tmp_path / "spikes.h5")
    assert {name: list(zip(*map(np.ndarray.tolist, columns), strict=True)) for name, columns in found.items()} == expected
    assert count == sum(len(part) for part in expected.values())


def check_block(block: neo.Block) -> None:
    """Trains of V1 in the small data set, from 0.2 ms on."""
    trains = block.segments[0].spiketrains
    assert [np.round(train.rescale("ms").magnitude, 9).tolist() for train in trains] == [[0.7], [10.0], [0.3], [], []]
    assert [float(train.t_start) for train in trains] == [0.2] * 5
    assert [float(train.t_stop) for train in trains] == [10.0] * 5
    assert [train.name for train in trains] == ["V1-23E-0", "V1-23E-1", "V1-23E-2", "V1-23I-0", "V1-23I-1"]
    assert [(t.annotations["area"], t.annotations["population"], int(t.annotations["neuron"])) for t in trains[-2:]] == [
        ("V1", "23I", 0),
        ("V1", "23I", 1),
    ]
    assert [(group.name, len(group.spiketrains)) for group in block.groups] == [("V1-23E", 3), ("V1-23I", 2)]
    assert (block.annotations["simulator"], float(block.annotations["dt"])) == ("cpu", 0.1)


def test_neo_reads_its_pickle(small: Path, tmp_path: Path) -> None:
    assert export(small, "neo", tmp_path / "spikes.pkl", areas=["V1"], t_start=0.2) == 3
    check_block(neo.io.PickleIO(str(tmp_path / "spikes.pkl")).read_block())


def test_neo_reads_its_nix_file(small: Path, tmp_path: Path) -> None:
    pytest.importorskip("nixio")
    assert export(small, "nix", tmp_path / "spikes.nix", areas=["V1"], t_start=0.2) == 3
    file = neo.NixIO(str(tmp_path / "spikes.nix"), "ro")
    check_block(file.read_block())
    file.close()


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"areas": ["V2"]}, "--areas: V2 was not recorded in .*, did you mean V1"),
        ({"areas": ["FEF"]}, "--areas: FEF was not recorded in .*, expected some of V1, TH"),
        ({"populations": ["4E"]}, "--populations: 4E was not recorded"),
        ({"areas": ["TH"], "populations": ["23E"]}, "--areas TH have none of the populations 23E"),
        ({"neurons": 0}, "--neurons: is 0, expected at least 1"),
        ({"t_start": 5.0, "t_stop": 5.0}, "5 to 5 ms is no window of the simulation of 10 ms"),
        ({"t_start": float("nan")}, "--t-start: is nan ms, expected a time from 0 to 10 ms"),
        ({"t_stop": float("inf")}, "--t-stop: is inf ms, expected a time from 0 to 10 ms"),
        ({"t_start": -1.0}, "-1 to 10 ms is no window"),
        ({"t_start": 11.0}, "11 to 10 ms is no window"),
        ({"t_stop": 20.0}, "0 to 20 ms is no window"),
    ],
)
def test_what_is_not_there_is_refused(small: Path, tmp_path: Path, wanted: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        export(small, "sonata", tmp_path / "spikes.h5", **wanted)
    assert not (tmp_path / "spikes.h5").exists()


@pytest.mark.parametrize(("file_format", "name"), [("neo", "spikes.pkl"), ("nix", "spikes.nix")])
def test_too_many_trains_are_refused(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file_format: str, name: str) -> None:
    monkeypatch.setitem(neo_files.MAX_TRAINS, file_format, 8)
    with pytest.raises(InputError, match=rf"9 trains are too many for --format {file_format} \(at most 8\); choose with"):
        export(small, file_format, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_other_refusals(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"expected a name that ends in \.nix"):
        export(small, "nix", tmp_path / "spikes.h5")
    with pytest.raises(InputError, match="--compress: goes with --format sonata, not with neo"):
        export(small, "neo", tmp_path / "spikes.pkl", compress=True)
    with pytest.raises(InputError, match="no spikes here"):
        export(tmp_path, "sonata", tmp_path / "spikes.h5")
    monkeypatch.setitem(sys.modules, "nixio", None)
    with pytest.raises(InputError, match=r"--format nix needs nixio .*: pip install nixio"):
        export(small, "nix", tmp_path / "spikes.nix")
    write_flat(tmp_path / "none", {"V1-23E": 0}, np.empty(0), np.empty(0), t_sim=10.0)
    with pytest.raises(InputError, match="no population was recorded"):
        export(tmp_path / "none", "sonata", tmp_path / "spikes.h5")
    (small / "area=TH" / "part-0000.parquet").unlink()
    with pytest.raises(InputError, match="no readable spikes of area TH"):
        export(small, "sonata", tmp_path / "spikes.h5")
    assert not (tmp_path / "spikes.h5").exists()


def test_the_command(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "spikes.h5"
    choice = ("--areas", "V1", "TH", "--populations", "23E", "5E", "--t-start", "0.2", "--t-stop", "5", "--neurons", "3")
    monkeypatch.setattr("sys.argv", ["analysis", "export", str(small), "--format", "sonata", *choice, "--out", str(out)])
    assert main() == 0
    assert "spikes.h5: 3 spikes" in capsys.readouterr().out
    assert {name: ids.tolist() for name, (_, ids) in in_sonata(out).items()} == {"V1-23E": [2, 0], "TH-5E": [0]}
    monkeypatch.setattr("sys.argv", ["analysis", "export", str(small), "--format", "sonata", "--areas", "V9", "--out", str(out)])
    assert main() == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: --areas: V9 was not recorded")


@pytest.mark.parametrize("n_bytes", [100, 1_000, 5_000])
@pytest.mark.parametrize(("file_format", "name"), [("sonata", "s.h5"), ("neo", "s.pkl"), ("nix", "s.nix")])
def test_a_full_disk_leaves_nothing(
    small: Path, tmp_path: Path, full_disk: Callable[[int], AbstractContextManager[None]], file_format: str, name: str, n_bytes: int
) -> None:
    out = tmp_path / "out" / name
    with full_disk(n_bytes), pytest.raises(OSError, match="File too large"):
        export(small, file_format, out)
    assert list(out.parent.iterdir()) == []
    export(small, file_format, out)
    assert out.stat().st_size > n_bytes


def test_every_format_has_a_writer() -> None:
    assert set(exporting.WRITERS) == {"sonata", "neo", "nix"}
