"""What the NetCDF files that pass between stages have in common: layout, checks, reading and writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from contracts.atomic import Whole, whole_file
from contracts.errors import InputError
from contracts.hdf5 import UnreadableError, read_isolated
from contracts.hdf5_output import hdf5_output

KINDS: Mapping[str, tuple[str, str]] = {"i": ("iu", "integers"), "f": ("f", "floating-point numbers"), "t": ("OUT", "text")}
"""Codes of numpy's types, and name, of each kind of variable."""

COMPRESSED_FROM = 10_000
"""Variables with at least this many numbers are compressed."""

COMPRESSION: Mapping[str, Any] = {"zlib": True, "complevel": 4}

NUMBER, TEXT = "number", "text"
"""Kinds of attributes."""


class Variable(NamedTuple):
    """Dimensions of a variable, its kind (`KINDS`) and its unit."""

    dims: tuple[str, ...]
    kind: str
    unit: str = ""


def layout_findings(dataset: xr.Dataset, variables: Mapping[str, Variable], attributes: Mapping[str, str]) -> list[str]:
    """Name every variable and attribute (with its kind) that is missing or of the wrong form."""
    findings = []
    for name, (dims, kind, _) in variables.items():
        codes, kind_name = KINDS[kind]
        if name not in dataset.variables:
            findings.append(f"variable {name} is missing")
        elif dataset[name].dims != dims:
            findings.append(f"{name} has dimensions {dataset[name].dims}, expected {dims}")
        elif dataset[name].dtype.kind not in codes:
            findings.append(f"{name} has type {dataset[name].dtype}, expected {kind_name}")
    for name, kind in attributes.items():
        if name not in dataset.attrs:
            findings.append(f"attribute {name} is missing")
        elif not _is_of_kind(dataset.attrs[name], kind):
            findings.append(f"attribute {name} is {_shown(dataset.attrs[name])}, expected {'a number' if kind == NUMBER else 'text'}")
    return findings


def _is_of_kind(value: Any, kind: str) -> bool:
    if kind == TEXT:
        return isinstance(value, str)
    return isinstance(value, int | float | np.integer | np.floating) and bool(np.isfinite(value))


def _shown(value: Any) -> str:
    text = " ".join(repr(value.tolist() if isinstance(value, np.ndarray | np.generic) else value).split())
    return text if len(text) <= 60 else f"{text[:60]}…"


def label_findings(dataset: xr.Dataset, names: Sequence[str], *, unique: bool = True) -> list[str]:
    """Name every coordinate that is missing, holds no text, or holds a label twice."""
    findings = []
    for name in names:
        if name not in dataset.coords:
            findings.append(f"coordinate {name} is missing")
        elif dataset[name].ndim != 1 or dataset[name].dtype.kind not in KINDS["t"][0]:
            findings.append(
                f"coordinate {name} has type {dataset[name].dtype} and {dataset[name].ndim} dimensions, expected a list of labels"
            )
        elif unique:
            labels, counts = np.unique(dataset[name].to_numpy().astype(str), return_counts=True)
            findings += [
                f"coordinate {name} holds {label} {count} times, expected once"
                for label, count in zip(labels, counts, strict=True)
                if count > 1
            ]
    return findings


def first_place(values: xr.DataArray, bad: NDArray[np.bool_]) -> str:
    """Labels of the first element that is marked: ``[V1-23E, V2-5E]``."""
    place = np.argwhere(bad)[0]
    names = [str(values[dim].to_numpy()[i]) if dim in values.coords else str(i) for dim, i in zip(values.dims, place, strict=True)]
    return f"[{', '.join(names)}]"


def write_dataset(dataset: xr.Dataset, path: Path, variables: Mapping[str, Variable], whole: Whole = whole_file) -> None:
    """Write a data set with the units of its variables; the file appears when it is whole.

    Numbers have checksums, by which the HDF5 library refuses them when a bit of them has changed on the disk.
    """
    with_units = dataset.copy()
    for name, (_, _, unit) in variables.items():
        if unit:
            with_units[name].attrs["units"] = unit
    encoding = {
        str(name): {"fletcher32": True, **(COMPRESSION if values.size >= COMPRESSED_FROM else {})}
        for name, values in with_units.variables.items()
        if values.ndim and values.size and values.dtype.kind in "iuf"  # HDF5 has no filters for single and for no numbers
    }
    with whole(path) as temporary, hdf5_output(temporary, path) as output:
        with_units.to_netcdf(output, engine="h5netcdf", encoding=encoding)


def read_dataset(path: Path, what: str, command: str, check: Callable[[xr.Dataset, str], None]) -> xr.Dataset:
    """Read a file into memory and check it.

    Parameters
    ----------
    path
        The file.
    what
        What it is, for messages: ``anatomy file``.
    command
        The command that makes it.
    check
        Called with the data set and the path.

    Raises
    ------
    InputError
        If the file is missing, no NetCDF file, or `check` refuses it.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such {what}; make one with `{command} --out {path}`")
    try:
        dataset = read_isolated(path)
    except UnreadableError as error:
        raise InputError(f"{path}: not a readable {what} ({error}); make it again with `{command}`") from None
    check(dataset, str(path))
    return dataset
