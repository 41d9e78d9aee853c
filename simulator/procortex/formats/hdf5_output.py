"""Files that the HDF5 library writes through Python: a full disk ends with an error, where the library by itself crashes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Hdf5Output(io.RawIOBase):
    """A file for ``h5py.File(output, "w")`` that seems to take every write.

    The library cannot close a file after a write has failed. So the first failure is kept, and what is written from there on stays in
    memory: the library ends as usual, and `check` raises the failure.

    Parameters
    ----------
    descriptor
        Of a file open for reading and writing; it stays the caller's.
    name
        What the user calls the file.
    """

    def __init__(self, descriptor: int, name: Path) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._name = name
        self._place = self._end = 0
        self._failure: OSError | None = None
        self._unwritten: list[tuple[int, bytes]] = []

    def check(self) -> None:
        """Raise what went wrong so far."""
        if self._failure:
            raise OSError(self._failure.errno, self._failure.strerror, str(self._name))

    def readable(self) -> bool:
        """HDF5 reads back what it has written."""
        return True

    def writable(self) -> bool:
        """Of course."""
        return True

    def seekable(self) -> bool:
        """HDF5 writes in no order."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move to a place."""
        self._place = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._end}[whence]
        return self._place

    def write(self, content: Any, /) -> int:
        """Write all of the content at the place."""
        view = memoryview(content).cast("B")
        written = 0
        while written < len(view) and not self._failure:
            try:
                written += os.pwrite(self._descriptor, view[written:], self._place + written)
            except OSError as error:
                self._failure = error
        if written < len(view):
            self._unwritten.append((self._place + written, bytes(view[written:])))
        self._place += len(view)
        self._end = max(self._end, self._place)
        return len(view)

    def readinto(self, place: Any, /) -> int:
        """Read what was written, on disk or not."""
        view = memoryview(place).cast("B")
        first, count = self._place, min(len(view), max(0, self._end - self._place))
        content = os.pread(self._descriptor, count, first)
        view[:count] = content.ljust(count, b"\0")
        for begin, piece in self._unwritten:
            start, stop = max(begin, first), min(begin + len(piece), first + count)
            if start < stop:
                view[start - first : stop - first] = piece[start - begin : stop - begin]
        self._place += count
        return count

    def truncate(self, size: int | None = None, /) -> int:
        """Set the size of the file."""
        size = self._place if size is None else size
        if not self._failure:
            try:
                os.truncate(self._descriptor, size)
            except OSError as error:
                self._failure = error
        self._end = size
        return size


@contextmanager
def hdf5_output(path: Path, name: Path) -> Iterator[Hdf5Output]:
    """Open the file `path`, which the user calls `name`, for the HDF5 library to write; the first failure is raised in the end.

    Raises
    ------
    OSError
        If the disk is full, for example.
    """
    with path.open("w+b") as file:
        output = Hdf5Output(file.fileno(), name)
        yield output
        output.check()
