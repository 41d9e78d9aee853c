"""NetCDF files: what was written comes back; damaged files and full disks end with an error, whatever the HDF5 library does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr

from procortex.formats import hdf5
from procortex.formats.hdf5 import UnreadableError, read_isolated
from procortex.formats.netcdf import Variable, write_dataset
from procortex.formats.network import read_network
from procortex.formats.series import read_series
from procortex.utilities.errors import InputError

FullDisk = Callable[[int], AbstractContextManager[None]]
VARIABLES = {"weights": Variable(("target", "level"), "f", "pA"), "kind": Variable(("target",), "t")}


def made_up() -> xr.Dataset:
    random = np.random.default_rng(1)
    return xr.Dataset(
        {
            "weights": (("target", "level"), random.normal(size=(3, 8_000))),  # compressed
            "counts": ("target", np.array([1, 2, 2**40])),
            "small": ("target", np.array([1, 2, 3], dtype=np.uint16)),
            "gaps": ("target", np.array([0.5, np.nan, np.inf], dtype=np.float32)),
            "kind": ("target", ["fold", "", "Säge"]),
            "empty": (("none", "level"), np.zeros((0, 8_000), dtype=np.int32)),
            "number": ((), 3.5),
        },
        {"target": ["V1-23E", "V1-23I", "TH-5E"], "population": ("target", ["23E", "23I", "5E"])},
        {"dt": 0.1, "seed": 7, "state": "ground", "list": [1, 2], "configuration": "{}"},
    )


def test_what_is_read_is_what_xarray_reads(tmp_path: Path) -> None:
    write_dataset(made_up(), tmp_path / "file.nc", VARIABLES)
    expected, found = xr.load_dataset(tmp_path / "file.nc", engine="h5netcdf"), read_isolated(tmp_path / "file.nc")
    xr.testing.assert_identical(found, expected)
    assert {name: values.dtype for name, values in found.variables.items()} == {
        name: values.dtype for name, values in expected.variables.items()
    }
    assert {name: type(value) for name, value in found.attrs.items()} == {name: type(value) for name, value in expected.attrs.items()}
    assert set(found.coords) == {"target", "population"}
    assert found["weights"].attrs == {"units": "pA"}


def looping(path: Path) -> Path:
    """Write a file that the HDF5 library does not come to an end with: an object of no size in the heap of its texts and references."""
    write_dataset(made_up(), path, VARIABLES)
    content = bytearray(path.read_bytes())
    first = content.index(b"GCOL") + 16
    content[first : first + 16] = bytes(16)
    path.write_bytes(content)
    return path


def test_a_file_that_the_library_loops_over(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="does not come to an end"):
        read_isolated(looping(tmp_path / "loop.nc"), base_seconds=2)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_a_command_while_the_library_loops(tmp_path: Path, sent: signal.Signals) -> None:
    command = [sys.executable, "-m", "procortex", "plan", str(looping(tmp_path / "loop.nc"))]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        children, deadline = Path(f"/proc/{process.pid}/task/{process.pid}/children"), time.monotonic() + 60
        while not (found := children.read_text().split()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(sent)
        _, talk = process.communicate(timeout=60)
    assert process.returncode == 130
    assert talk.startswith("interrupted")
    assert not Path(f"/proc/{found[0]}").exists()


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", r"crashes on it \(SIGSEGV\)"),
        ("os.kill(os.getpid(), signal.SIGBUS)", r"crashes on it \(SIGBUS\)"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "memory runs out"),
        ("sys.stdout.write('half of a header')", "ended with status 0"),
        ("sys.exit(5)", "ended with status 5"),
    ],
)
def test_however_the_reading_process_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, words: str) -> None:
    child = tmp_path / "child.py"
    child.write_text(f"import os, signal, sys\n{end}\n")
    monkeypatch.setattr(hdf5, "CHILD", child)
    (tmp_path / "file.nc").touch()
    with pytest.raises(InputError, match=rf"^{tmp_path}/file\.nc: not a readable network file \(.*{words}.*make it again") as error:
        read_network(tmp_path / "file.nc")
    assert "\n" not in str(error.value)


def test_more_values_than_a_file_can_hold(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "file.nc", "w") as file:
        file.create_dataset("counts", shape=(10**6, 10**7), dtype="f8", chunks=(100, 100))
    with pytest.raises(
        InputError, match=r"not a readable series file \(ValueError: it declares 80,000,000,000,000 bytes of values in a file of"
    ):
        read_series(tmp_path / "file.nc")


@pytest.mark.parametrize("content", [b"", b"counts: many\n", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_no_netcdf_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.nc").write_bytes(content)
    with pytest.raises(InputError, match="not a readable series file") as error:
        read_series(tmp_path / "file.nc")
    assert "\n" not in str(error.value)


def test_no_module_of_the_working_directory_takes_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_dataset(made_up(), tmp_path / "file.nc", VARIABLES)
    (tmp_path / "numpy.py").write_text("raise SystemExit(9)\n")
    monkeypatch.chdir(tmp_path)
    assert read_isolated(Path("file.nc")).attrs["seed"] == 7


@pytest.mark.parametrize("n_bytes", [0, 500, 5_000, 30_000, 100_000, 180_000])
def test_a_full_disk_leaves_nothing(tmp_path: Path, full_disk: FullDisk, n_bytes: int) -> None:
    path = tmp_path / "file.nc"
    with full_disk(n_bytes), pytest.raises(OSError, match="File too large") as error:
        write_dataset(made_up(), path, VARIABLES)
    assert error.value.filename == str(path)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    write_dataset(made_up(), path, VARIABLES)
    assert path.stat().st_size > n_bytes


@pytest.mark.parametrize("name", ["weights", "counts", "small", "gaps"])
def test_a_changed_bit_is_found(tmp_path: Path, name: str) -> None:
    """In numbers that are compressed and in those that are not."""
    path = tmp_path / "file.nc"
    write_dataset(made_up(), path, VARIABLES)
    with h5py.File(path) as file:
        chunk = file[name].id.get_chunk_info(0)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset + chunk.size // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(
        InputError, match=rf"^{path}: not a readable series file \(numbers in it are damaged: OSError: .*; make it again"
    ) as error:
        read_series(path)
    assert "\n" not in str(error.value)
