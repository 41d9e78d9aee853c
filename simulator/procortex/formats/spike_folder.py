"""The folder of a spike data set: who may write it, and that it is whole or not there.

A data set is written in ``OUT.unfinished`` under a lock, and renamed to ``OUT`` when it is whole. What a stopped simulation left there
with a checkpoint waits for the same command; without a checkpoint it is removed.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from procortex.formats.spike_meta import META_NAME, read_meta
from procortex.utilities.atomic import STRAY, make_public, naming, output_folder, refuse_foreign, remove_folder, remove_tree, replace_folder
from procortex.utilities.errors import InputError

LOCK, IDENTITY, CHECKPOINT = "_lock", "_identity.json", "_checkpoint.npz"
EXTRA = "_extra-{part:04d}.npz"
OURS = re.compile(r"_(lock|identity\.json|checkpoint\.npz|extra-\d+\.npz|meta\.json|series\.nc|potentials\.nc)")
PART = re.compile(r"part-(\d+)\.parquet")
TEMPORARY = re.compile(r"\..+\.tmp(\.\w*)?")

DIFFERENCES: Mapping[str, str] = {
    "network": "network file",
    "n_steps": "t_sim",
    "t_sim": "t_sim",
    "seed": "seed",
    "engine": "backend",
    "recordings": "recording",
}
"""How messages call what two simulations differ in; everything else is called options."""


class SpikeFolder:
    """The place of a spike data set.

    Parameters
    ----------
    out
        Where the data set will be.
    identity
        All that decides the spikes and the files. A data set of the same identity, finished or not, may be replaced or taken up.
    overwrite
        Whether a data set of another identity may be replaced, too.

    Raises
    ------
    InputError
        If the place is taken by something else, or cannot be written.
    """

    def __init__(self, out: Path, identity: Mapping[str, Any], *, overwrite: bool = False) -> None:
        self.out = output_folder(out)
        if data_set := next((folder for folder in self.out.parents if (folder / META_NAME).is_file()), None):
            raise InputError(f"{out}: is in the spike data set {data_set}; expected a folder outside it")
        self.unfinished = output_folder(self.out.with_name(f"{self.out.name}.unfinished"))
        self.identity: dict[str, Any] = json.loads(json.dumps(dict(identity), sort_keys=True))
        self._overwrite = overwrite
        self._whole = False
        self._check()

    @contextmanager
    def open(self) -> Iterator[Path]:
        """Lock the place and give the folder to write in; it is emptied unless it holds a checkpoint of the same identity.

        Without a checkpoint at the end, and unless `finish` was called, the folder vanishes.

        Raises
        ------
        InputError
            If another process works on the same output, or the place is taken.
        """
        with self._locked(), naming(self.out):
            try:
                self._check()
                if not (self.unfinished / CHECKPOINT).is_file() or self._differs():
                    self.clear()
                for path in self.unfinished.rglob(".*.tmp*"):  # of a process that was killed
                    path.unlink()
                yield self.unfinished
            finally:
                useless = self.unfinished.is_dir() and not (self._whole or (self.unfinished / CHECKPOINT).is_file())
                if useless and not foreign_files(self.unfinished):
                    remove_folder(self.unfinished)

    def clear(self) -> None:
        """Remove all that an earlier attempt left."""
        for path in self.unfinished.iterdir():
            if path.is_dir():
                remove_tree(path)
            elif path.name != LOCK:
                path.unlink()
        (self.unfinished / IDENTITY).write_text(json.dumps(self.identity, indent=1) + "\n", encoding="utf-8")

    def finish(self) -> None:
        """Give the folder its name; an earlier data set there is replaced."""
        self._whole = True
        make_public(self.unfinished)
        try:
            self._check()
            replace_folder(self.unfinished, self.out)
        except (InputError, OSError) as error:  # somebody put something there meanwhile
            what = error if isinstance(error, InputError) else f"{self.out}: cannot be replaced ({error.strerror or error})"
            raise InputError(f"{what}; the data set is whole, in {self.unfinished}") from None
        for path in self.out.iterdir():  # after the renaming: a kill in between loses nothing
            if path.name in (CHECKPOINT, IDENTITY, LOCK) or path.name.startswith("_extra-"):
                path.unlink()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self._take_lock()
        try:
            yield
        finally:
            lock.close()

    def _take_lock(self) -> TextIO:
        """Lock the unfinished folder; one that another process has just finished or removed is made once more."""
        while True:
            self.unfinished.mkdir(parents=True, exist_ok=True)
            try:
                lock = (self.unfinished / LOCK).open("w")
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                raise InputError(f"{self.out}: another simulation is writing it; wait for it, or give another --out") from None
            except OSError as error:  # a file system without locks
                print(f"{self.unfinished}: cannot be locked ({error.strerror}); start no second simulation of this output", file=sys.stderr)
                return lock
            try:
                if os.path.samestat(os.fstat(lock.fileno()), (self.unfinished / LOCK).stat()):
                    return lock
            except FileNotFoundError:
                pass
            lock.close()

    def _check(self) -> None:
        """Refuse to replace what is neither absent, empty, nor a data set that may be replaced."""
        begun = any((self.unfinished / name).is_file() for name in (IDENTITY, CHECKPOINT))
        if begun and not os.path.lexists(self.unfinished / LOCK) and not self._overwrite:
            raise InputError(f"{self.unfinished}: {LOCK} is missing, by which a running simulation is known; {self._remedy()}")
        for folder in (self.out, self.unfinished):
            if folder.is_dir():
                refuse_foreign(folder, foreign_files(folder))
        if self._overwrite:
            return
        if (self.unfinished / META_NAME).is_file() and not self._whole:
            raise InputError(
                f"{self.unfinished}: is a whole data set, which would be lost; move it elsewhere, or give --overwrite or another --out"
            )
        if self.out.is_dir() and any(path.name not in STRAY for path in self.out.iterdir()):
            try:
                there = read_meta(self.out).identity
            except InputError as error:
                raise InputError(f"{error}, with --overwrite to replace what is there") from None
            self._refuse_other(self.out, there)
        if (self.unfinished / CHECKPOINT).is_file():
            self._refuse_other(self.unfinished, self._identity_there())

    def _refuse_other(self, folder: Path, there: Mapping[str, Any]) -> None:
        if differences := self._other(there):
            raise InputError(
                f"{folder}: holds another simulation (another {', another '.join(differences)}); "
                "expected --overwrite to replace it, or another --out"
            )

    def _differs(self) -> bool:
        """Whether the unfinished data set is of another simulation, or nothing says of which."""
        try:
            return bool(self._other(self._identity_there()))
        except InputError:  # only where it may be overwritten
            return True

    def _remedy(self) -> str:
        return f"if no simulation is writing there, delete {self.unfinished}, or give --overwrite"

    def _other(self, there: Mapping[str, Any]) -> list[str]:
        """Name what differs between the data set that is there and the one that is wanted."""
        keys = [key for key in self.identity.keys() | there.keys() if self.identity.get(key) != there.get(key)]
        return sorted({DIFFERENCES.get(key, "set of options") for key in keys})

    def _identity_there(self) -> Mapping[str, Any]:
        """Read what the unfinished data set is of.

        Raises
        ------
        InputError
            If nothing says it.
        """
        path, there = self.unfinished / IDENTITY, None
        finding = "is damaged"
        try:
            there = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            finding = "is missing"
        except (OSError, ValueError, RecursionError):
            pass
        if not isinstance(there, dict) or not there:
            raise InputError(f"{path}: {finding}, which says of which simulation the unfinished spikes are; {self._remedy()}")
        return there


def foreign_files(folder: Path) -> list[Path]:
    """Files and folders in a data set that no simulation wrote; all of them where nothing says that it is one."""
    entries = sorted(folder.iterdir())
    ours = any(path.name in (META_NAME, LOCK, IDENTITY, CHECKPOINT) for path in entries)
    return [path.relative_to(folder) for entry in entries for path in _foreign(entry, ours=ours)]


def _foreign(entry: Path, *, ours: bool) -> list[Path]:
    if entry.name in STRAY:
        return []
    if not ours or entry.is_symlink():
        return [entry]
    if entry.is_dir() and entry.name.startswith("area="):
        return [path for path in sorted(entry.iterdir()) if not _is_part(path)]
    return [] if entry.is_file() and (OURS.fullmatch(entry.name) or TEMPORARY.fullmatch(entry.name)) else [entry]


def _is_part(path: Path) -> bool:
    known = PART.fullmatch(path.name) or TEMPORARY.fullmatch(path.name)
    return bool(known) and path.is_file() and not path.is_symlink()
