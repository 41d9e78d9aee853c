"""Damaged imports: each kind of damage is one line that says what is wrong and where, and nothing half written stays."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analysis.exchange.importing import Request, import_spikes
from procortex.utilities.errors import InputError
from tests.analysis.exchange.recordings import DAT_HEAD, record

NO_SPIKES = (
    *("1\tTrue", "True\t1", "1\tfalse", "1\tinf", "1\t-Infinity", "1\t1e999", "1\t0x1p3"),
    *("0x1\t1", "1\t1_0", "1_0\t1", "1\tE", "1\tNA", "1\f1"),
)


def dat(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "b.dat").write_text(DAT_HEAD + "sender\ttime_ms\n" + text) and None


def no_file(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


def gids(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "network_gids.txt").write_text(text) and None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (dat("1\t0.15\n"), r"b\.dat: a spike at 0\.15 ms lies off the grid of dt = 0\.1 ms; give the run's resolution as --dt"),
        (dat("1\t0.0\n"), r"b\.dat: a spike at 0 ms lies before the first step's time stamp \(0\.1 ms\)"),
        (dat("1\t-3.0\n"), r"a spike at -3 ms lies before the first step"),
        (dat("1\t1e12\n"), r"a spike at 1e\+12 ms is too late for the spike files"),
        (dat("1\t0.1\n12\t0.2\n"), r"b\.dat: neuron 12 belongs to no population of .*network_gids\.txt \(identifiers 1 to 11\)"),
        (dat("0\t0.1\n"), r"neuron 0 belongs to no population"),
        (dat("1\t0.1\n2\n"), r"b\.dat: line 5 is '2', expected numbers: sender time_ms"),
        (dat("1\t0.1\n2\tnan\n"), r"b\.dat: line 5 is '2\\tnan', expected numbers"),
        (dat("1\t0.1\nspike\t0.2\n"), r"b\.dat: line 5 is 'spike\\t0\.2', expected numbers"),
        (dat("1\t0.1\n2\t0.2\t0.3\n"), r"b\.dat: line 5 is '2\\t0\.2\\t0\.3', expected numbers"),
        (dat("1\t0.1\n2\t0.2\t0.3\t4\t5\n"), r"b\.dat: line 5 is .*, expected numbers"),
        (dat("1\t0.1\n2.5\t0.2\n"), r"b\.dat: line 5 is '2\.5\\t0\.2', expected numbers"),
        (dat("1\t0.1\n\n"), r"b\.dat: line 5 is '', expected numbers"),
        (dat("99999999999999999999\t0.1\n"), r"b\.dat: line 4 is '9{20}\\t0\.1', expected numbers"),
        (dat("1\t0.3\n"), r"neuron 0 of V1-23E spikes twice at 0\.3 ms; expected the files of one run"),
        (gids("V1,23E,1\n"), r"network_gids\.txt: line 1 is 'V1,23E,1', expected area,population,first,last such as V1,23E,1,47386"),
        (gids("V1,23E,1,x\n"), r"line 1 is 'V1,23E,1,x', expected"),
        (gids("V1,23E,1,5\n\nV9,23E,6,9\n"), r"line 3: the model has no population V9-23E"),
        (gids("V1,23E,1,5\nV1,23E,6,9\n"), r"line 2: V1-23E stands there twice"),
        (gids("V1,23E,5,1\n"), r"line 1: the last identifier 1 is below the first one 5"),
        (gids("V1,23E,1,5\nV1,23I,5,9\n"), r"V1-23E and V1-23I share identifiers from 5 on"),
        (gids("\n"), r"network_gids\.txt: is empty"),
        (lambda folder: (folder / "network_gids.txt").write_bytes(b"\xff\xfe"), r"network_gids\.txt: is text in UTF-16"),
        (gids("V1,23E,1,3\xe4\n"), r"line 1 is .*, expected area,population,first,last"),
        (lambda folder: (folder / "network_gids.txt").write_bytes(b"V1,23E,1,\xe4\n"), r"gids\.txt: line 1: byte 0xe4 is not UTF-8"),
        (gids("V1;23E;1;5\n"), r"line 1 is 'V1;23E;1;5', expected area,population,.*; its parts are separated by semicolons"),
        (gids("V1\t23E\t1\t5\n"), r"its parts are separated by tabs"),
        (gids("V1,23E,1," + "9" * 19 + "\n"), r"line 1: identifiers have more than 18 digits, expected those of NEST"),
        (gids("V1,23E,1," + "9" * 6000 + "\n"), r"line 1: identifiers have more than 18 digits"),
        (gids("V1,23E,1,5\nV1,5I,6,4294967295\n"), r"line 2: V1-5I has the identifiers 6 to 4294967295, .* 4,294,967,295 neurons"),
        (gids("V1,23E,1,2,3\n" * 100_000), r"line 1 is 'V1,23E,1,2,3', expected"),
        (gids("x" * 1_000_000 + "\n"), r"line 1 is 'x{60}…', expected"),
        (lambda folder: (folder / "network_gids.txt").unlink(), r"Expected network_gids\.txt beside the recordings .*--network"),
        (no_file("network_gids.txt"), r"network_gids\.txt: is a folder"),
        (lambda folder: (folder / "b.dat").write_bytes(b"\xff\xfe\x00"), r"b\.dat: is text in UTF-16; expected lines of text"),
        (lambda folder: (folder / "b.dat").write_bytes("# NÖST\n".encode("latin-1")), r"b\.dat: is no text; expected a recording"),
        (lambda folder: (folder / "b.dat").write_bytes(b"1\t0.1\n" * 60 + b"2\t0.2\xe4\n"), r"b\.dat: line 61 is .*, expected numbers"),
        (lambda folder: (folder / "b.dat").write_bytes(b"\x1f\x8b\x08"), r"b\.dat: is packed with gzip; expected lines of text"),
        (dat("1\t0.1\n2\t0."), r"b\.dat: line 5, the last one, has no end: '2\\t0\.'; the run or the copy was cut off"),
        (dat("1\t0.1\n2\t0.2"), r"b\.dat: line 5, the last one, has no end: '2\\t0\.2'; .* or end it if it is whole"),
        (lambda folder: (folder / "b.dat").write_text(DAT_HEAD + "sender\ttime_"), r"b\.dat: line 3, the last one, has no end: 'sender"),
        (lambda folder: (folder / "b.dat").write_text(""), r"b\.dat: is empty, without even the lines that NEST begins with"),
        (lambda folder: (folder / "b.dat").write_text("time_ms\tsender\n0.1\t1\n"), r"columns time_ms sender; expected .* sender first"),
        (lambda folder: (folder / "b.dat").write_text("0.1\t1\n0.2\t2\n"), r"b\.dat: line 1 is '0\.1\\t1', expected numbers: sender time"),
        (dat("1\t0.1\n" + DAT_HEAD + "2\t0.2\n"), r"line 5 is '# NEST version: 3\.10\.0', .*; recordings that were joined must be"),
        (dat("1\t0.1\n" + "2" * 1_000_000 + "\n"), r"b\.dat: line 5 is '2{60}…', expected numbers"),
        (dat("1\t0.1\n2\t0.2\0\n"), r"b\.dat: line 5 is .*, expected numbers"),
        (dat('1\t0.1\n"2\t0.2\n3"\t0.3\n'), r"b\.dat: line 5 is '\"2\\t0\.2', expected numbers"),
        *(
            (dat(f"1\t0.1\n{line}\n"), rf"b\.dat: line 5 is '{re.escape(repr(line)[1:-1])}', expected numbers: sender time_ms")
            for line in NO_SPIKES
        ),
        (lambda folder: (folder / "b.dat").symlink_to("nowhere"), r"b\.dat: is a link to nothing, or a pipe or device"),
        (lambda folder: os.mkfifo(folder / "b.dat"), r"b\.dat: is a link to nothing, or a pipe or device"),
        (lambda folder: (folder / "b.dat.zip").write_bytes(b"PK"), r"b\.dat\.zip: is packed; unpack it, or pack it as one of \.gz"),
        (lambda folder: (folder / "b.dat.gz").write_bytes(gzip.compress(b"1\t0.1\n" * 99)[:-9]), r"dat\.gz: not readable as \.gz .*cut"),
        (lambda folder: (folder / "b.dat.xz").write_bytes(b"no xz"), r"b\.dat\.xz: not readable as \.xz"),
        (lambda folder: (folder / "b.dat.bz2").write_bytes(b"no bz2"), r"b\.dat\.bz2: not readable as \.bz2"),
        (lambda folder: (folder / "run-spikes-17-0.dat.gz").write_bytes(gzip.compress(b"")), r"stands here twice, packed and as it is"),
    ],
)  # fmt: skip
def test_damaged_recordings_are_refused(tmp_path: Path, damage: Callable[[Path], object], message: str) -> None:
    record(tmp_path / "run", "time_ms", np.array([3]), np.array([0]), 1, 1)
    damage(tmp_path / "run")
    with pytest.raises(InputError, match=message) as error:
        import_spikes(tmp_path / "run", tmp_path / "out", Request(10.0))
    assert "\n" not in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]  # nothing half written stays


def save(name: str, array: object) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / name, np.array(array))


def cut(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-5]) and None


HEAD = b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999999999, 2), }".ljust(117) + b"\n"
HUGE = b"\x93NUMPY\x01\x00" + len(HEAD).to_bytes(2, "little") + HEAD
"""An array that says that it has more numbers than any memory holds."""


@pytest.mark.parametrize(
    ("genn", "damage", "message"),
    [
        (False, lambda f: (f / "a1b2-spikes-46-4E.npy").unlink(), r"no array of 46-4E, which .*gids\.txt has; leave areas out"),
        (False, lambda f: [path.unlink() for path in f.glob("*V1*")], r"no array of V1-23E \(and 1 more\)"),
        (False, save("a1b2-spikes-FEF-4E.npy", [[1, 0.1]]), r"FEF-4E\.npy: .*network_gids\.txt has no population FEF-4E"),
        (False, save("c3-spikes-V1-23E.npy", [[1, 0.1]]), r"V1-23E has another file, a1b2-spikes-V1-23E\.npy; expected"),
        (False, save("V1_23E.npy", [[0.0], [0]]), r"holds arrays of NEST \(a1b2-spikes-46-4E\.npy\) and of GeNN \(V1_23E\.npy\)"),
        (False, save("a1b2-spikes-V1-23E.npy", [[4, 0.1]]), r"neuron 4 is none of V1-23E, which has the numbers 1 to 3"),
        (False, save("a1b2-spikes-V1-23E.npy", [[1.5, 0.1]]), r"1\.5 is no neuron's number"),
        (False, save("a1b2-spikes-V1-23E.npy", [[np.nan, 0.1]]), r"nan is no neuron's number"),
        (False, save("a1b2-spikes-V1-23E.npy", [[1, np.nan]]), r"a spike at nan ms lies off the grid"),
        (False, save("a1b2-spikes-V1-23E.npy", [1.0, 0.1]), r"has shape \(2,\) of float64, expected numbers of shape \(n, 2\)"),
        (False, save("a1b2-spikes-V1-23E.npy", [["1", "0.1"]]), r"expected numbers of shape \(n, 2\)"),
        (False, lambda f: np.savez((f / "a1b2-spikes-V1-23E.npy").open("wb"), a=[1]), r"V1-23E\.npy: is an archive of arrays \(\.npz\)"),
        (False, cut("a1b2-spikes-V1-23E.npy"), r"V1-23E\.npy: not readable as an array"),
        (False, save("a1b2-spikes-V1-23E.npy", [[{}, 0.1]]), r"V1-23E\.npy: not readable as an array"),
        (False, save("a1b2-spikes-V1-23E.npy", [[1j, 0.1]]), r"holds complex128 of shape \(1, 2\), expected numbers"),
        (False, save("a1b2-spikes-V1-23E.npy", [[2**64 - 1, 1]]), r"is no neuron's number"),
        (False, lambda f: (f / "a1b2-spikes-V1-23E.npy").write_bytes(HUGE), r"V1-23E\.npy: not readable as an array"),
        (False, lambda f: (f / "a1b2-spikes-V1-23E.npy").write_bytes(b"no array"), r"V1-23E\.npy: is no array \(\.npy\); expected"),
        (True, save("V1_23E.npy", [[0.1, 0.2], [0, 3]]), r"neuron 3 is none of V1-23E, which has the numbers 0 to 2"),
        (True, save("V1_23E.npy", [[0.1, 0, 1], [0.2, 1, 1], [1, 1, 1]]), r"has shape \(3, 3\) of float64, expected numbers of"),
        (True, save("V1_23E.npy", [[-0.1], [0]]), r"a spike at -0\.1 ms lies before the first step's time stamp \(0 ms\)"),
    ],
)  # fmt: skip
def test_damaged_arrays_are_refused(tmp_path: Path, genn: bool, damage: Callable[[Path], object], message: str) -> None:
    record(tmp_path / "run", "genn" if genn else "npy", np.array([3]), np.array([0]), 1, 1)
    damage(tmp_path / "run")
    with pytest.raises(InputError, match=message) as error:
        import_spikes(tmp_path / "run", tmp_path / "out", Request(10.0))
    assert "\n" not in str(error.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]
