"""Spike arrays of the original model's analysis, and of its GeNN version: a ``.npy`` file for each population."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.exchange.grid import to_steps
from procortex.formats.populations import population_labels
from procortex.utilities.arrays import map_array
from procortex.utilities.errors import InputError
from procortex.utilities.texts import UnreadableError

NEST_NAME = re.compile(r"(?P<run>.+)-spikes-(?P<area>[^-]+)-(?P<population>[^-]+)\.npy")
GENN_NAME = re.compile(r"(?P<area>[^_]+)_(?P<population>[^_]+)\.npy")
ROWS = 1 << 20
"""Spikes that are read at once."""

BYTES_PER_SPIKE = 16


@dataclass(frozen=True)
class Arrays:
    """Files of one run.

    Attributes
    ----------
    files
        File of each population, by label.
    genn
        Whether they are GeNN's: rows of times and of indices within the population. Else columns of NEST's identifiers and of times.
    """

    files: Mapping[str, Path]
    genn: bool


def find_arrays(path: Path) -> Arrays:
    """Spike arrays of a folder, or of ``recordings`` within it: ``LABEL-spikes-AREA-POPULATION.npy``, or GeNN's ``AREA_POPULATION.npy``.

    Raises
    ------
    InputError
        If there are none, or those of several runs.
    """
    known = set(population_labels())
    by_kind: dict[bool, dict[str, Path]] = {False: {}, True: {}}
    for file in array_files(path):
        for genn, pattern in ((False, NEST_NAME), (True, GENN_NAME)):
            match = pattern.fullmatch(file.name)
            label = f"{match['area']}-{match['population']}" if match else ""
            if label not in known:
                continue
            if label in by_kind[genn]:
                raise InputError(f"{file}: {label} has another file, {by_kind[genn][label].name}; expected the files of one run")
            by_kind[genn][label] = file
    if by_kind[False] and by_kind[True]:
        both = [next(iter(files.values())).name for files in by_kind.values()]
        raise InputError(f"{path}: holds arrays of NEST ({both[0]}) and of GeNN ({both[1]}); expected the files of one run")
    genn = bool(by_kind[True])
    if not by_kind[genn]:
        raise InputError(f"{path}: no spike arrays here; expected LABEL-spikes-AREA-POPULATION.npy, or GeNN's AREA_POPULATION.npy")
    return Arrays({label: by_kind[genn][label] for label in population_labels() if label in by_kind[genn]}, genn)


def array_files(path: Path) -> list[Path]:
    """Files that may hold spikes, by their names."""
    folders = [folder for folder in (path, path / "recordings") if folder.is_dir()]
    return [file for folder in folders for file in sorted(folder.glob("*.npy"))]


def read_array(path: Path, *, genn: bool, dt: float) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Spikes of one file, piece by piece, in its order.

    GeNN stamps spikes with the start of their step, NEST with its end; the steps are those of NEST.

    Yields
    ------
    tuple
        Time steps, and NEST's identifiers or GeNN's indices within the population.

    Raises
    ------
    InputError
        If the array has another form, or a time is not on the grid of `dt` (ms).
    """
    form = "(2, n): times (ms), indices" if genn else "(n, 2): identifiers, times (ms)"
    try:
        array = map_array(path)
    except UnreadableError as error:
        raise InputError(f"{path}: {error}; expected numbers of shape {form}") from None
    if array.size == 0:
        return
    table = array.T if genn else array
    if array.ndim != 2 or table.shape[1] != 2:
        raise InputError(f"{path}: has shape {array.shape} of {array.dtype}, expected numbers of shape {form}")
    for start in range(0, len(table), ROWS):
        piece = np.asarray(table[start : start + ROWS])
        times, numbers = (piece[:, 0], piece[:, 1]) if genn else (piece[:, 1], piece[:, 0])
        with np.errstate(invalid="ignore"):
            ids = numbers.astype(np.int64)
        if not (ids == numbers).all():
            raise InputError(f"{path}: {numbers[ids != numbers][0]:g} is no neuron's number; expected shape {form}")
        yield to_steps(times, dt, path, shift=1 if genn else 0), ids
