"""NumPy files that users hand in or that come from elsewhere."""

from __future__ import annotations

import math
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from procortex.utilities.texts import UnreadableError, check_regular, in_short

MAGIC = b"\x93NUMPY"


def read_archive(path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays of an archive of our own (``.npz``, not compressed), whose heads are compared with its size first.

    An array that is said to be larger than its file would take that much memory before it is found to be cut off.

    Raises
    ------
    UnreadableError
        If it is no such archive.
    FileNotFoundError
        If there is no file.
    """
    check_regular(path)
    try:
        with ZipFile(path) as archive:
            for member in archive.infolist():
                if member.compress_type != ZIP_STORED or member.file_size > path.stat().st_size:
                    raise UnreadableError(f"{in_short(member.filename)} is compressed, or larger than the file")
                with archive.open(member) as file:
                    _check_size(file, member)
        with np.load(path, allow_pickle=False) as stored:
            return dict(stored)
    except FileNotFoundError:
        raise
    except (
        ValueError,
        OSError,
        EOFError,
        OverflowError,
        MemoryError,
        TypeError,
        SyntaxError,
        RecursionError,
        BadZipFile,
        KeyError,
    ) as error:
        raise UnreadableError(f"not readable as an archive of arrays ({in_short(error)})") from None


def _check_size(file: IO[bytes], member: ZipInfo) -> None:
    """Compare the size that an array's header declares with the bytes that the file holds."""
    version = np.lib.format.read_magic(file)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = read_header(file)
    declared = kind.itemsize * math.prod(shape)
    if declared != member.file_size - file.tell():
        raise UnreadableError(
            f"{in_short(member.filename)} declares {declared:,} bytes of numbers and holds {member.file_size - file.tell():,}"
        )


def map_array(path: Path) -> NDArray[Any]:
    """Open the numbers of a ``.npy`` file without reading them: what the file's head says of its size is checked against the file.

    Raises
    ------
    UnreadableError
        If it is no array, or none of numbers.
    FileNotFoundError
        If there is no file.
    """
    check_regular(path)
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
    if start != MAGIC:
        is_archive = start.startswith(b"PK\x03\x04")
        raise UnreadableError("is an archive of arrays (.npz), expected a single one (.npy)" if is_archive else "is no array (.npy)")
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, OverflowError, MemoryError, TypeError, SyntaxError, RecursionError) as error:
        raise UnreadableError(f"not readable as an array ({in_short(error)})") from None
    if array.size and array.dtype.kind not in "iuf":
        raise UnreadableError(f"holds {in_short(array.dtype)} of shape {array.shape}, expected numbers")
    return array
