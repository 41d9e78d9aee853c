"""A simulation that was stopped goes on from its last checkpoint and writes the bytes of one that was not."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pyarrow.parquet as pq
import pytest

from procortex.backends.base import NeuronState, Options
from procortex.backends.cpu import CpuSimulation
from procortex.checkpoint import Checkpoints, Extent, RecentSpikes
from procortex.formats.network import read_network, write_network
from procortex.formats.spike_folder import CHECKPOINT, SpikeFolder
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import read_spikes
from procortex.run import Outputs, run
from procortex.utilities.errors import InputError
from tests.networks import small_network
from tests.test_drive_over_time import stimulated

T_SIM = 90.0
SIZES = {"V1-23E": 200, "V1-23I": 50, "V2-4E": 100}


class StoppedError(Exception):
    """What stops a simulation in these tests."""


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "network.nc"
    write_network(small_network(SIZES, indegree=40, rate=9500), path)
    return path


def outputs(checkpoint: float = 20.0) -> Outputs:
    return Outputs(counts=True, potentials_neurons=3, potentials_interval=0.5, checkpoint_ms=checkpoint)


def everything(folder: Path) -> dict[str, bytes]:
    """All that a simulation left, but for what says when and how fast it ran."""
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".json"
    }


def stop_after(monkeypatch: pytest.MonkeyPatch, steps: int, error: type[BaseException] = StoppedError) -> None:
    """Let simulations fail when a piece would begin after so many steps."""
    advance = CpuSimulation.advance

    def failing(self, n_steps):
        if self._next_step > steps:
            raise error
        return advance(self, n_steps)

    monkeypatch.setattr(CpuSimulation, "advance", failing)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize(("stops", "attempts"), [((210,), 2), ((210, 400, 790), 3), ((150, 790), 3)])
def test_stopped_and_resumed_equals_whole(network, tmp_path, monkeypatch, precision, stops, attempts):
    options = Options(seed=2, threads=2, precision=precision)
    run(network, "cpu", T_SIM, tmp_path / "whole" / "spikes", options, outputs())
    for stop in stops:
        with monkeypatch.context() as patch:
            stop_after(patch, stop)
            with pytest.raises(StoppedError):
                run(network, "cpu", T_SIM, tmp_path / "again" / "spikes", options, outputs())
        assert not (tmp_path / "again" / "spikes").exists()
    meta = run(network, "cpu", T_SIM, tmp_path / "again" / "spikes", options, outputs())
    whole, again = everything(tmp_path / "whole"), everything(tmp_path / "again")
    assert whole == again
    assert sum("part-" in name for name in whole) == 5 * 2
    assert meta.spikes == read_meta(tmp_path / "whole" / "spikes").spikes
    assert sum(meta.spikes.values()) == sum(len(read_spikes(tmp_path / "again" / "spikes", area)) for area in ("V1", "V2")) > 100
    assert meta.attempts == attempts
    assert meta.events == read_meta(tmp_path / "whole" / "spikes").events
    assert [path.name for path in (tmp_path / "again").iterdir() if "unfinished" in path.name] == []


def test_drive_over_time_is_taken_up(tmp_path, monkeypatch):
    write_network(stimulated(), tmp_path / "network.nc")
    options, where = Options(seed=2, threads=1), tmp_path / "network.nc"
    run(where, "cpu", 40.0, tmp_path / "whole", options, Outputs(checkpoint_ms=10.0))
    with monkeypatch.context() as patch:
        stop_after(patch, 250)
        with pytest.raises(StoppedError):
            run(where, "cpu", 40.0, tmp_path / "again", options, Outputs(checkpoint_ms=10.0))
    run(where, "cpu", 40.0, tmp_path / "again", options, Outputs(checkpoint_ms=10.0))
    assert everything(tmp_path / "whole") == everything(tmp_path / "again")


def test_parts_and_pieces_change_no_spike(network, tmp_path):
    options = Options(seed=2, threads=1)
    for name, interval in (("parts", 10.0), ("one", 5000.0)):
        run(network, "cpu", T_SIM, tmp_path / name, options, Outputs(checkpoint_ms=interval))
    assert read_spikes(tmp_path / "parts", "V1").equals(read_spikes(tmp_path / "one", "V1"))
    assert len(list((tmp_path / "one" / "area=V1").iterdir())) == 1


def stop(monkeypatch, network, out, steps=450):
    """Leave an unfinished simulation with a checkpoint."""
    with monkeypatch.context() as patch:
        stop_after(patch, steps)
        with pytest.raises(StoppedError):
            run(network, "cpu", T_SIM, out, Options(seed=2, threads=1), outputs())


@pytest.mark.parametrize("other", [{"seed": 3}, {"precision": "float64"}, {"record_first": 7}])
def test_another_simulation_begins_anew_where_it_may(network, tmp_path, monkeypatch, other, capfd):
    stop(monkeypatch, network, tmp_path / "spikes")
    options = Options(**{"seed": 2, "threads": 1, **other})
    before = everything(tmp_path)
    with pytest.raises(InputError, match=r"spikes.unfinished: holds another simulation \(another .*--overwrite"):
        run(network, "cpu", T_SIM, tmp_path / "spikes", options, outputs())
    assert everything(tmp_path) == before
    meta = run(network, "cpu", T_SIM, tmp_path / "spikes", options, outputs(), overwrite=True)
    assert meta.attempts == 1
    assert "goes on" not in capfd.readouterr().err
    run(network, "cpu", T_SIM, tmp_path / "whole", options, outputs())
    assert everything(tmp_path / "spikes") == everything(tmp_path / "whole")


def test_a_shorter_simulation_destroys_no_checkpoint(network, tmp_path, monkeypatch):
    stop(monkeypatch, network, tmp_path / "spikes")
    before = everything(tmp_path)
    with pytest.raises(InputError, match=r"another simulation \(another t_sim\)"):
        run(network, "cpu", 5.0, tmp_path / "spikes", Options(seed=2, threads=1), outputs())
    assert everything(tmp_path) == before
    run(network, "cpu", 5.0, tmp_path / "spikes", Options(seed=2, threads=1), outputs(), overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["spikes"]


def edit(name, change):
    """Change one array of the checkpoint, digest and all: what only a check of its content can find."""

    def damage(folder, extent):
        store = Checkpoints(folder, extent)
        found = store.load()
        state = {"v": found.state.v, "i": found.state.i, "refractory": found.state.refractory}
        if name in state:
            store.save(replace(found, state=NeuronState(**state | {name: change(state[name])})), {})
        else:
            store.save(replace(found, **{name: change(getattr(found, name))}), {})

    return damage


def cut(folder, _extent):
    stored = folder / CHECKPOINT
    stored.write_bytes(stored.read_bytes()[:200])


def packed(folder, _extent):
    with np.load(folder / CHECKPOINT) as stored:
        arrays = dict(stored)
    np.savez_compressed(folder / CHECKPOINT, **arrays)


def another_number(folder, _extent):
    """Change the step and leave the digest."""
    with np.load(folder / CHECKPOINT) as stored:
        arrays = dict(stored)
    arrays["numbers"] = np.array(str(arrays["numbers"]).replace('"step": 600', '"step": 400'))
    np.savez(folder / CHECKPOINT, **arrays)


def huge(folder, _extent):
    """Let one array declare more numbers than any memory holds."""
    with ZipFile(folder / CHECKPOINT, "a") as archive, archive.open("more.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**8, 10**6)})


def flip_a_page(folder, _extent):
    """Change a bit of the spikes and leave the footer, which alone says what the file holds."""
    part = folder / "area=V1" / "part-0001.parquet"
    content = bytearray(part.read_bytes())
    column = pq.ParquetFile(part).metadata.row_group(0).column(2)
    content[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    part.write_bytes(content)


CHECKPOINT_DAMAGES = {
    "huge": (huge, "more.npy declares 800,000,000,000,000 bytes of numbers and holds 0"),
    "packed": (packed, "is compressed"),
    "a page of a part": (flip_a_page, "part-0001.parquet: no readable spikes of area V1"),
    "cut": (cut, "is no readable checkpoint"),
    "step": (another_number, "not that of its digest"),
    "short v": (edit("v", lambda v: v[:-1]), "v has type float32 and shape"),
    "long i": (edit("i", lambda i: np.append(i, i)), "i has type float32 and shape"),
    "refractory of another type": (edit("refractory", lambda r: r.astype(np.int64)), "refractory has type int64"),
    "negative refractory": (edit("refractory", lambda r: r - 5), "not finite"),
    "not finite": (edit("v", lambda v: v * np.float32("nan")), "not finite"),
    "wrong step": (edit("step", lambda step: step - 200), "is of step 400"),
    "wrong part": (edit("part", lambda part: part + 1), "is of step 600"),
    "neurons out of range": (edit("neurons", lambda n: n + np.uint32(350)), "other steps or neurons"),
    "fewer steps": (edit("steps", lambda steps: steps[1:]), "neurons has type uint32 and shape"),
    "late steps": (edit("steps", lambda steps: steps + np.int32(600)), "other steps or neurons"),
    "counts": (edit("counts", lambda counts: counts + 1), "counts other spikes"),
    "a part missing": (lambda folder, _: (folder / "area=V1" / "part-0001.parquet").unlink(), "no readable spikes"),
    "a part exchanged": (
        lambda folder, _: (folder / "area=V1" / "part-0001.parquet").write_bytes((folder / "area=V1" / "part-0000.parquet").read_bytes()),
        "was changed after the simulation",
    ),
    "negative counts": (edit("counts", lambda counts: counts + np.array([1, -1, 0]) * 2**40), "counts other spikes"),
    "doubled spikes": (edit("neurons", lambda neurons: neurons * np.uint32(0)), "other steps or neurons"),
    "no records": (edit("extras", lambda _: ()), "has 0 files of further records"),
    "no times": (edit("totals", lambda _: {}), "holds no times"),
    "times of text": (edit("totals", lambda totals: totals | {"attempts": "two"}), "holds no times"),
    "no number": (edit("step", lambda _: float("inf")), "is no readable checkpoint"),
    "counts missing": (lambda folder, _: (folder / "_extra-0000.npz").unlink(), "is missing or changed"),
}


@pytest.mark.parametrize("damage", CHECKPOINT_DAMAGES)
def test_a_damaged_checkpoint_is_none(network, tmp_path, monkeypatch, damage, capfd):
    stop(monkeypatch, network, tmp_path / "spikes")
    spoil, message = CHECKPOINT_DAMAGES[damage]
    folder = tmp_path / "spikes.unfinished"
    identity = json.loads((folder / "_identity.json").read_text())
    spoil(folder, Extent(sum(SIZES.values()), len(SIZES), 900, 200, "float32", True, identity))
    meta = run(network, "cpu", T_SIM, tmp_path / "spikes", Options(seed=2, threads=1), outputs())
    assert meta.attempts == 1
    assert message in (talk := capfd.readouterr().err)
    assert "simulates from the start" in talk
    run(network, "cpu", T_SIM, tmp_path / "whole", Options(seed=2, threads=1), outputs())
    assert everything(tmp_path / "spikes") == everything(tmp_path / "whole")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "_identity.json").unlink(), "_identity.json: is missing, which says of which simulation"),
        (lambda folder: (folder / "_identity.json").write_text("{"), "_identity.json: is damaged, which says of which simulation"),
        (lambda folder: (folder / "_identity.json").write_text("[]"), "_identity.json: is damaged, which says of which simulation"),
        (lambda folder: (folder / "_lock").unlink(), "spikes.unfinished: _lock is missing, by which a running simulation is known"),
        (
            lambda folder: [(folder / name).unlink() for name in ("_lock", "_identity.json")],
            "spikes.unfinished: _lock is missing, by which a running simulation is known",
        ),
    ],
)
def test_what_an_unfinished_simulation_lacks_is_named(network, tmp_path, monkeypatch, spoil, message):
    stop(monkeypatch, network, tmp_path / "spikes")
    spoil(tmp_path / "spikes.unfinished")
    before = everything(tmp_path)
    with pytest.raises(InputError, match=rf"{message}.*; if no .*, delete {tmp_path}/spikes.unfinished, or give --overwrite$"):
        run(network, "cpu", T_SIM, tmp_path / "spikes", Options(seed=2, threads=1), outputs())
    assert everything(tmp_path) == before
    run(network, "cpu", T_SIM, tmp_path / "spikes", Options(seed=2, threads=1), outputs(), overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["spikes"]


def test_an_interruption_says_where_it_goes_on(network, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        stop_after(patch, 450, KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt, match=r"the same command goes on from 50 ms"):
            run(network, "cpu", T_SIM, tmp_path / "spikes", Options(seed=2, threads=1), Outputs(checkpoint_ms=50.0))
        stop_after(patch, 150, KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt, match=r"^$"):
            run(network, "cpu", T_SIM, tmp_path / "other", Options(seed=2, threads=1), Outputs(checkpoint_ms=50.0))
    assert not (tmp_path / "other.unfinished").exists()


def test_two_simulations_of_one_output_are_refused(tmp_path):
    with (
        SpikeFolder(tmp_path / "spikes", {"seed": 1}).open(),
        pytest.raises(InputError, match=r"spikes: another simulation is writing it"),
        SpikeFolder(tmp_path / "spikes", {}, overwrite=True).open(),
    ):
        pass


def test_a_process_that_is_killed_goes_on(network, tmp_path):
    """By the command line, with the hardest of signals."""
    command = [sys.executable, "-m", "procortex", "run", str(network), "--backend", "cpu", "--t-sim", "20000", "--checkpoint", "500"]
    running = subprocess.Popen([*command, "--out", str(tmp_path / "spikes")], stderr=subprocess.DEVNULL)
    stored = tmp_path / "spikes.unfinished" / CHECKPOINT
    end = time.monotonic() + 120
    while not stored.is_file() and time.monotonic() < end:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert stored.is_file()
    again = subprocess.run([*command, "--out", str(tmp_path / "spikes")], capture_output=True, text=True, check=True)
    assert "goes on from the checkpoint at " in again.stderr
    subprocess.run([*command, "--out", str(tmp_path / "whole")], capture_output=True, check=True)
    assert everything(tmp_path / "spikes") == everything(tmp_path / "whole")
    assert json.loads((tmp_path / "spikes" / "_meta.json").read_text())["attempts"] == 2
    assert ((tmp_path / "spikes").stat().st_mode & 0o777) == ((tmp_path / "whole").stat().st_mode & 0o777)


def test_recent_spikes():
    recent = RecentSpikes(longest_delay=25)
    rng = np.random.default_rng(1)
    all_steps = np.sort(rng.integers(1, 201, 300)).astype(np.int32)
    neurons = np.arange(300, dtype=np.uint32)
    for first in range(0, 200, 10):
        here = (all_steps > first) & (all_steps <= first + 10)
        recent.append(first + 10, all_steps[here], neurons[here])
        steps, who = recent.at(first + 10)
        expected = (all_steps > first + 10 - 25) & (all_steps <= first + 10)
        np.testing.assert_array_equal(who, neurons[expected])
        np.testing.assert_array_equal(steps, all_steps[expected])


def test_parts_are_not_without_number(network, tmp_path):
    with pytest.raises(InputError, match=r"--checkpoint 0.1: makes more than 10,000 parts; expected at least 0.2 ms"):
        run(network, "cpu", 1500.0, tmp_path / "spikes", Options(seed=1, threads=1), Outputs(checkpoint_ms=0.1))


@pytest.mark.parametrize("interval", [0.0, -5.0, float("nan")])
def test_an_interval_that_is_none_is_refused(network, tmp_path, interval):
    with pytest.raises(InputError, match=r"--checkpoint .*: expected a time above 0 ms"):
        run(network, "cpu", T_SIM, tmp_path / "spikes", Options(seed=1, threads=1), Outputs(checkpoint_ms=interval))


def test_counts_without_spikes(network, tmp_path):
    run(network, "cpu", T_SIM, tmp_path / "all", Options(seed=2, threads=1), Outputs(counts=True))
    meta = run(network, "cpu", T_SIM, tmp_path / "none", Options(seed=2, threads=1, record_first=0), Outputs(counts=True))
    assert (tmp_path / "all" / "_series.nc").read_bytes() == (tmp_path / "none" / "_series.nc").read_bytes()
    assert sum(meta.spikes.values()) == sum(meta.recorded.values()) == 0


def test_potentials_are_those_of_the_neurons(network, tmp_path):
    """The potential falls to its reset value where the spikes are, and the file names neurons, times and units."""
    from procortex.formats.potentials import read_potentials

    chosen = Outputs(potentials_neurons=40, potentials_of=("V2-4E",), potentials_interval=0.1)
    run(network, "cpu", T_SIM, tmp_path / "spikes", Options(seed=2, threads=2), chosen)
    found = read_potentials(tmp_path / "spikes" / "_potentials.nc")
    assert found["V_m"].shape == (40, 900)
    assert found["V_m"].attrs["units"] == "mV"
    assert set(found["population"].values) == {"V2-4E"}
    spikes = read_spikes(tmp_path / "spikes", "V2")
    mine = spikes[spikes["neuron"] < 40]
    assert len(mine) > 5
    values = found["V_m"].values[mine["neuron"], mine["step"] - 1]
    np.testing.assert_array_equal(values, np.float32(read_network(network)["V_reset"][0]))
    assert (found["V_m"].values < -50.0).all()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"potentials_of": ("V9-4E",)}, "--potentials-of: no population V9-4E in this network"),
        ({"potentials_interval": 0.25}, r"--potentials-interval 0.25: expected a positive multiple of dt \(0.1 ms\)"),
        ({"potentials_interval": 1e300}, r"expected a positive multiple of dt \(0.1 ms\) up to the simulated 10 ms"),
        (
            {"potentials_neurons": 10**9, "potentials_of": ("V1-23E",), "potentials_interval": 0.1, "t_sim": 2e8},
            "--potentials: 200 neurons",
        ),
    ],
)
def test_impossible_potentials_are_refused(network, tmp_path, bad, message):
    t_sim = bad.pop("t_sim", 10.0)
    with pytest.raises(InputError, match=message):
        run(network, "cpu", t_sim, tmp_path / "spikes", Options(seed=1, threads=1), Outputs(**{"potentials_neurons": 5, **bad}))
    assert list(tmp_path.iterdir()) == []
