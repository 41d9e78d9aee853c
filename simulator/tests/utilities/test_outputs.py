"""Nothing that somebody else wrote is lost, and what is no good is found before the work begins."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from procortex.formats.spike_folder import SpikeFolder
from procortex.formats.spike_meta import SpikeMeta
from procortex.formats.spike_writer import spike_data_set
from procortex.utilities import atomic
from procortex.utilities.arguments import FOLDER, check_arguments
from procortex.utilities.atomic import replace_folder, whole_file, whole_files, whole_folder, write_texts
from procortex.utilities.errors import InputError

real = shutil.rmtree

SIZES = {"V1-23E": 5}


def data_set(folder, seed=1):
    with spike_data_set(folder, SIZES, {"seed": seed}) as writer:
        writer.set_meta(SpikeMeta(0.1, 10.0, seed, "cpu", "here", SIZES, SIZES, {}, {}, {}, identity={"seed": seed}))
    return folder


def content(folder):
    """Everything below a folder, links and all."""
    return {path: path.read_bytes() if path.is_file() else path.is_symlink() for path in sorted(folder.rglob("*"))}


def with_file(place, name="thesis.txt"):
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text("ten years\n")


def linked(place):
    with_file(place.with_name("elsewhere"))
    place.symlink_to("elsewhere")


def data_set_with(name):
    def make(place):
        data_set(place)
        with_file(place / Path(name).parent, Path(name).name)

    return make


TAKEN = {
    "a folder": (with_file, "holds thesis.txt, which would be lost"),
    "a folder in a folder": (lambda place: with_file(place / "a" / "b"), "holds a, which would be lost"),
    "a file": (lambda place: place.write_text("ten years\n"), "is a file"),
    "a link": (linked, "is a symbolic link; expected the folder itself, "),
    "a dead link": (lambda place: place.symlink_to("nowhere"), "is a symbolic link"),
    "spikes of another program": (lambda place: with_file(place / "area=V1", "part-0000.parquet"), "holds area=V1"),
    "a data set and more": (data_set_with("thesis.txt"), "holds thesis.txt"),
    "a data set and more within": (data_set_with("area=V1/thesis.txt"), "holds area=V1/thesis.txt"),
    "another data set": (lambda place: data_set(place, 2), r"another seed\); expected --overwrite"),
    "a damaged data set": (lambda place: (data_set(place) / "_meta.json").write_text("{"), "with --overwrite to replace"),
    "an unfinished one of somebody": (lambda place: with_file(place.with_name("p.unfinished")), "p.unfinished: holds thesis.txt"),
    "a file of that name": (lambda place: place.with_name("p.unfinished").write_text("ten years\n"), "p.unfinished: is a file"),
    "a whole unfinished one": (
        lambda place: data_set(place.with_name("p.unfinished")),
        "p.unfinished: is a whole data set, which would be lost; move it elsewhere, or give --overwrite",
    ),
    "a folder called like a part": (data_set_with("area=V1/part-0009.parquet/thesis.txt"), "holds area=V1/part-0009.parquet"),
    "a folder called like a temporary file": (data_set_with("area=V1/.x.tmp/thesis.txt"), "holds area=V1/.x.tmp"),
    "within a data set": (lambda place: data_set(place.parent), "is in the spike data set"),
    "below a file": (lambda place: place.parent.write_text("ten years\n"), "is a file; expected a folder"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_stands_there_is_refused_and_stays(tmp_path, case):
    make, message = TAKEN[case]
    place = tmp_path / "file" / "p" if case in ("below a file", "within a data set") else tmp_path / "p"
    make(place)
    before = content(tmp_path)
    with pytest.raises(InputError, match=message):
        SpikeFolder(place, {"seed": 1})
    if "--overwrite" not in message:
        with pytest.raises(InputError, match=message):
            SpikeFolder(place, {"seed": 1}, overwrite=True)
    assert content(tmp_path) == before


@pytest.mark.parametrize("name", [".", "x/..", "../here", "./"])
def test_the_working_directory_is_refused(tmp_path, monkeypatch, name):
    (tmp_path / "here" / "x").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(InputError, match="is the working directory"):
        SpikeFolder(Path(name), {})
    assert (tmp_path / "here" / "x").is_dir()


def test_the_root_is_refused():
    with pytest.raises(InputError, match="is the root of a file system"):
        SpikeFolder(Path("/proc"), {})


def test_a_folder_without_permission_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # tests may run as root, to whom everything is permitted
    with pytest.raises(InputError, match="no permission to write in"):
        SpikeFolder(tmp_path / "spikes", {})


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_may_be_replaced(tmp_path, overwrite):
    """Nothing, an empty folder, the same data set, and what Snakemake leaves beside it; another one where it is said."""
    out = tmp_path / "results" / "spikes"
    data_set(out)
    (out / ".snakemake_timestamp").touch()
    data_set(out)
    assert sorted(path.name for path in out.iterdir()) == ["_meta.json", "area=V1"]
    if overwrite:
        with spike_data_set(out, SIZES, {"seed": 2}, overwrite=True) as writer:
            writer.set_meta(SpikeMeta(0.1, 10.0, 2, "cpu", "here", SIZES, SIZES, {}, {}, {}))
    (tmp_path / "empty").mkdir()
    data_set(tmp_path / "empty")
    assert [path.name for path in out.parent.iterdir()] == ["spikes"]


def test_what_appears_meanwhile_stays(tmp_path):
    place = SpikeFolder(tmp_path / "p", {})
    with place.open() as folder:
        (folder / "_meta.json").write_text("{}")
        with_file(tmp_path / "p")
        with pytest.raises(InputError, match=r"holds thesis.txt.*; the data set is whole, in .*p.unfinished"):
            place.finish()
    assert (tmp_path / "p" / "thesis.txt").is_file()
    assert (tmp_path / "p.unfinished" / "_meta.json").is_file()


WRITER = (
    "import sys, time; from pathlib import Path; from procortex.utilities.atomic import whole_file, whole_folder\n"
    "with whole_file(Path(sys.argv[1])) as file, whole_folder(Path(sys.argv[2]), ['*']) as folder:\n"
    "    file.write_text('half'); (folder / 'half').touch(); print('ready', flush=True); time.sleep(60)"
)


def test_files_of_killed_processes_vanish_at_the_next_start(tmp_path):
    file, folder = tmp_path / "network.nc", tmp_path / "tables"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, file, folder], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    writers[0].send_signal(signal.SIGKILL)
    writers[0].wait()
    assert len(list(tmp_path.iterdir())) == 4
    try:
        with whole_file(file) as temporary, whole_folder(folder, ["*"]):
            temporary.write_text("whole")
        left = sorted(path.name for path in tmp_path.iterdir())
        assert [name for name in left if not name.startswith(".")] == ["network.nc", "tables"]
        assert len(left) == 4  # those of the second process, which goes on
    finally:
        writers[1].kill()
        writers[1].wait()
    with whole_file(file), whole_folder(folder, ["*"]):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["network.nc", "tables"]


def test_files_that_belong_together_appear_together(tmp_path):
    names = [tmp_path / name for name in ("a.txt", "b.txt", "c.txt")]
    write_texts(dict.fromkeys(names, "earlier"))

    def fail():
        with whole_files() as whole:
            for name in names:
                with whole(name) as temporary:
                    temporary.write_text("new")
                assert [each.read_text() for each in names] == ["earlier"] * 3
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["earlier"] * 3
    write_texts(dict.fromkeys(names, "new"))
    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["new"] * 3


def test_a_full_disk_is_told_with_the_name_of_the_file(tmp_path, full_disk):
    write_texts({tmp_path / "a.txt": "earlier"})
    with full_disk(5_000), pytest.raises(OSError, match="File too large") as error:
        write_texts({tmp_path / "a.txt": "new", tmp_path / "b.txt": "x" * 10_000, tmp_path / "c.txt": ""})
    assert error.value.filename == str(tmp_path / "b.txt")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "earlier")]
    with full_disk(5_000), pytest.raises(OSError, match="File too large") as error, whole_folder(tmp_path / "tables", ["*.csv"]) as folder:
        (folder / "a.csv").write_text("x" * 10_000)
    assert error.value.filename == str(tmp_path / "tables")


@pytest.mark.parametrize("name", ["file.csv", "folder"])
def test_what_others_own_in_a_sticky_folder_is_refused_at_the_start(tmp_path, monkeypatch, name):
    (tmp_path / "file.csv").touch()
    (tmp_path / "folder").mkdir()
    tmp_path.chmod(0o1777)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 12345)
    out, kind = tmp_path / name, FOLDER if name == "folder" else ".csv"
    with pytest.raises(InputError, match=rf"{name}: belongs to another user, and in {tmp_path} only owners may replace"):
        SpikeFolder(out, {}) if kind == FOLDER else check_arguments(argparse.Namespace(out=out, writes={"out": kind}))


@pytest.mark.parametrize("stays", [False, True])
def test_an_earlier_folder_that_is_protected_goes_or_is_named(tmp_path, monkeypatch, capsys, stays):
    for name in ("old", "new"):
        (tmp_path / name / "area=V1").mkdir(parents=True)
    (tmp_path / "old" / "area=V1").chmod(0o555)
    rights = {}
    monkeypatch.setattr(  # root, as which tests may run, removes it in any case
        atomic.shutil,
        "rmtree",
        lambda folder, **_: rights.update(found=(folder / "area=V1").stat().st_mode & 0o777) or stays or real(folder),
    )
    replace_folder(tmp_path / "new", tmp_path / "old")
    assert rights["found"] == 0o700
    assert ("cannot be removed; remove it" in capsys.readouterr().err) == stays


@pytest.mark.parametrize(("age_s", "left"), [(3600.0, 1), (25 * 3600.0, 0)])
def test_files_of_other_machines_vanish_when_they_are_old(tmp_path, monkeypatch, age_s, left):
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(atomic, "_machine", lambda: "0123abcd")
        name = atomic._temporary(tmp_path / "network.nc", ".nc").name
    (tmp_path / name).touch()
    os.utime(tmp_path / name, (time.time() - age_s, time.time() - age_s))
    with whole_file(tmp_path / "network.nc"):
        pass
    assert len(list(tmp_path.iterdir())) == 1 + left


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link.csv").symlink_to("real/table.csv")
    with whole_file(tmp_path / "link.csv") as temporary:
        temporary.write_text("a\n")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real" / "table.csv").read_text() == "a\n"


@pytest.mark.parametrize(("name", "message"), [("/dev/null", "is no ordinary file"), (".", "is a folder")])
def test_what_is_no_file_is_not_replaced(name, message):
    with pytest.raises(InputError, match=message), whole_file(Path(name)):
        pass
    assert Path(name).exists()


def test_a_folder_of_tables_takes_the_place_of_its_like_only(tmp_path):
    for _ in range(2):
        with whole_folder(tmp_path / "tables", ["*.csv", "rules/*.smk"]) as folder:
            (folder / "a.csv").touch()
    with_file(tmp_path / "tables")
    with pytest.raises(InputError, match=r"holds thesis\.txt"), whole_folder(tmp_path / "tables", ["*.csv"]):
        pass
    assert (tmp_path / "tables" / "thesis.txt").is_file()


def parsed(**values):
    return argparse.Namespace(**values, writes={"out": ".nc", "record": ".nc", "folder": FOLDER})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"t_sim": float("nan")}, "--t-sim nan: expected a finite number"),
        ({"rates": [1.0, float("inf")]}, "--rates inf: expected a finite number"),
        ({"config": [Path("config.yaml")], "out": Path("config.yaml")}, "config.yaml: is an input of this command"),
        ({"config": [Path("config.yaml")], "out": Path("link.nc")}, "link.nc: is an input of this command"),
        ({"out": Path("thesis.txt")}, "is there already and would be lost; expected a name that ends with .nc"),
        ({"out": Path("folder")}, "folder: is a folder; expected the name of a file"),
        ({"out": Path("spikes/network.nc")}, "is in the spike data set"),
        ({"out": Path("thesis.txt/network.nc")}, "thesis.txt is a file; expected a folder"),
        ({"out": Path("x" * 201)}, "has more than 200 bytes; expected a shorter name"),
        ({"out": Path("é" * 101)}, "has more than 200 bytes"),
        ({"out": Path("\udcff.nc")}, "is no name in UTF-8"),
        ({"out": Path("a.nc"), "record": Path("./a.nc")}, "is the same file as a.nc"),
        ({"out": Path("old.nc"), "beside": lambda out: [out.with_suffix(".txt")]}, "old.txt: is there already, beside old.nc it would"),
        ({"out": Path("new.nc"), "beside": lambda out: [out.with_name("link.nc")]}, "link.nc: is there already"),
        ({"spikes": Path("spikes"), "folder": Path("spikes/")}, "spikes: is an input of this command"),
    ],
)
def test_arguments_are_checked_first(tmp_path, monkeypatch, values, message):
    monkeypatch.chdir(tmp_path)
    with_file(tmp_path)
    (tmp_path / "config.yaml").write_text("a: 1\n")
    (tmp_path / "link.nc").symlink_to("config.yaml")
    (tmp_path / "folder").mkdir()
    (tmp_path / "old.txt").write_text("ten years")
    data_set(tmp_path / "spikes")
    with pytest.raises(InputError, match=message):
        check_arguments(parsed(**values))


def test_good_arguments_pass(tmp_path):
    (tmp_path / "old.nc").write_text("an earlier network")
    (tmp_path / "empty.txt").touch()
    for name in ("old.nc", "new.txt", "deep/er/new.nc", "empty.txt"):
        check_arguments(parsed(out=tmp_path / name, t_sim=1.0, config=[tmp_path / "config.yaml"]))
    check_arguments(argparse.Namespace(out=tmp_path, writes={"out": FOLDER}))


TALK = (
    "import argparse, sys; from pathlib import Path; from procortex.utilities.errors import run_command\n"
    "def command():\n"
    "    print('talk ' * 20000, file=sys.stderr, flush=True)\n"
    "    Path(sys.argv[1]).write_text('whole')\n"
    "    print('result', flush=True)\n"
    "out = {'out': Path(sys.argv[1]), 'writes': {'out': '.txt'}} if sys.argv[2] == 'file' else {}\n"
    "sys.exit(run_command(command, argparse.Namespace(**out)))"
)


@pytest.mark.parametrize(
    ("redirection", "kind", "status"),
    [
        ("2>&-", "file", 0),
        ("2>/dev/full", "file", 0),
        ("2> >(true)", "file", 0),
        (">&-", "file", 0),
        ("> >(sleep 0)", "file", 0),
        (">/dev/full", "file", 0),
        (">&- 2>&- <&-", "file", 0),
        (">/dev/full", "talk", 2),
        ("> >(sleep 0)", "talk", 0),
        (">&- 2>&-", "talk", 0),
    ],
)
def test_nobody_listens(tmp_path, redirection, kind, status):
    """A closed or full stream ends no command whose result is a file, and none leaves a traceback."""
    out = tmp_path / "result.txt"
    line = f'exec "$0" -c "$1" "$2" {kind} {redirection}'
    result = subprocess.run(["bash", "-c", line, sys.executable, TALK, out], capture_output=True, text=True, check=False)
    assert result.returncode == status, result.stderr
    assert out.read_text() == "whole"
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr


def test_too_little_address_space_is_one_line(tmp_path):
    line = 'ulimit -v 500000; exec "$0" -m procortex plan nowhere.nc'
    result = subprocess.run(["bash", "-c", line, sys.executable], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr == "error: the address space is limited to 0.51 GB (ulimit -v); expected at least 2.1 GB, or no limit\n"
