"""Lines of a file, as it is or packed, in pieces of bounded size that end with a line."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from procortex.utilities.errors import InputError
from procortex.utilities.texts import BYTE_ORDER_MARK, in_short, kind_of, quoted

PACKED: Mapping[str, Callable[[Path], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
"""What opens a file, by the end of its name."""

UNREAD = (".zip", ".zst", ".tar", ".tgz", ".7z", ".lz4", ".Z")
"""Ends of names of files that hold recordings, but have to be unpacked."""

RATIO = 8
"""About how many times a packed recording grows."""


def plain_name(path: Path) -> Path:
    """Give the name of a file without the end that says how it is packed."""
    return path.with_suffix("") if path.suffix in PACKED else path


def plain_size(path: Path) -> int:
    """Size of a file (bytes); of a packed one about that of what it holds."""
    return path.stat().st_size * (RATIO if path.suffix in PACKED else 1)


def blocks(path: Path, size: int) -> Iterator[bytes]:
    """Read whole lines.

    Parameters
    ----------
    path
        The file.
    size
        Bytes that are read at once. A line is at most as long.

    Yields
    ------
    bytes
        Lines that follow each other, each with its end. A byte-order mark at the beginning is left out.

    Raises
    ------
    InputError
        If the file is no text, its last line has no end, a line is too long, or what is packed is damaged.
    """
    rest, lines, first = b"", 0, True
    for read in _read(path, size):
        if first and (kind := kind_of(read)):
            raise InputError(f"{path}: is {kind}; expected lines of text")
        piece = rest + (read.removeprefix(BYTE_ORDER_MARK) if first else read)
        first = False
        end = piece.rfind(b"\n") + 1
        rest = piece[end:]
        lines += piece.count(b"\n")
        if len(rest) > size:
            raise InputError(f"{path}: line {lines + 1} has more than {size} bytes; expected lines of numbers")
        if end:
            yield piece[:end]
    if rest:
        text = quoted(rest.decode("ascii", errors="replace"))
        raise InputError(
            f"{path}: line {lines + 1}, the last one, has no end: {text}; the run or the copy was cut off. "
            "Copy it again, or delete this line, or end it if it is whole"
        )


def _read(path: Path, size: int) -> Iterator[bytes]:
    opened = PACKED[path.suffix](path) if path.suffix in PACKED else path.open("rb")
    with opened as file:
        while True:
            try:
                piece: bytes = file.read(size)
            except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
                raise InputError(f"{path}: not readable as {path.suffix} ({in_short(error)}); the file is damaged or cut off") from None
            except OSError as error:
                if error.errno is not None:  # of the disk; bz2 has none of its own
                    raise
                raise InputError(f"{path}: not readable as {path.suffix} ({in_short(error)}); the file is damaged or cut off") from None
            if not piece:
                return
            yield piece
