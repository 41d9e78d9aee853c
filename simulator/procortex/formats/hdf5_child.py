"""Read a NetCDF file in a process of its own: ``python -P hdf5_child.py FILE SECONDS``.

The HDF5 library can loop, crash or ask for all memory on a damaged file. Here it may: limits of the operating system end this process,
and the one that waits for it goes on. It imports as little as possible, nothing of the project.

Standard output: ``netcdf 1``, the length of a header in bytes (8 bytes, little-endian), the header (JSON: attributes, variables), and the
values of the numeric variables one after the other. A header with ``error`` says in one line why the file cannot be read.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

PR_SET_PDEATHSIG = 1
SECONDS_PER_BYTE = 1e-6
"""Processor time for each byte of a file, besides the time for any file."""

BASE_BYTES, LARGEST_RATIO = 1 << 24, 1032
"""Size of the values of any file, and the largest ratio at which HDF5's compression (deflate) packs them."""

SPARE_BYTES = 4 << 30
"""Address space of the interpreter and its libraries."""


def lower(limit: int, value: int) -> None:
    """Set a limit of this process, unless it is lower already."""
    soft, hard = resource.getrlimit(limit)
    if soft == resource.RLIM_INFINITY or soft > value:
        resource.setrlimit(limit, (value, hard))


def end_with_parent() -> None:
    """End this process with the one that waits for it (Linux): nobody else would read what it writes."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_processor_time(path: Path, base_seconds: int) -> None:
    """End this process when a file takes much longer than it should; a dump of its memory helps nobody."""
    seconds = base_seconds + int(SECONDS_PER_BYTE * path.stat().st_size)
    lower(resource.RLIMIT_CPU, seconds)
    lower(resource.RLIMIT_CORE, 0)


def limit_memory(declared: int, size: int) -> None:
    """Refuse values that a file of that size cannot hold, and ask for no more address space than the others need."""
    most = BASE_BYTES + LARGEST_RATIO * size
    if declared > min(most, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")):
        raise ValueError(f"it declares {declared:,} bytes of values in a file of {size:,} bytes")
    lower(resource.RLIMIT_AS, SPARE_BYTES + 3 * declared)


def as_json(value: Any) -> dict[str, Any]:
    """Describe an attribute or the values of a text variable: type, shape and values."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    if isinstance(value, str):
        return {"text": value}
    values = np.asarray(value)
    if values.dtype.kind in "biuf":
        return {"type": values.dtype.str, "shape": values.shape, "values": values.tobytes().hex()}
    texts = [item.decode("utf-8", errors="replace") if isinstance(item, bytes) else str(item) for item in values.ravel().tolist()]
    return {"texts": texts, "shape": values.shape}


def read(path: Path) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Read a file: its header, and the values of its numeric variables."""
    import h5netcdf

    with h5netcdf.File(path, "r", decode_vlen_strings=True, phony_dims="access") as file:
        sizes = [int(np.prod(variable.shape, dtype=object)) * variable.dtype.itemsize for variable in file.variables.values()]
        limit_memory(sum(sizes), path.stat().st_size)
        arrays, variables = [], {}
        for name, variable in file.variables.items():
            values = np.asarray(variable[...])
            described: dict[str, Any] = {"dims": variable.dimensions}
            if values.dtype.kind in "biuf":
                described |= {"type": values.dtype.str, "shape": values.shape}
                arrays.append(np.ascontiguousarray(values))
            else:
                described |= as_json(values)
            variables[name] = described | {"attributes": {key: as_json(value) for key, value in variable.attrs.items()}}
        return {"attributes": {key: as_json(value) for key, value in file.attrs.items()}, "variables": variables}, arrays


def send(out: BinaryIO, header: dict[str, Any], arrays: list[np.ndarray]) -> None:
    """Write the header and the values."""
    text = json.dumps(header).encode()
    out.write(b"netcdf 1" + len(text).to_bytes(8, "little") + text)
    for values in arrays:
        out.write(values.data.cast("B") if values.size else b"")
    out.flush()


def main() -> None:
    """Read the file that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    end_with_parent()
    path = Path(sys.argv[1])
    try:
        limit_processor_time(path, int(sys.argv[2]))
        header, arrays = read(path)
    except Exception as error:  # whatever the libraries make of a damaged file
        header, arrays = {"error": f"{type(error).__name__}: {error}" if str(error) else type(error).__name__}, []
    send(sys.stdout.buffer, header, arrays)


if __name__ == "__main__":
    main()
