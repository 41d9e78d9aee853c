"""What the NetCDF files that pass between stages have in common: layout, checks, reading and writing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from procortex.formats.hdf5 import UnreadableError, read_isolated
from procortex.formats.hdf5_output import hdf5_output
from procortex.utilities.atomic import Whole, whole_file
from procortex.utilities.errors import InputError

KINDS: Mapping[str, tuple[str, str]] = {"i": ("iu", "integers"), "f": ("f", "floating-point numbers"), "t": ("OUT", "text")}
"""Codes of numpy's types, and name, of each kind of variable."""

COMPRESSED_FROM = 1000
"""Variables with at least this many numbers are compressed."""

COMPRESSION: Mapping[str, Any] = {"zlib": True, "complevel": 4}

NUMBER, TEXT = "number", "text"
"""Kinds of attributes."""


class Variable(NamedTuple):
    """A variable of a file.

    Attributes
    ----------
    dims
        Dimensions.
    kind
        Of `KINDS`.
    unit
        Unit; empty for texts.
    low, high
        Smallest and largest value.
    gaps
        Whether NaN may stand for what is not known.
    """

    dims: tuple[str, ...]
    kind: str
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    gaps: bool = False


@dataclass(frozen=True)
class NetcdfFormat:
    """One kind of NetCDF file: what it holds, and how it is read, checked and written.

    Attributes
    ----------
    name
        What messages call it: ``anatomy file``.
    made_by
        The command that makes one.
    variables, attributes
        What it holds.
    labels
        Coordinates of texts.
    unique
        Whether each label stands once.
    coordinates
        Other coordinates.
    optional, optional_attributes
        What may be missing.
    sizes
        Dimensions of fixed size.
    values
        Gives a line for each thing that is wrong with a data set whose layout and ranges are right.
    obsolete
        Says that a data set is of another version of this format, with ``{path}`` in the place of the file; None if it is of this one.
    """

    name: str
    made_by: str
    variables: Mapping[str, Variable]
    attributes: Mapping[str, str]
    labels: tuple[str, ...] = ()
    unique: bool = True
    coordinates: tuple[str, ...] = ()
    optional: Mapping[str, Variable] = field(default_factory=dict)
    optional_attributes: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    values: Callable[[xr.Dataset], Iterable[str]] = lambda _: ()
    obsolete: Callable[[xr.Dataset], str | None] = lambda _: None

    def findings(self, dataset: xr.Dataset, where: str) -> list[str]:
        """Name everything that is wrong with a data set; values are looked at where the layout is right, sums where the values are."""
        if old := self.obsolete(dataset):
            return [old.format(path=where)]
        variables = {**self.variables, **{name: each for name, each in self.optional.items() if name in dataset.variables}}
        attributes = {**self.attributes, **{name: kind for name, kind in self.optional_attributes.items() if name in dataset.attrs}}
        found = layout_findings(dataset, variables, attributes) + label_findings(dataset, self.labels, unique=self.unique)
        found += [f"coordinate {name} is missing" for name in self.coordinates if name not in dataset.coords]
        found += [
            f"dimension {name} has size {dataset.sizes[name]}, expected {size}"
            for name, size in self.sizes.items()
            if name in dataset.sizes and dataset.sizes[name] != size
        ]
        return found or [*_range_findings(dataset, variables)] or [*self.values(dataset)]

    def check(self, dataset: xr.Dataset, where: str) -> None:
        """Check that a data set is one of these.

        Raises
        ------
        InputError
            With one line for each thing that is wrong.
        """
        if findings := self.findings(dataset, where):
            raise InputError("\n".join(f"{where}: {finding}" for finding in findings))

    def read(self, path: Path) -> xr.Dataset:
        """Read a file into memory and check it.

        Raises
        ------
        InputError
            If the file is missing, another one, or breaks the format.
        """
        return read_dataset(path, self.name, self.made_by, self.check)

    def write(self, dataset: xr.Dataset, path: Path, whole: Whole = whole_file) -> None:
        """Check a data set and write it; the file appears when it is whole.

        Parameters
        ----------
        dataset, path
            What to write, and where.
        whole
            How it appears: by itself, or together with other files (`procortex.utilities.atomic.whole_files`).

        Raises
        ------
        InputError
            If the data set breaks the format.
        """
        self.check(dataset, self.name)
        write_dataset(dataset, path, {**self.variables, **{name: each for name, each in self.optional.items() if name in dataset}}, whole)


def _range_findings(dataset: xr.Dataset, variables: Mapping[str, Variable]) -> Iterator[str]:
    """Name the first value of each variable that is out of range; before any conversion to a narrower type."""
    for name, variable in variables.items():
        if variable.kind == "t":
            continue
        values = dataset[name].to_numpy()
        missing = ~np.isfinite(values) if values.dtype.kind == "f" else np.zeros(values.shape, dtype=bool)
        if variable.gaps:
            missing &= ~np.isnan(values)
        if missing.any():
            yield f"{name}{first_place(dataset[name], missing)} is not a finite number"
            continue
        bad = (values < variable.low) | (values > variable.high)
        if bad.any():
            value = values[bad][0]
            expected = "0 or more" if value < 0 and variable.low == 0 else f"{_plain(variable.low)} to {_plain(variable.high)}"
            said = "negative" if value < 0 and variable.low == 0 else f"{value:g}"
            yield f"{name}{first_place(dataset[name], bad)} is {said}; expected {expected}"


def _plain(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


def layout_findings(dataset: xr.Dataset, variables: Mapping[str, Variable], attributes: Mapping[str, str]) -> list[str]:
    """Name every variable and attribute (with its kind) that is missing or of the wrong form."""
    findings = []
    for name, (dims, kind, *_) in variables.items():
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
        elif name in dataset.dims and dataset[name].dims != (name,):
            findings.append(f"coordinate {name} has dimensions {dataset[name].dims}, expected {(name,)}")
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
    for name, variable in variables.items():
        if variable.unit:
            with_units[name].attrs["units"] = variable.unit
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
