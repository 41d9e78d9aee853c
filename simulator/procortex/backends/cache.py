"""Compiled kernels, kept from one run to the next: only what is whole is used, and what is not is made again."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from procortex.utilities.children import running
from procortex.utilities.errors import InputError

VERSION_S, COMPILE_S = 60.0, 900.0
"""How long a compiler may take to say its version, and to compile."""
STALE_S = 2 * COMPILE_S
"""Unfinished files of this age (s) belong to nobody."""
FULL = "; make room, or set TMPDIR (files of the compiler) and XDG_CACHE_HOME (compiled kernels) to folders with some"
ELF = b"\x7fELF"
DIGITS = 32
"""Of the checksum in the name of a file."""


def cache_folder() -> Path:
    """Where compiled kernels are kept: ``procortex`` in $XDG_CACHE_HOME, or in ``~/.cache``.

    Raises
    ------
    InputError
        If the user has no home.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "procortex"
    except RuntimeError:
        raise InputError(
            "there is no home folder to keep compiled kernels in: set XDG_CACHE_HOME to a folder that can be written"
        ) from None


def kept_kernels(folder: Path, name: str, suffix: str, compile_to: Callable[[Path], None], check: Callable[[Path], None]) -> Path:
    """Path of compiled kernels; they are compiled if they are not there, or not as they were written.

    The name of a file ends with its checksum, so that a file cut short, emptied or changed is recognised, and so that file and checksum
    appear together however many processes compile at once.

    Parameters
    ----------
    folder
        Of all compiled kernels.
    name
        For all that the kernels depend on.
    suffix
        Of the file's name.
    compile_to, check
        Compile into a file; see whether the file can be used. Both raise `InputError`.

    Raises
    ------
    InputError
        If compiling fails, or the folder cannot be written.
    """
    for path in sorted(_found(folder, name, suffix)):
        if path.name == _file_name(name, _checksum(path), suffix):
            return path
        _remove(path)
    with _unfinished(folder) as unfinished:
        new = unfinished / f"kernels{suffix}"
        compile_to(new)
        check(new)
        path = folder / _file_name(name, _checksum(new), suffix)
        new.replace(path)
    return path


def check_object(path: Path, names: Sequence[str]) -> str:
    """Say what is wrong with a compiled file that should hold some names; nothing if all is well."""
    content = path.read_bytes() if path.is_file() else b""
    if not content.startswith(ELF):
        return "wrote no compiled file" if not content else "wrote a file that is no compiled one"
    missing = [name for name in names if name.encode() not in content]
    return f"left out {missing[0]}" if missing else ""


def run_compiler(command: Sequence[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a compiler; end it, with the programs that it has started, when it takes too long or when this process is interrupted.

    Raises
    ------
    InputError
        If it cannot be started, or takes too long.
    """
    try:
        with running(command, text=True, stderr=subprocess.PIPE, group=True) as process:
            out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise InputError(f"{shlex.join(command[:1])} has not ended after {seconds:g} s; name another compiler") from None
    except OSError as error:
        raise InputError(f"{shlex.join(command[:1])} cannot be started: {error.strerror}; name another compiler") from None
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def failure(run: subprocess.CompletedProcess[str], otherwise: str = "") -> str:
    """Say in a line why a compiler failed, and what would help: room where a disk is full, else `otherwise`."""
    lines = (run.stderr.strip() or run.stdout.strip()).splitlines()
    for word, advice in (("no space left", FULL), ("quota exceeded", FULL), ("error", otherwise)):
        found = next((line.strip() for line in lines if word in line.lower()), "")
        if found:
            return found + advice
    if run.returncode < 0:
        return f"it was ended by signal {-run.returncode}{otherwise}"
    return (" ".join(lines) or f"it ended with status {run.returncode} and no message") + otherwise


def _file_name(name: str, checksum: str, suffix: str) -> str:
    return f"{name}-{checksum}{suffix}"


def _found(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    try:
        yield from folder.glob(f"{name}-*{suffix}")
    except OSError:  # as good as none; writing says why
        return


def _checksum(path: Path) -> str:
    """Checksum of a file; that of nothing if it cannot be read, or another process has just removed it."""
    try:
        content = path.read_bytes()
    except OSError:
        content = b""
    return hashlib.sha256(content).hexdigest()[:DIGITS] if content else ""


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the new file has the name of its own checksum
        return


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Give a folder for what is being compiled; remove it afterwards, with those that killed processes have left."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished.", dir=folder))
    except OSError as error:
        raise InputError(
            f"{folder}: compiled kernels cannot be kept here ({error.strerror}): set XDG_CACHE_HOME to a folder that can be written"
        ) from None
    try:
        _remove_stale(folder)
        yield unfinished
    except OSError as error:
        raise InputError(
            f"{folder}: compiled kernels cannot be kept here ({error.strerror}): set XDG_CACHE_HOME to another folder"
        ) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _remove_stale(folder: Path) -> None:
    for path in folder.glob(".*"):
        try:
            if path.stat().st_mtime > time.time() - STALE_S:
                continue
        except OSError:  # another process was first
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            _remove(path)
