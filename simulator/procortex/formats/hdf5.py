"""NetCDF files read in a process of their own: a damaged file may hang or crash the HDF5 library, but not the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.utilities.children import running

CHILD = Path(__file__).with_name("hdf5_child.py")

BASE_SECONDS = 10
"""Some fifty times what a small file takes."""

BEGINNING = b"netcdf 1"
"""What the child sends first."""

BAD_CHECKSUM = "filter returned failure"
"""What the HDF5 library says of numbers that do not fit their checksum."""

ENDS = {
    signal.SIGXCPU: "the HDF5 library does not come to an end with it: the file is damaged",
    signal.SIGKILL: "the system ended the process that read it, which happens when memory runs out",
}
"""What a signal says that ended the process; all others are crashes of the library."""


class UnreadableError(Exception):
    """The file is damaged, or no NetCDF file; the message says in one line how that shows."""


def read_isolated(path: Path, base_seconds: int = BASE_SECONDS) -> xr.Dataset:
    """Read a NetCDF file into memory, as ``xarray.load_dataset`` does, but in a process of its own.

    That process is limited to the time and the memory that a file of that size can need (`procortex.formats.hdf5_child`). Signals end both.

    Parameters
    ----------
    path
        The file.
    base_seconds
        Processor time that a file of any size may take.

    Raises
    ------
    UnreadableError
        If the file cannot be read.
    """
    command = [sys.executable, "-P", str(CHILD), str(path), str(base_seconds)]  # -P: no module of the working directory
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with running(command, text=False, stderr=subprocess.DEVNULL, env=environment) as child:
        try:
            header, arrays = _receive(child.stdout)
        except EOFError:
            raise UnreadableError(_end(child.wait())) from None
    if "error" in header:
        text = " ".join(str(header["error"]).split())[:300]
        raise UnreadableError(f"numbers in it are damaged: {text}" if BAD_CHECKSUM in text else text)
    try:
        dataset = xr.decode_cf(_raw_dataset(header, arrays), decode_times=False)
    except Exception as error:  # attributes with a meaning for xarray, such as scale_factor, may hold anything
        raise UnreadableError(" ".join(f"{type(error).__name__}: {error}".split())[:300]) from None
    dataset.encoding["source"] = str(path)
    return dataset


def _receive(pipe: IO[bytes]) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    if _exactly(pipe, len(BEGINNING)) != BEGINNING:
        raise EOFError
    header = json.loads(_exactly(pipe, int.from_bytes(_exactly(pipe, 8), "little")))
    described = [variable for variable in header.get("variables", {}).values() if "type" in variable]
    arrays = [np.empty(variable["shape"], np.dtype(variable["type"])) for variable in described]
    for values in arrays:
        if values.size:
            _fill(pipe, values.reshape(-1).view(np.uint8).data)
    return header, arrays


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    content = bytearray(count)
    _fill(pipe, memoryview(content))
    return bytes(content)


def _fill(pipe: IO[bytes], place: memoryview) -> None:
    while len(place):
        count = pipe.readinto(place)  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        place = place[count:]


def _end(status: int) -> str:
    if status >= 0:
        return f"the process that read it ended with status {status}"
    ended_by = signal.Signals(-status)
    return ENDS.get(ended_by, f"the HDF5 library crashes on it ({ended_by.name}): the file is damaged")


def _raw_dataset(header: dict[str, Any], arrays: list[NDArray[Any]]) -> xr.Dataset:
    numbers = iter(arrays)
    variables = {}
    for name, variable in header["variables"].items():
        values = next(numbers) if "type" in variable else _value(variable)
        attributes = {key: _value(value) for key, value in variable["attributes"].items()}
        encoding = {"dtype": str} if values.dtype.kind == "O" else {}  # by it xarray tells text
        variables[name] = xr.Variable(variable["dims"], values, attributes, encoding)
    return xr.Dataset(variables, attrs={key: _value(value) for key, value in header["attributes"].items()})


def _value(described: dict[str, Any]) -> Any:
    """Undo `procortex.formats.hdf5_child.as_json`."""
    if "text" in described:
        return described["text"]
    if "texts" in described:
        return np.array(described["texts"], dtype=object).reshape(described["shape"])
    values = np.frombuffer(bytes.fromhex(described["values"]), dtype=np.dtype(described["type"])).reshape(described["shape"])
    return values[()]
