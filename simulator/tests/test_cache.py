"""Compiled kernels are used only as they were written; a compiler that is no good is named, and nothing of it is kept."""

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from procortex.backends import cache, compile
from procortex.backends.cache import check_object, failure, kept_kernels, run_compiler
from procortex.backends.compile import SOURCE, compiler_command, cpu_library
from procortex.utilities.errors import InputError

CONTENT = bytes(range(256)) * 64


def kept(folder, made, content=CONTENT):
    """Path of kernels of which nothing is compiled; `made` counts how often."""

    def compile_to(path):
        made.append(path)
        path.write_bytes(content)

    return kept_kernels(folder, "cpu-abc", ".so", compile_to, lambda path: None)


def damage(path, kind):
    content = path.read_bytes()
    if kind == "gone":
        path.unlink()
    elif kind == "folder":
        path.unlink()
        path.mkdir()
    else:
        changed = {
            "truncated": content[:5000],
            "zeroed": bytes(len(content)),
            "empty": b"",
            "one bit": bytes([content[0] ^ 1]) + content[1:],
        }
        path.write_bytes(changed[kind])


def test_kernels_are_compiled_once(tmp_path):
    made = []
    assert kept(tmp_path, made) == kept(tmp_path, made)
    assert len(made) == 1


@pytest.mark.parametrize("kind", ["truncated", "zeroed", "empty", "one bit", "gone"])
def test_what_is_not_as_it_was_written_is_compiled_again(tmp_path, kind):
    made = []
    path = kept(tmp_path, made)
    damage(path, kind)
    assert kept(tmp_path, made) == path
    assert path.read_bytes() == CONTENT
    assert len(made) == 2
    assert list(tmp_path.iterdir()) == [path]


def test_kernels_of_another_source_are_left_alone(tmp_path):
    path, made = kept(tmp_path, []), []
    other = kept_kernels(tmp_path, "cpu-abd", ".so", lambda new: new.write_bytes(b"other"), lambda new: None)
    assert other != path == kept(tmp_path, made)
    assert not made


def test_processes_that_compile_at_once_get_whole_files(tmp_path):
    start, paths = threading.Barrier(8), []

    def compile_to(path, number):
        path.write_bytes(CONTENT[: 100 * number])
        start.wait()  # all have found nothing
        path.write_bytes(CONTENT[: 5000 + number % 2])

    def work(number):
        paths.append(kept_kernels(tmp_path, "cpu-abc", ".so", lambda path: compile_to(path, number), lambda path: None))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted({len(path.read_bytes()) for path in paths}) == [5000, 5001]
    assert kept(tmp_path, []) in paths
    assert set(paths) == set(tmp_path.iterdir())


def test_what_killed_processes_left_is_removed(tmp_path):
    names = (".unfinished.old", ".unfinished.new", ".cpu-abc.so.xyz.tmp.so")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "kernels.so").write_bytes(b"half")
    for name in (names[0], names[2]):
        os.utime(tmp_path / name, (time.time() - 1e5,) * 2)
    path = kept(tmp_path, [])
    assert set(tmp_path.iterdir()) == {tmp_path / names[1], path}


@pytest.mark.parametrize("failing", ["mkdtemp", "replace"])
def test_a_cache_that_cannot_be_written_is_named(tmp_path, monkeypatch, failing):
    def refuse(*_arguments, **_options):
        raise OSError(30, "Read-only file system")

    path = kept(tmp_path, [])
    with monkeypatch.context() as patch:
        patch.setattr(*((cache.tempfile, "mkdtemp") if failing == "mkdtemp" else (Path, "replace")), refuse)
        assert kept(tmp_path, []) == path  # what is there can be used
        with pytest.raises(InputError, match=rf"^{tmp_path}: .*Read-only file system.*XDG_CACHE_HOME[^\n]*$"):
            kept_kernels(tmp_path, "cpu-other", ".so", lambda new: new.write_bytes(b"other"), lambda new: None)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_place_of_the_cache_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(InputError, match=r"file/procortex: compiled kernels cannot be kept.*set XDG_CACHE_HOME"):
        cpu_library()


def test_without_a_home_the_variable_is_named(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(cache.Path, "home", no_home)
    with pytest.raises(InputError, match=r"no home folder.*set XDG_CACHE_HOME"):
        cpu_library()


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Make a script the compiler, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def make(text):
        path = tmp_path / "compiler"
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("CXX", str(path))

    return make


NAMES = f"tr -d '\\n' < {SOURCE}"
LAST = 'for out; do :; done; if test "$1" = --version; then exit; fi'


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (f"#!/bin/sh\n{LAST}\n", "wrote no compiled file"),
        (f"#!/bin/sh\n{LAST}\necho text > $out\n", "wrote a file that is no compiled one"),
        (f"#!/bin/sh\n{LAST}\nprintf '\\177ELF' > $out\n", "left out procortex_create"),
        (
            f"#!/bin/sh\n{LAST}\n(printf '\\177ELF'; {NAMES}) > $out\n",
            r"made a library that does not run here \(OSError: .+XDG_CACHE_HOME\)",
        ),
        (f"#!/bin/sh\n{LAST}\necho half > $out\necho 'fatal error: this compiler is broken' >&2\nexit 1\n", "this compiler is broken"),
        (f"#!/bin/sh\n{LAST}\nexit 3\n", "status 3 and no message"),
        (f"#!/bin/sh\n{LAST}\nkill -SEGV $$\n", "ended by signal 11"),
        (
            f"#!/bin/sh\n{LAST}\necho 'error: write: No space left on device' >&2\nexit 1\n",
            r"No space left on device; make room, .+XDG_CACHE_HOME[^;]+$",
        ),
        ("\x01\x02", "cannot be started: Exec format error"),
    ],
    ids=["nothing", "text", "no kernels", "not loadable", "broken", "silent", "crash", "full", "no program"],
)
def test_a_compiler_that_is_no_good(script, tmp_path, text, finding):
    script(text)
    for _ in range(2):  # nothing of it is kept
        with pytest.raises(InputError, match=finding) as caught:
            cpu_library()
        assert "\n" not in str(caught.value)
        assert not list(tmp_path.glob("cache/procortex/*"))


def test_a_compiler_that_hangs_is_ended_with_its_children(script, tmp_path, monkeypatch):
    script(f"#!/bin/sh\nsleep 300 &\necho $! > {tmp_path}/child\nwait\n")
    monkeypatch.setattr(compile, "VERSION_S", 1.0)
    with pytest.raises(InputError, match=r"compiler has not ended after 1 s"):
        cpu_library()
    child = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    deadline = time.monotonic() + 10
    while child.exists() and child.read_text().split()[2] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_a_compiler_says_is_a_line():
    run = run_compiler(["sh", "-c", "echo first; echo second"], 10)
    assert failure(run) == "first second"


def test_objects_hold_their_names(tmp_path):
    path = tmp_path / "kernels"
    assert check_object(path, ["one"]) == "wrote no compiled file"
    path.write_bytes(b"\x7fELF one")
    assert [check_object(path, names) for names in (["one"], ["one", "two"])] == ["", "left out two"]


@pytest.mark.parametrize("chosen", ["no-such-compiler", 'c++ "', "no-such-compiler -O1"])
def test_a_compiler_that_is_not_there(monkeypatch, chosen):
    monkeypatch.setenv("CXX", chosen)
    with pytest.raises(InputError, match=rf"^CXX={chosen.replace('+', '.')}: .*C\+\+17"):
        compiler_command()


def test_no_compiler(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    for chosen in ("", " "):
        monkeypatch.setenv("CXX", chosen)
        with pytest.raises(InputError, match=r"no C\+\+ compiler found.*install one"):
            compiler_command()


def test_a_damaged_library_is_made_anew(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CXX", f"{compiler_command()[0]} -DWITH_AN_OPTION")
    monkeypatch.setattr(compile, "FLAGS", tuple(flag.replace("-O3", "-O0") for flag in compile.FLAGS))
    first = cpu_library()
    content, made = first.read_bytes(), first.stat().st_mtime_ns
    assert cpu_library() == first
    assert first.stat().st_mtime_ns == made
    damage(first, "truncated")
    assert cpu_library().read_bytes() == content
