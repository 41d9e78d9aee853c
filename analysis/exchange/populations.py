"""Which neuron of which population an identifier of another simulator means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from procortex.formats.network import labels_of, read_network
from procortex.formats.populations import AREAS, population_labels, split_label
from procortex.utilities.errors import InputError
from procortex.utilities.texts import SEPARATORS, SHOWN, in_short, quoted, read_text

GIDS_NAME = "network_gids.txt"
GIDS_EXPECTED = "lines area,population,first,last such as V1,23E,1,47386"
MOST_DIGITS = 18
"""Of an identifier: it has to fit 64 bits."""

MOST_NEURONS = 1 << 28
"""Of a run: 65 times the model; what a writer of spikes keeps in memory grows with them."""

FIRST_ID = 1
"""Where NEST starts to count: the identifier of the first neuron, if neurons are created before everything else."""


@dataclass(frozen=True)
class IdTable:
    """Populations and the identifiers of their neurons.

    Attributes
    ----------
    source
        File that the table comes from, for messages.
    first
        Identifier of the first neuron of each population, by label.
    sizes
        Number of neurons of each population, by label, in model order: only of those that are wanted.
    all_sizes
        The same of all populations of the source.
    """

    source: Path
    first: Mapping[str, int]
    sizes: Mapping[str, int]
    all_sizes: Mapping[str, int]

    @classmethod
    def of(cls, source: Path, ranges: Mapping[str, tuple[int, int]], areas: Sequence[str] | None = None) -> IdTable:
        """Make the table from the first identifier and the size of each population.

        Parameters
        ----------
        source
            Where they come from.
        ranges
            First identifier and number of neurons, by label.
        areas
            Areas that are wanted; all of them if None.

        Raises
        ------
        InputError
            If a wanted area is not there, or identifiers mean two neurons.
        """
        present = {split_label(label)[0] for label in ranges}
        for area in areas or ():
            if area not in present:
                raise InputError(f"--areas: {source} has no area {area}, expected some of {', '.join(a for a in AREAS if a in present)}")
        in_order = sorted(ranges, key=lambda label: ranges[label][0])
        for label, after in pairwise(in_order):
            if ranges[label][0] + ranges[label][1] > ranges[after][0]:
                raise InputError(
                    f"{source}: {label} and {after} share identifiers from {ranges[after][0]} on; expected ranges of their own"
                )
        all_sizes = {label: ranges[label][1] for label in population_labels() if label in ranges}
        sizes = {label: size for label, size in all_sizes.items() if areas is None or split_label(label)[0] in areas}
        return cls(source, {label: ranges[label][0] for label in in_order}, sizes, all_sizes)

    @cached_property
    def offset(self) -> dict[str, int]:
        """Index, in the network of the wanted populations, of the first neuron of each of them."""
        starts = np.concatenate([[0], np.cumsum(list(self.sizes.values()))])
        return {label: int(start) for label, start in zip(self.sizes, starts, strict=False)}

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """First identifiers in ascending order, sizes, and offsets (-1 where a population is not wanted)."""
        labels = list(self.first)
        columns = (
            [self.first[name] for name in labels],
            [self.all_sizes[name] for name in labels],
            [self.offset.get(x, -1) for x in labels],
        )
        first, sizes, offsets = (np.array(column, dtype=np.int64) for column in columns)
        return first, sizes, offsets

    def index(self, ids: NDArray[np.int64], where: Path) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
        """Network-wide indices of identifiers.

        Parameters
        ----------
        ids
            Identifiers.
        where
            The file that they stand in, for messages.

        Returns
        -------
        tuple
            Index in the network of the wanted populations, and whether the neuron is wanted at all (the index is 0 where it is not).

        Raises
        ------
        InputError
            If an identifier belongs to no population.
        """
        first, sizes, offsets = self._columns
        place = np.searchsorted(first, ids, side="right") - 1
        within = ids - first[place]
        unknown = (place < 0) | (within >= sizes[place])
        if unknown.any():
            raise InputError(
                f"{where}: neuron {ids[unknown][0]} belongs to no population of {self.source} "
                f"(identifiers {first[0]} to {first[-1] + sizes[-1] - 1}); give the table of the same run"
            )
        wanted = offsets[place] >= 0
        return np.where(wanted, offsets[place] + within, 0).astype(np.uint32), wanted


def read_gids(path: Path, areas: Sequence[str] | None = None) -> IdTable:
    """Read ``network_gids.txt`` of the original model: lines ``area,population,first,last``, both ends included.

    Raises
    ------
    InputError
        Naming the line that is wrong and what would be right.
    """
    ranges: dict[str, tuple[int, int]] = {}
    known, total = set(population_labels()), 0
    for number, line in enumerate(read_text(path, GIDS_EXPECTED).splitlines(), 1):
        if not line.strip():
            continue
        label, low, high = _gids_line(f"{path}: line {number}", line)
        if label not in known:
            raise InputError(f"{path}: line {number}: the model has no population {in_short(label, SHOWN)}, expected one such as V1-23E")
        if label in ranges:
            raise InputError(f"{path}: line {number}: {label} stands there twice, expected once")
        total += high - low + 1
        if total > MOST_NEURONS:
            raise InputError(
                f"{path}: line {number}: {label} has the identifiers {low} to {high}, and with it there are {total:,} neurons; "
                f"expected at most {MOST_NEURONS:,}"
            )
        ranges[label] = (low, high - low + 1)
    if not ranges:
        raise InputError(f"{path}: is empty, expected {GIDS_EXPECTED}")
    return IdTable.of(path, ranges, areas)


def _gids_line(where: str, line: str) -> tuple[str, int, int]:
    """Label, first and last identifier of a line; `where` it is, for messages."""
    parts = [part.strip() for part in line.split(",")]
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts[2:]):
        name = next((name for sign, name in SEPARATORS.items() if len(line.split(sign)) == 4), "")
        hint = f"; its parts are separated by {name}" if name else ""
        raise InputError(f"{where} is {quoted(line.strip())}, expected area,population,first,last such as V1,23E,1,47386{hint}")
    if max(len(part.lstrip("0")) for part in parts[2:]) > MOST_DIGITS:
        raise InputError(f"{where}: identifiers have more than {MOST_DIGITS} digits, expected those of NEST, such as 1 and 47386")
    low, high = int(parts[2].lstrip("0") or 0), int(parts[3].lstrip("0") or 0)
    if high < low:
        raise InputError(f"{where}: the last identifier {high} is below the first one {low}")
    return "-".join(parts[:2]), low, high


def ids_of_network(path: Path, areas: Sequence[str] | None = None) -> IdTable:
    """Read the populations of a network file; identifiers go through them in the file's order, from 1 on, as NEST's do.

    Raises
    ------
    InputError
        If the file is no network file.
    """
    network = read_network(path)
    ranges, first = {}, FIRST_ID
    for label, size in zip(labels_of(network), network["neurons"].to_numpy(), strict=True):
        ranges[label] = (first, int(size))
        first += int(size)
    return IdTable.of(path, {label: entry for label, entry in ranges.items() if entry[1] > 0}, areas)


def find_table(path: Path, gids: Path | None, network: Path | None, areas: Sequence[str] | None = None) -> IdTable:
    """Find the populations of a run: in a table that is named, or lies with the recordings, or in a network file.

    Parameters
    ----------
    path
        File or folder of the recordings. The table is looked for in it, in ``recordings`` within it, and in the folder above.
    gids, network
        ``network_gids.txt`` and network file of the user. The latter serves where there is no table.
    areas
        Areas that are wanted; all if None.

    Raises
    ------
    InputError
        If there is neither.
    """
    if gids is not None:
        if not gids.exists():
            raise InputError(f"--gids: {gids}: no such file")
        return read_gids(gids, areas)
    folder = path if path.is_dir() else path.parent
    beside = [place for place in (folder / GIDS_NAME, folder / "recordings" / GIDS_NAME, folder.parent / GIDS_NAME) if place.exists()]
    if beside:
        return read_gids(beside[0], areas)
    if network is not None:
        return ids_of_network(network, areas)
    raise InputError(
        f"{path}: which neurons make which population? Expected {GIDS_NAME} beside the recordings "
        "(lines area,population,first,last), or --gids FILE, or --network network.nc"
    )
