"""Files and folders that are either whole or not there: written under a temporary name, renamed when complete.

A temporary name tells which process writes it. What a killed process left is removed when the same file or folder is written again.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from fnmatch import fnmatch
from pathlib import Path

from procortex.utilities.errors import NO_ROOM, InputError

STRAY: tuple[str, ...] = (".snakemake_timestamp", ".DS_Store")
"""Files that other programs leave in every folder and nobody misses."""

LONGEST_NAME = 200
"""Bytes of the name of an output; file systems allow 255, and the temporary name is longer."""

LONGEST_STEM = 40
"""Characters of a name that its temporary name repeats, of at most four bytes each."""

FOREIGN_AGE_S = 24 * 3600.0
"""Age after which a temporary file of another machine counts as left behind: its processes cannot be asked."""

Whole = Callable[[Path], AbstractContextManager[Path]]
"""What gives a temporary path for a file: `whole_file`, or what `whole_files` gives."""


@contextmanager
def whole_files() -> Iterator[Whole]:
    """Give what `whole_file` is for files that belong together: all appear at the end of the block, or none if it fails.

    Renaming takes no time and no room, so that a kill or a full disk leaves the earlier files or the new ones, and no mixture.

    Raises
    ------
    InputError
        If the path of one is a folder or a device.
    OSError
        With the name of the file that cannot be written.
    """
    written: list[tuple[Path, Path, Path]] = []

    @contextmanager
    def whole(path: Path) -> Iterator[Path]:
        target = Path(os.path.realpath(path))
        check_file(target, path)
        temporary = _temporary(target, target.suffix)
        with naming(path, temporary):
            stack.callback(temporary.unlink, missing_ok=True)
            temporary.touch(exist_ok=False)
            yield temporary
            temporary.chmod(0o666 & ~_umask())  # whatever the writing library made of the rights
        written.append((temporary, target, path))

    with ExitStack() as stack:
        yield whole
        for _, target, path in written:
            check_file(target, path)
        for temporary, target, path in written:
            with naming(path, temporary):
                temporary.replace(target)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` when the block ends well, remove it otherwise.

    A symbolic link is followed: the file that it names is replaced.

    Raises
    ------
    InputError
        If `path` is a folder or a device.
    OSError
        With the name of the file, if it cannot be written.
    """
    with whole_files() as whole, whole(path) as temporary:
        yield temporary


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write texts in UTF-8 that belong together; all files appear when all are whole."""
    with whole_files() as whole:
        for path, text in texts.items():
            with whole(path) as temporary:
                temporary.write_text(text, encoding="utf-8")


@contextmanager
def naming(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Name a file or folder in the system's errors of writing: they name none, or a temporary one.

    Raises
    ------
    OSError
        As it came, with `path` as its file.
    """
    try:
        yield
    except OSError as error:
        name = str(error.filename or "")
        of_temporary = bool(temporary) and name.startswith(str(temporary))
        if of_temporary or (not name and error.errno in NO_ROOM):
            # pyarrow's own text repeats itself
            text = os.strerror(error.errno) if error.errno in NO_ROOM else error.strerror
            raise OSError(error.errno, text, f"{path}{name.removeprefix(str(temporary)) if of_temporary else ''}") from error
        raise


@contextmanager
def whole_folder(path: Path, ours: Sequence[str]) -> Iterator[Path]:
    """Give a temporary folder beside `path`; rename it to `path` when the block ends well.

    Parameters
    ----------
    path
        The folder; an earlier result there is replaced.
    ours
        Patterns of the files that such a folder holds, such as ``rules/*.smk``.

    Raises
    ------
    InputError
        If `path` is no folder, a symbolic link, the working directory, or holds other files.
    """
    target = output_folder(path)
    refuse_foreign(target, _others(target, ours))
    with temporary_folder(target) as temporary:
        yield temporary
        refuse_foreign(target, _others(target, ours))
        make_public(temporary)
        replace_folder(temporary, target)


@contextmanager
def temporary_folder(path: Path, name: Path | None = None) -> Iterator[Path]:
    """Give a folder beside `path`, on the same disk, that vanishes at the end; errors of writing name `name`, or `path`."""
    temporary = _temporary(path, "")
    try:
        with naming(name or path, temporary):
            temporary.mkdir(mode=0o700)
            yield temporary
    finally:
        remove_tree(temporary)


@contextmanager
def durable_file(path: Path) -> Iterator[Path]:
    """Like `whole_file`; when the block has ended well the file survives a loss of power."""
    with whole_file(path) as temporary:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name, too
    finally:
        os.close(folder)


def check_file(target: Path, name: Path) -> None:
    """Refuse to replace what is no ordinary file.

    Raises
    ------
    InputError
        If `target` is a folder or a device, or may not be replaced; `name` is how the user wrote it.
    """
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISDIR(mode):
        raise InputError(f"{name}: is a folder; expected the name of a file")
    if not stat.S_ISREG(mode):
        raise InputError(f"{name}: is no ordinary file; expected the name of a file that may be written or replaced")
    _refuse_others(target, name)


def _refuse_others(target: Path, name: Path) -> None:
    """Refuse to replace what belongs to another user in a folder where only owners may (a sticky one, such as /tmp)."""
    folder = target.parent.stat()
    if folder.st_mode & stat.S_ISVTX and os.geteuid() not in (0, folder.st_uid, target.stat().st_uid):
        raise InputError(f"{name}: belongs to another user, and in {target.parent} only owners may replace; expected another name")


def check_name(target: Path, name: Path) -> None:
    """Refuse a file name that is too long for a temporary suffix, or that some library does not accept.

    Raises
    ------
    InputError
        If it is longer than `LONGEST_NAME`, or no UTF-8.
    """
    if len(os.fsencode(target.name)) > LONGEST_NAME:
        raise InputError(f"{name}: its last part has more than {LONGEST_NAME} bytes; expected a shorter name")
    try:
        str(target).encode()
    except UnicodeEncodeError:
        raise InputError(f"{str(name).encode(errors='replace').decode()}: is no name in UTF-8; expected one") from None


def output_folder(path: Path) -> Path:
    """Resolve the name of a folder to write, before any work is done.

    Raises
    ------
    InputError
        If the folder cannot be made or replaced: a symbolic link, a file, the working directory, a mount point, a parent without
        permission to write.
    """
    if path.is_symlink():
        raise InputError(f"{path}: is a symbolic link; expected the folder itself{_link_target(path)}")
    target = Path(os.path.realpath(path))
    check_name(target, path)
    if target.exists():
        if not target.is_dir():
            raise InputError(f"{path}: is a file; expected the name of a folder")
        if target == Path.cwd():
            raise InputError(f"{path}: is the working directory; expected a folder in it, such as {path / 'spikes'}")
        if target.is_mount() or not target.name:
            raise InputError(f"{path}: is the root of a file system; expected a folder in it, such as {path / 'spikes'}")
        _refuse_others(target, path)
    for folder in (*([target] if target.exists() else []), first_existing(target.parent)):
        if not folder.is_dir():
            raise InputError(f"{path}: {folder} is a file; expected a folder")
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise InputError(f"{path}: no permission to write in {folder}; expected a folder that may be written")
    return target


def refuse_foreign(folder: Path, foreign: list[Path]) -> None:
    """Refuse to replace a folder that holds files of somebody else's.

    Raises
    ------
    InputError
        If there are any.
    """
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise InputError(
            f"{folder}: holds {min(foreign)}{more}, which would be lost; expected a folder that is absent, empty, or an earlier result"
        )


def _others(folder: Path, ours: Sequence[str]) -> list[Path]:
    """Files of a folder that no pattern fits."""
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return [file for file in files if file.name not in STRAY and not any(fnmatch(file.as_posix(), pattern) for pattern in ours)]


def first_existing(folder: Path) -> Path:
    """Find the nearest folder above that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def replace_folder(new: Path, target: Path) -> None:
    """Rename a folder to `target`; what was there is removed after that, and comes back if the renaming fails."""
    old = _temporary(target, "") if target.exists() else None
    if old:
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if old:
            old.rename(target)
        raise
    if old:
        remove_tree(old)


def remove_folder(path: Path) -> None:
    """Rename a folder, then remove it: no other process sees a half-removed folder under its name."""
    old = _temporary(path, "")
    path.rename(old)
    remove_tree(old)


def remove_tree(folder: Path) -> None:
    """Remove a folder of ours, also what is protected in it; say what stays."""
    with suppress(OSError):
        folder.chmod(0o700)
        for place, names, _ in os.walk(folder):
            for name in names:
                if not (inner := Path(place, name)).is_symlink():
                    inner.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        print(f"{folder}: is no longer needed, but cannot be removed; remove it, or ask its owner to", file=sys.stderr)


def make_public(path: Path) -> None:
    """Give a folder the rights of an ordinary one."""
    path.chmod(0o777 & ~_umask())


def _link_target(path: Path) -> str:
    target = os.path.realpath(path)
    return f", {target}" if Path(target).exists() else ""


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _temporary(path: Path, suffix: str) -> Path:
    """Make up a name of our own beside a path, and remove what killed processes left under such names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stem = path.name[:LONGEST_STEM]
    pattern = re.compile(rf"\.{re.escape(stem)}\.([0-9a-f]{{8}})-(\d+)-(\d+)-[0-9a-f]{{8}}\.tmp(\.\w*)?")
    for entry in path.parent.iterdir():
        if (match := pattern.fullmatch(entry.name)) and _left_behind(entry, match[1], int(match[2]), int(match[3])):
            if entry.is_dir():
                remove_tree(entry)
            else:
                with suppress(OSError):  # in a folder that others share it may be theirs
                    entry.unlink()
    pid = os.getpid()
    return path.with_name(f".{stem}.{_machine()}-{pid}-{_start_of(pid)}-{secrets.token_hex(4)}.tmp{suffix}")


def _left_behind(entry: Path, machine: str, pid: int, start: int) -> bool:
    """Whether the process that wrote a temporary file has ended."""
    if machine == _machine():
        return _start_of(pid) != start
    try:
        return time.time() - entry.stat().st_mtime > FOREIGN_AGE_S
    except FileNotFoundError:
        return False


def _machine() -> str:
    """Name this machine since its last start, as its processes see it: a container has numbers of its own for them."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        identity = f"{boot} {Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        identity = platform.node()
    return hashlib.sha256(identity.encode()).hexdigest()[:8]


def _start_of(pid: int) -> int:
    """Start of a process (clock ticks), which tells it from a later one of the same number; -1 if there is none."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return 0 if _is_running(pid) else -1


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
