"""The spike files: a Parquet data set partitioned by area, with ``_meta.json`` beside it; `procortex.formats.spike_writer` writes them.

Columns ``population`` (dictionary), ``neuron`` (uint32, index within the population), ``step`` (int32, time stamp / dt, the
first step is 1), sorted by (step, population in layer order, neuron). Row groups have a fixed size, so that equal spikes make
equal bytes, however the simulation was cut into pieces. ``_meta.json`` says what each file holds; readers compare.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from procortex.formats.populations import LAYER_POPULATIONS, split_label
from procortex.formats.spike_meta import Part, SpikeMeta, read_meta
from procortex.utilities.errors import InputError

ROW_GROUP_SIZE = 1 << 20
TAIL = 8
"""Bytes at the end of a Parquet file: the length of its footer and a magic word."""

SCHEMA = pa.schema(
    [
        pa.field("population", pa.dictionary(pa.int8(), pa.string())),
        pa.field("neuron", pa.uint32()),
        pa.field("step", pa.int32()),
    ]
)


def part_path(folder: Path, area: str, part: int) -> Path:
    """Path of one part of an area's spikes; parts follow each other in time."""
    return folder / f"area={area}" / f"part-{part:04d}.parquet"


def part_name(path: Path) -> str:
    """Path of a part within its data set, as ``_meta.json`` has it."""
    return f"{path.parent.name}/{path.name}"


def part_of(path: Path) -> Part:
    """Describe a file of spikes from its footer alone.

    Raises
    ------
    InputError
        If it is no file of spikes.
    """
    try:
        footer = _footer_digest(path)
        with pq.ParquetFile(path) as opened:
            metadata = opened.metadata
            column = opened.schema_arrow.names.index("step")
        groups = [metadata.row_group(k) for k in range(metadata.num_row_groups)]
        ranges = [group.column(column).statistics for group in groups if group.num_rows]
        first, last = min((each.min for each in ranges), default=0), max((each.max for each in ranges), default=0)
        return Part(int(metadata.num_rows), int(first), int(last), footer)
    except (pa.ArrowException, OSError, ValueError, AttributeError) as error:
        raise _damaged(path.parent.name.removeprefix("area="), path, error) from None


def _footer_digest(path: Path) -> str:
    """Digest of a Parquet file's footer and size."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        tail = file.read(TAIL)
        length = int.from_bytes(tail[:4], "little")
        file.seek(max(0, size - TAIL - length))
        return hashlib.blake2b(file.read(length) + tail + str(size).encode(), digest_size=16).hexdigest()


def check_parts(folder: Path, parts: Mapping[str, Part]) -> None:
    """Compare files of spikes with their descriptions; the cost does not depend on the number of spikes.

    Parameters
    ----------
    folder
        Spike data set.
    parts
        Descriptions by path within the folder.

    Raises
    ------
    InputError
        If a file is missing or changed.
    """
    for name, part in parts.items():
        path = folder / name
        try:
            same = _footer_digest(path) == part.footer
        except OSError as error:
            raise _damaged(path.parent.name.removeprefix("area="), path, error) from None
        if not same:
            found = part_of(path)
            raise InputError(
                f"{path}: was changed after the simulation: it holds {found.rows:,} spikes of the steps {found.first_step} to "
                f"{found.last_step}, expected {part.rows:,} of the steps {part.first_step} to {part.last_step}; simulate again"
            )


def check_pages(folder: Path, names: Iterable[str]) -> None:
    """Read files of spikes and compare their pages with the checksums in them.

    It costs 10 to 20 ns a spike (two cores), less than half a minute for a billion. A damaged page that is found only after the last part
    costs the whole simulation.

    Parameters
    ----------
    folder
        Spike data set.
    names
        Paths within the folder.

    Raises
    ------
    InputError
        If a page is damaged.
    """
    for name in names:
        path = folder / name
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as opened:
                for _ in opened.iter_batches(ROW_GROUP_SIZE):
                    pass
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path.parent.name.removeprefix("area="), path, error) from None


def checked_parts(folder: Path, meta: SpikeMeta, area: str) -> list[Path]:
    """List the files of an area's spikes in the order of time, once they agree with ``_meta.json``.

    Raises
    ------
    InputError
        If the area was not simulated, or a file is missing, foreign or changed.
    """
    named = {name: part for name, part in meta.parts.items() if name.startswith(f"area={area}/")}
    if not named:
        raise InputError(f"{folder}: no readable spikes of area {area}; simulate again with this area in areas_simulated")
    check_parts(folder, named)
    areas = {name.split("/")[0] for name in meta.parts}
    if others := sorted(path.name for path in folder.glob("area=*") if path.name not in areas):
        raise InputError(f"{folder / others[0]}: is no folder of this simulation; remove it")
    there = {part_name(path) for path in (folder / f"area={area}").iterdir() if not path.name.startswith((".", "_"))}
    if foreign := sorted(there - named.keys()):
        raise InputError(f"{folder / foreign[0]}: is no file of this simulation; remove it")
    rows = sum(part.rows for part in named.values())
    spikes = sum(count for label, count in meta.spikes.items() if split_label(label)[0] == area)
    if rows != spikes:
        raise InputError(f"{folder}: the files hold {rows:,} spikes of area {area}, their description says {spikes:,}; simulate again")
    outside = [part for part in named.values() if part.rows and not 1 <= part.first_step <= part.last_step <= meta.n_steps]
    if outside:
        raise InputError(
            f"{folder}: holds spikes of the steps {outside[0].first_step} to {outside[0].last_step} in area {area}, but the simulation "
            f"has {meta.n_steps} steps; simulate again"
        )
    return [folder / name for name in sorted(named, key=lambda name: (len(name), name))]


def read_spikes(
    folder: Path, area: str, populations: Sequence[str] | None = None, first_step: int | None = None, end_step: int | None = None
) -> pd.DataFrame:
    """Spikes of one area.

    Parameters
    ----------
    folder
        Spike data set.
    area
        Area to read.
    populations
        Layer populations to keep (all if None).
    first_step, end_step
        Half-open window of time steps, ``first_step <= step < end_step`` (unbounded where None).

    Returns
    -------
    pandas.DataFrame
        Columns population (categorical in layer order), neuron (uint32), step (int32), in file order.

    Raises
    ------
    InputError
        If the area was not simulated, or a file is damaged or changed.
    """
    condition = None
    if first_step is not None:
        condition = pc.field("step") >= first_step
    if end_step is not None:
        before = pc.field("step") < end_step
        condition = before if condition is None else condition & before
    parts = checked_parts(folder, read_meta(folder), area)
    try:
        # one part at a time: the folder name carries the area, which the caller knows
        table = pa.concat_tables(
            pq.read_table(part, schema=SCHEMA, filters=condition, partitioning=None, page_checksum_verification=True) for part in parts
        )
    except (pa.ArrowException, OSError) as error:
        raise _damaged(area, folder, error) from None
    frame: pd.DataFrame = table.to_pandas()
    frame["population"] = frame["population"].cat.set_categories(LAYER_POPULATIONS)
    if populations is not None:
        frame = frame[frame["population"].isin(list(populations))].reset_index(drop=True)
    return frame


def spikes_by_population(folder: Path, meta: SpikeMeta, area: str) -> Iterator[tuple[str, NDArray[np.uint32], NDArray[np.int32]]]:
    """Spikes of each recorded population of an area, which takes eight bytes a spike.

    Parameters
    ----------
    folder
        Spike data set.
    meta
        Its description.
    area
        Area to read.

    Yields
    ------
    tuple
        Label, and neuron and step of each spike in the order of time; a population's arrays are let go when the next is asked for.

    Raises
    ------
    InputError
        If the area was not simulated, a file is damaged or changed, or the spikes of a population are not those that were recorded.
    """
    recorded = {label: number for label, number in meta.recorded.items() if split_label(label)[0] == area and number > 0}
    pieces: dict[int, list[tuple[NDArray[np.uint32], NDArray[np.int32]]]] = {}
    for population, neuron, step in iterate_spikes(folder, area):
        order = np.argsort(population, kind="stable")  # a radix sort
        ends = np.cumsum(np.bincount(population, minlength=len(LAYER_POPULATIONS)))
        for place, (begin, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
            if end > begin:
                mine = order[begin:end]
                pieces.setdefault(place, []).append((neuron[mine], step[mine]))
    for label, number in recorded.items():
        own = pieces.pop(LAYER_POPULATIONS.index(split_label(label)[1]), [])
        neurons = np.concatenate([neuron for neuron, _ in own]) if own else np.empty(0, np.uint32)
        steps = np.concatenate([step for _, step in own]) if own else np.empty(0, np.int32)
        if neurons.max(initial=0) >= number:
            raise InputError(f"{folder}: {label} has a spike of neuron {neurons.max()}, but {number} neurons were recorded; simulate again")
        if len(neurons) != meta.spikes[label]:
            raise InputError(f"{folder}: {label} has {len(neurons):,} spikes, expected {meta.spikes[label]:,}; simulate again")
        yield label, neurons, steps
    for place in pieces:
        raise InputError(f"{folder}: area {area} has spikes of {LAYER_POPULATIONS[place]}, which was not recorded; simulate again")


def iterate_spikes(
    folder: Path, area: str, rows: int = ROW_GROUP_SIZE
) -> Iterator[tuple[NDArray[np.int8], NDArray[np.uint32], NDArray[np.int32]]]:
    """Spikes of one area, piece by piece, for data sets that are larger than memory.

    Parameters
    ----------
    folder
        Spike data set.
    area
        Area to read.
    rows
        Largest number of spikes in a piece.

    Yields
    ------
    tuple
        Layer population (its place in `procortex.formats.populations.LAYER_POPULATIONS`), neuron and step of each spike, in file order.

    Raises
    ------
    InputError
        If the area was not simulated, or a file is damaged or changed.
    """
    parts = checked_parts(folder, read_meta(folder), area)
    try:
        for part in parts:
            with pq.ParquetFile(part, page_checksum_verification=True) as opened:
                for batch in opened.iter_batches(rows, columns=SCHEMA.names):
                    column = batch.column("population")
                    places = np.array([LAYER_POPULATIONS.index(name) for name in column.dictionary.to_pylist()], dtype=np.int8)
                    codes = column.indices.to_numpy()
                    yield places[codes], batch.column("neuron").to_numpy(), batch.column("step").to_numpy()
    except (pa.ArrowException, OSError) as error:
        raise _damaged(area, folder, error) from None


def _damaged(area: str, path: Path, error: Exception) -> InputError:
    """Say that a file is damaged; what this process lacks, memory or threads, is raised as what it is."""
    if isinstance(error, MemoryError):
        raise MemoryError(str(error)) from None
    if "worker thread" in str(error):
        raise RuntimeError("can't start new thread") from None
    return InputError(f"{path}: no readable spikes of area {area} ({getattr(error, 'strerror', None) or error}); simulate again")
