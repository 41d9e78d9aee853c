"""Imports: whatever form a run was recorded in, it is the same spike data set."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import analysis.exchange.ordering
from analysis.__main__ import main
from analysis.exchange import nest, original
from analysis.exchange.importing import Request, detect, import_spikes
from procortex.formats.spike_meta import read_meta
from procortex.formats.spikes import read_spikes
from procortex.utilities.errors import InputError
from tests.analysis.exchange.recordings import DAT_HEAD, FORMS, SIZES, record, write_gids, write_recordings
from tests.helpers.spikes import write_flat, write_spikes

N = sum(SIZES.values())
T_SIM, N_STEPS = 10.0, 100


def data(folder: Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def imported(path: Path, out: Path, file_format: str = "auto", **request: Any) -> dict[str, bytes]:
    import_spikes(path, out, Request(**{"t_sim": T_SIM, "overwrite": True, **request}), file_format)
    return data(out)


def expected(folder: Path, steps: np.ndarray, index: np.ndarray) -> dict[str, bytes]:
    order = np.lexsort((index, steps))
    write_flat(folder, SIZES, steps[order], index[order], t_sim=T_SIM)
    return data(folder)


SPIKES = st.lists(st.tuples(st.integers(1, N_STEPS), st.integers(0, N - 1)), unique=True, max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spikes=SPIKES,
    form=st.sampled_from(FORMS),
    first=st.integers(1, 1000),
    files=st.integers(1, 3),
    rows=st.integers(1, 20),
    per=st.integers(1, 9),
)
def test_every_form_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, spikes: list[tuple[int, int]], form: str, first: int, files: int, rows: int, per: int
) -> None:
    folder = tmp_path_factory.mktemp("forms")
    steps, index = np.array(spikes, dtype=np.int64).reshape(-1, 2).T
    record(folder / "run", form, steps, index, first, files)
    with pytest.MonkeyPatch.context() as patch:  # cut everything into small pieces
        patch.setattr(nest, "BLOCK", 40 + rows)
        patch.setattr(original, "ROWS", rows)
        patch.setattr(analysis.exchange.ordering, "SPIKES_PER_BUCKET", per)
        found = imported(folder / "run", folder / "out", may_fall_silent=True)
    assert found == expected(folder / "expected", steps, index)


@pytest.mark.parametrize("form", FORMS)
def test_meta_says_what_came_from_where(tmp_path: Path, form: str) -> None:
    record(tmp_path / "run", form, np.array([3, 5]), np.array([0, 10]), 7, 1)
    imported(tmp_path / "run", tmp_path / "out", seed=4)
    meta = read_meta(tmp_path / "out")
    assert (meta.backend, meta.seed, meta.dt, meta.t_sim) == ("imported", 4, 0.1, 10.0)
    assert dict(meta.populations) == dict(meta.recorded) == SIZES
    assert dict(meta.spikes) == {"V1-23E": 1, "V1-5I": 0, "46-4E": 0, "TH-23E": 1}
    assert meta.device == ("imported (original)" if form in ("npy", "genn") else "imported (nest)")
    assert dict(meta.versions) == ({"nest": "3.10.0"} if form.startswith("time") else {})


def test_populations_take_the_order_of_the_model(tmp_path: Path) -> None:
    starts = write_gids(tmp_path / "run", {"TH-23E": 2, "V1-5I": 2, "V1-23E": 3}, first=10)
    write_recordings(tmp_path / "run", [1, 1, 2], [starts["TH-23E"], starts["V1-23E"] + 1, starts["V1-5I"]])
    imported(tmp_path / "run", tmp_path / "out")
    assert list(read_meta(tmp_path / "out").populations) == ["V1-23E", "V1-5I", "TH-23E"]
    frame = read_spikes(tmp_path / "out", "V1")
    assert frame.astype(str).to_numpy().tolist() == [["23E", "1", "1"], ["5I", "0", "2"]]


@pytest.mark.parametrize("form", ["time_ms", "npy"])
def test_areas_can_be_left_out(tmp_path: Path, form: str) -> None:
    record(tmp_path / "run", form, np.array([3, 4, 5]), np.array([0, 5, 10]), 1, 1)
    if form == "npy":
        (tmp_path / "run" / "a1b2-spikes-TH-23E.npy").unlink()
    imported(tmp_path / "run", tmp_path / "out", areas=["46", "V1"])
    assert dict(read_meta(tmp_path / "out").spikes) == {"V1-23E": 1, "V1-5I": 0, "46-4E": 1}
    assert read_spikes(tmp_path / "out", "46")["neuron"].tolist() == [0]


def test_recordings_may_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    record(tmp_path / "run" / "recordings", "time_ms", np.array([3]), np.array([0]), 1, 1)
    assert sum(map(len, imported(tmp_path / "run", tmp_path / "a").values())) > 0
    (tmp_path / "run" / "recordings" / "network_gids.txt").rename(tmp_path / "run" / "network_gids.txt")
    assert imported(tmp_path / "run" / "recordings", tmp_path / "b") == data(tmp_path / "a")
    one_file = next((tmp_path / "run" / "recordings").glob("*.dat"))
    (tmp_path / "run" / "network_gids.txt").rename(tmp_path / "gids")
    assert imported(one_file, tmp_path / "c", gids=tmp_path / "gids") == data(tmp_path / "a")


def test_potentials_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path / "run", "time_ms", np.array([3]), np.array([0]), 1, 1)
    (tmp_path / "run" / "run-vm-3-0.dat").write_text(DAT_HEAD + "sender\ttime_ms\tV_m\n1\t0.100\t-65.0\n")
    imported(tmp_path / "run", tmp_path / "out")
    assert sum(read_meta(tmp_path / "out").spikes.values()) == 1
    assert "columns sender, time_ms, V_m, no spikes; left out" in capsys.readouterr().err
    record(tmp_path / "old", "gdf", np.array([3]), np.array([0]), 1, 1)
    (tmp_path / "old" / "run-vm-3-0.dat").write_text("1\t0.1\t-65.0\n")
    (tmp_path / "old" / "run-mean-3-0.dat").write_text("0.1\t-65.0\n")
    assert imported(tmp_path / "old", tmp_path / "out") == expected(tmp_path / "e", np.array([3]), np.array([0]))


def test_a_network_file_stands_in_for_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import xarray as xr

    network = xr.Dataset({"neurons": ("population", list(SIZES.values()))}, coords={"population": list(SIZES)})
    monkeypatch.setattr("analysis.exchange.populations.read_network", lambda path: network)
    for form in FORMS:
        record(tmp_path / form, form, np.array([3, 5]), np.array([0, 10]), 1, 1)
        (tmp_path / form / "network_gids.txt").unlink()
        found = imported(tmp_path / form, tmp_path / "out", network=tmp_path / "network.nc")
        assert found == expected(tmp_path / "e", np.array([3, 5]), np.array([0, 10]))


def test_later_spikes_are_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path / "run", "time_ms", np.array([3, 50, 51]), np.array([0, 1, 2]), 1, 1)
    imported(tmp_path / "run", tmp_path / "out", t_sim=5.0)
    assert sum(read_meta(tmp_path / "out").spikes.values()) == 2
    assert "1 spikes after --t-sim 5 ms left out" in capsys.readouterr().err


def test_a_run_that_was_shorter_than_said_is_refused(tmp_path: Path) -> None:
    steps, index = (column.ravel() for column in np.meshgrid(np.arange(1, 101), np.arange(N)))
    record(tmp_path / "run", "time_step", steps, index, 1, 1)
    with pytest.raises(InputError, match="the last of 1,100 spikes is at 10 ms although --t-sim says 20 ms"):
        imported(tmp_path / "run", tmp_path / "out", t_sim=20.0)
    imported(tmp_path / "run", tmp_path / "out", t_sim=20.0, may_fall_silent=True)
    imported(tmp_path / "run", tmp_path / "out", t_sim=11.0)
    assert read_meta(tmp_path / "out").t_sim == 11.0


def test_another_resolution(tmp_path: Path) -> None:
    write_gids(tmp_path / "run", SIZES)
    (tmp_path / "run" / "a.dat").write_text(DAT_HEAD + "sender\ttime_ms\n1\t0.063\n2\t0.125\n3\t10.000\n")  # three decimals, as NEST prints
    imported(tmp_path / "run", tmp_path / "out", dt=0.0625)
    assert read_spikes(tmp_path / "out", "V1")["step"].tolist() == [1, 2, 160]


def test_float32_times_of_a_long_run(tmp_path: Path) -> None:
    write_gids(tmp_path / "run", {"V1-23E": 2})
    steps = np.array([1, 1_004_999])
    np.save(tmp_path / "run" / "V1_23E.npy", np.array([(steps - 1) * 0.1, [0, 1]], dtype=np.float32))
    imported(tmp_path / "run", tmp_path / "out", t_sim=100_500.0)
    assert read_spikes(tmp_path / "out", "V1")["step"].tolist() == steps.tolist()


def test_a_data_set_of_ours_is_cut_and_renamed(tmp_path: Path) -> None:
    write_spikes(tmp_path / "ours", ["V1", "46"], seed=5, neurons=10, t_sim=1000.0)
    for t_sim in (1000.0, 400.0):
        meta = import_spikes(tmp_path / "ours", tmp_path / "out", Request(t_sim, simulator="reference", overwrite=True))
        assert (meta.backend, meta.seed, meta.t_sim, meta.device) == ("reference", 5, t_sim, "imported (cpu, test)")
        assert read_meta(tmp_path / "out") == meta
        for area in ("V1", "46"):
            whole = read_spikes(tmp_path / "ours", area, end_step=round(t_sim / 0.1) + 1)
            assert len(whole) > 50
            assert read_spikes(tmp_path / "out", area).equals(whole)
    meta = import_spikes(tmp_path / "ours", tmp_path / "out", Request(1000.0, areas=["46"], overwrite=True))
    assert {label.split("-")[0] for label in meta.populations} == {"46"}
    assert read_spikes(tmp_path / "out", "46").equals(read_spikes(tmp_path / "ours", "46"))
    with pytest.raises(InputError, match="was simulated for 1000 ms, 2000 ms are asked for"):
        import_spikes(tmp_path / "ours", tmp_path / "out", Request(2000.0, overwrite=True))
    with pytest.raises(InputError, match=r"--areas: .* has no area V2, expected some of V1, 46"):
        import_spikes(tmp_path / "ours", tmp_path / "out", Request(1000.0, areas=["V2"], overwrite=True))


@pytest.mark.parametrize("form", [*FORMS, "procortex"])
def test_a_run_without_a_spike_is_refused(tmp_path: Path, form: str) -> None:
    nothing = np.array([], dtype=np.int64)
    if form == "procortex":
        write_flat(tmp_path / "run", SIZES, nothing, nothing, t_sim=T_SIM)
    else:
        record(tmp_path / "run", form, nothing, nothing, 1, 2)
    with pytest.raises(InputError, match=r"run: not one spike here; expected the recordings of a run, or --may-fall-silent"):
        imported(tmp_path / "run", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    imported(tmp_path / "run", tmp_path / "out", may_fall_silent=True)
    assert sum(read_meta(tmp_path / "out").spikes.values()) == 0


def test_a_run_whose_spikes_are_all_later_is_refused(tmp_path: Path) -> None:
    record(tmp_path / "run", "time_ms", np.array([51, 52]), np.array([0, 1]), 1, 1)
    with pytest.raises(InputError, match=r"all 2 spikes are after --t-sim 5 ms; give the simulated time"):
        imported(tmp_path / "run", tmp_path / "out", t_sim=5.0, may_fall_silent=True)


def test_areas_without_a_spike_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path / "run", "time_ms", np.array([3]), np.array([0]), 1, 1)
    imported(tmp_path / "run", tmp_path / "out")
    assert "run: not one spike of 46, TH; if they were not recorded, leave them out with --areas" in capsys.readouterr().err
    imported(tmp_path / "run", tmp_path / "out", areas=["V1"])
    assert "not one spike" not in capsys.readouterr().err


@pytest.mark.parametrize("end", [".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("form", ["time_ms", "time_step", "gdf"])
def test_packed_recordings_are_read(tmp_path: Path, form: str, end: str) -> None:
    steps, index = np.arange(1, 60), np.arange(59) % N
    record(tmp_path / "run", form, steps, index, 1, 2)
    compress = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}[end]
    for file in [*(tmp_path / "run").glob("run-spikes-*")][:1]:
        file.with_name(file.name + end).write_bytes(compress(file.read_bytes()))
        file.unlink()
    assert detect(tmp_path / "run") == "nest"
    assert imported(tmp_path / "run", tmp_path / "out") == expected(tmp_path / "e", steps, index)


def test_what_editors_do_to_a_text_is_no_matter(tmp_path: Path) -> None:
    """A byte-order mark, and lines that end as on Windows."""
    steps, index = np.array([3, 5]), np.array([0, 10])
    record(tmp_path / "run", "time_ms", steps, index, 1, 1)
    for file in (tmp_path / "run").iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert imported(tmp_path / "run", tmp_path / "out") == expected(tmp_path / "e", steps, index)


def test_spikes_off_the_grid_in_steps_are_refused(tmp_path: Path) -> None:
    write_gids(tmp_path / "run", SIZES)
    (tmp_path / "run" / "a.dat").write_text(DAT_HEAD + "sender\ttime_step\ttime_offset\n1\t3\t0.000\n2\t4\t0.037\n")
    with pytest.raises(InputError, match=r"a spike has time_offset 0\.037 ms; expected 0"):
        imported(tmp_path / "run", tmp_path / "out")
    (tmp_path / "run" / "a.dat").write_text(DAT_HEAD + "sender\ttime_step\ttime_offset\n1\t0\t0.000\n")
    with pytest.raises(InputError, match="before the first step"):
        imported(tmp_path / "run", tmp_path / "out")


def test_empty_arrays_are_silent_populations(tmp_path: Path) -> None:
    record(tmp_path / "run", "npy", np.array([3]), np.array([0]), 1, 1)
    np.save(tmp_path / "run" / "a1b2-spikes-46-4E.npy", np.array([]))
    assert imported(tmp_path / "run", tmp_path / "out") == expected(tmp_path / "e", np.array([3]), np.array([0]))


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"dt": 0.0}, "--dt: is 0 ms"),
        ({"dt": float("nan")}, "--dt: is nan ms"),
        ({"dt": 1e-320}, "--t-sim: is 10 ms, expected a positive multiple of dt"),
        ({"t_sim": float("nan")}, "--t-sim: is nan ms, expected a positive multiple of dt"),
        ({"t_sim": float("inf")}, "--t-sim: is inf ms, expected a positive multiple of dt"),
        ({"t_sim": 0.0}, "--t-sim: is 0 ms, expected a positive multiple of dt"),
        ({"t_sim": 10.05}, r"--t-sim: is 10\.05 ms, expected a positive multiple"),
        ({"t_sim": 1e9}, "--t-sim: 1e.09 ms are 10000000000 steps; at most"),
        ({"areas": ["V2"]}, "--areas: .* has no area V2, expected some of V1, 46, TH"),
        ({"gids": Path("nowhere")}, "--gids: nowhere: no such file"),
    ],
)
def test_requests_that_make_no_sense_are_refused(tmp_path: Path, request_: dict[str, Any], message: str) -> None:
    record(tmp_path / "run", "time_ms", np.array([3]), np.array([0]), 1, 1)
    with pytest.raises(InputError, match=message):
        imported(tmp_path / "run", tmp_path / "out", **request_)
    assert not (tmp_path / "out").exists()


def test_formats_are_told_apart(tmp_path: Path) -> None:
    record(tmp_path / "nest", "gdf", np.array([3]), np.array([0]), 1, 1)
    record(tmp_path / "original", "npy", np.array([3]), np.array([0]), 1, 1)
    write_flat(tmp_path / "procortex", SIZES, np.array([3]), np.array([0]), t_sim=10.0)
    for name in ("nest", "original", "procortex"):
        assert detect(tmp_path / name) == name
    with pytest.raises(InputError, match="no spikes here; expected a spike data set of ours"):
        detect(tmp_path)
    for file_format in ("auto", "nest"):
        with pytest.raises(InputError, match="nowhere: no such file or folder"):
            imported(tmp_path / "nowhere", tmp_path / "out", file_format)
    with pytest.raises(InputError, match="no recordings of NEST here"):
        imported(tmp_path / "original", tmp_path / "out", "nest")
    with pytest.raises(InputError, match="no spike arrays here"):
        imported(tmp_path / "nest", tmp_path / "out", "original")
    (tmp_path / "vm").mkdir()
    write_gids(tmp_path / "vm", SIZES)
    (tmp_path / "vm" / "a.dat").write_text("1 0.1 -65.0\n")
    with pytest.raises(InputError, match="no file has the columns sender and time_ms"):
        imported(tmp_path / "vm", tmp_path / "out")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path / "run", "time_ms", np.array([3, 4]), np.array([0, 10]), 1, 1)
    options = ["--format", "nest", "--t-sim", "10", "--dt", "0.1", "--areas", "V1", "--simulator", "mine", "--seed", "3"]
    monkeypatch.setattr("sys.argv", ["analysis", "import", str(tmp_path / "run"), *options, "--out", str(tmp_path / "out")])
    assert main() == 0
    assert "out: 1 spikes of 2 populations, 10 ms" in capsys.readouterr().out
    meta = json.loads((tmp_path / "out" / "_meta.json").read_text())
    assert (meta["backend"], meta["seed"], meta["spikes"]) == ("mine", 3, {"V1-23E": 1, "V1-5I": 0})
    monkeypatch.setattr("sys.argv", ["analysis", "import", str(tmp_path), "--t-sim", "10", "--out", str(tmp_path / "out")])
    assert main() == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: ")


def test_a_full_disk_is_told_with_the_name_of_the_output(tmp_path: Path, full_disk: Callable[[int], AbstractContextManager[None]]) -> None:
    """While spikes are put in order, and while they are written."""
    steps, index = np.divmod(np.arange(1000 * N), N)
    record(tmp_path / "run", "time_ms", steps + 1, index, 1, 1)
    out = tmp_path / "spikes"
    with full_disk(50_000), pytest.raises(OSError, match="File too large") as error:
        import_spikes(tmp_path / "run", out, Request(t_sim=100.0))
    assert error.value.filename == str(out)
    with full_disk(3_000), pytest.raises(OSError, match="File too large") as error:
        write_flat(out, SIZES, (steps + 1).astype(np.int32), index.astype(np.uint32), t_sim=100.0)
    assert error.value.filename == str(out)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
