"""NumPy files that users hand in or that come from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contracts.texts import UnreadableError, check_regular, in_short

MAGIC = b"\x93NUMPY"


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
