"""The spike files: a Parquet data set partitioned by area, with ``meta.json`` beside it.

Columns ``population`` (dictionary), ``neuron`` (uint32, index within the population), ``step`` (int32, time stamp / dt, the
first step is 1), sorted by (step, population in layer order, neuron). Row groups have a fixed size, so that equal spikes make
equal bytes, however the simulation was cut into pieces.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from contracts.atomic import whole_folder
from contracts.errors import InputError
from contracts.populations import LAYER_POPULATIONS, split_label
from contracts.spike_meta import META_NAME, SpikeMeta

ROW_GROUP_SIZE = 1 << 20
WRITING_THREADS = 4

SCHEMA = pa.schema(
    [
        pa.field("population", pa.dictionary(pa.int8(), pa.string())),
        pa.field("neuron", pa.uint32()),
        pa.field("step", pa.int32()),
    ]
)


def part_path(folder: Path, area: str, part: int) -> Path:
    """Path of one part of an area's spikes; parts follow each other in time, and their names sort."""
    return folder / f"area={area}" / f"part-{part:04d}.parquet"


class SpikeWriter:
    """Write spikes to a folder while a simulation runs; the folder appears when all of them are there.

    Parameters
    ----------
    folder
        The data set's folder. What stood there is replaced at the end, not before.
    populations
        Number of neurons of each population, by label, in model order: neuron 0 of the second population has the index that
        follows the last neuron of the first one.
    workspace
        Gives the folder to write in and makes it `folder` at the end (default: a temporary folder that vanishes if all is not well).
    part, counts
        Where parts of the data set are there already: number of the next one, and spikes of each population so far.
    """

    def __init__(
        self,
        folder: Path,
        populations: Mapping[str, int],
        workspace: AbstractContextManager[Path] | None = None,
        part: int = 0,
        counts: Sequence[int] | None = None,
    ) -> None:
        self._populations = dict(populations)
        labels = list(self._populations)
        sizes = np.array(list(self._populations.values()), dtype=np.int64)
        self._first = np.concatenate([[0], np.cumsum(sizes)])
        self._counts = np.array(counts if counts is not None else [0] * len(labels), dtype=np.int64)
        self._part = part
        areas = [split_label(label)[0] for label in labels]
        self._areas = list(dict.fromkeys(areas))
        self._population_of = np.repeat(np.arange(len(labels), dtype=np.min_scalar_type(len(labels))), sizes)
        self._area_of = np.array([self._areas.index(area) for area in areas], dtype=np.min_scalar_type(len(self._areas)))
        self._layer = np.array([LAYER_POPULATIONS.index(split_label(label)[1]) for label in labels], dtype=np.int8)
        self._whole = workspace or whole_folder(folder)
        self._pending: dict[str, list[tuple[NDArray[Any], ...]]] = {area: [] for area in self._areas}
        self._pending_rows = dict.fromkeys(self._areas, 0)
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._threads = ThreadPoolExecutor(max_workers=WRITING_THREADS, thread_name_prefix="write")
        self._writing: dict[str, Future[None]] = {}
        self._meta: SpikeMeta | None = None

    @property
    def folder(self) -> Path:
        """Where the data set lies until it is whole; what else belongs to the simulation may be put there."""
        return self._folder

    @property
    def counts(self) -> dict[str, int]:
        """Number of spikes so far, by population."""
        return {label: int(count) for label, count in zip(self._populations, self._counts, strict=True)}

    def __enter__(self) -> SpikeWriter:
        self._folder = self._whole.__enter__()
        self._open_part()
        return self

    def _open_part(self) -> None:
        for area in self._areas:
            path = part_path(self._folder, area, self._part)
            path.parent.mkdir(exist_ok=True)
            self._writers[area] = pq.ParquetWriter(path, SCHEMA, compression="zstd", version="2.6")

    def next_part(self) -> None:
        """End the parts of all areas, so that they are on the disk, and begin the next ones."""
        self._close_part()
        for area in self._areas:
            with part_path(self._folder, area, self._part).open("rb") as finished:
                os.fsync(finished.fileno())
        self._part += 1
        self._open_part()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        except BaseException as late:
            self._close_quietly()
            self._whole.__exit__(type(late), late, late.__traceback__)
            raise
        if kind is not None:
            self._close_quietly()
        self._threads.shutdown()
        self._whole.__exit__(kind, error, trace)

    def append(self, step: NDArray[np.int32], index: NDArray[np.uint32]) -> None:
        """Add spikes.

        Parameters
        ----------
        step
            Time steps, not before any step added so far.
        index
            Index of each neuron in the whole network; ascending within a step.
        """
        population = self._population_of[index]
        self._counts += np.bincount(population, minlength=len(self._counts))
        area = self._area_of[population]
        order = np.argsort(area, kind="stable")  # a radix sort: the numbers have 8 or 16 bits
        population, neurons = population[order], index[order]
        columns = self._layer[population], neurons - self._first[population].astype(np.uint32), step[order].astype(np.int32, copy=False)
        ends = np.cumsum(np.bincount(area, minlength=len(self._areas)))
        for name, begin, end in zip(self._areas, [0, *ends[:-1]], ends, strict=True):
            if end > begin:
                self._pending[name].append(tuple(column[begin:end] for column in columns))
                self._pending_rows[name] += int(end - begin)
                if self._pending_rows[name] >= ROW_GROUP_SIZE:
                    self._flush(name, everything=False)

    def set_meta(self, meta: SpikeMeta) -> None:
        """Set what ``meta.json`` will say; must be called before the end."""
        self._meta = meta

    def _flush(self, area: str, *, everything: bool) -> None:
        """Write the whole row groups of an area, or all its rows, in a thread; one area's row groups keep their order."""
        columns = [np.concatenate(parts) for parts in zip(*self._pending[area], strict=True)] if self._pending[area] else []
        rows = self._pending_rows[area]
        whole = rows if everything else rows // ROW_GROUP_SIZE * ROW_GROUP_SIZE
        self._pending[area] = [tuple(column[whole:] for column in columns)] if rows > whole else []
        self._pending_rows[area] = rows - whole
        if area in self._writing:
            self._writing.pop(area).result()
        if whole:
            self._writing[area] = self._threads.submit(_write_rows, self._writers[area], [column[:whole] for column in columns])

    def _finish(self) -> None:
        if self._meta is None:
            raise RuntimeError("SpikeWriter.set_meta was not called")
        self._close_part()
        (self._folder / META_NAME).write_text(json.dumps(asdict(self._meta), indent=1) + "\n")

    def _close_part(self) -> None:
        for area in self._areas:
            self._flush(area, everything=True)
        for area in self._areas:
            if area in self._writing:
                self._writing.pop(area).result()
            self._writers.pop(area).close()

    def _close_quietly(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for writer in self._writers.values():
            try:
                writer.close()
            except OSError:  # the disk is full: the folder is about to be removed anyway
                continue


def _write_rows(writer: pq.ParquetWriter, columns: Sequence[NDArray[Any]]) -> None:
    population, neuron, step = columns
    for start in range(0, len(step), ROW_GROUP_SIZE):
        part = slice(start, start + ROW_GROUP_SIZE)
        names = pa.DictionaryArray.from_arrays(pa.array(population[part]), pa.array(LAYER_POPULATIONS))
        writer.write_table(pa.table([names, pa.array(neuron[part]), pa.array(step[part])], schema=SCHEMA), row_group_size=ROW_GROUP_SIZE)


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
        If the area was not simulated or the file is damaged.
    """
    path = folder / f"area={area}"
    condition = None
    if first_step is not None:
        condition = pc.field("step") >= first_step
    if end_step is not None:
        before = pc.field("step") < end_step
        condition = before if condition is None else condition & before
    try:
        # one part at a time: the folder name carries the area, which the caller knows
        table = pa.concat_tables(
            pq.read_table(part, schema=SCHEMA, filters=condition, partitioning=None) for part in sorted(path.glob("part-*.parquet"))
        )
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{path}: no readable spikes of area {area} ({error}); simulate again with this area in areas_simulated") from None
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
        If the area was not simulated, the file is damaged, or a spike is of a neuron that was not recorded.
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
        yield label, neurons, steps


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
        Layer population (its place in `contracts.populations.LAYER_POPULATIONS`), neuron and step of each spike, in file order.

    Raises
    ------
    InputError
        If the area was not simulated or the file is damaged.
    """
    path = folder / f"area={area}"
    try:
        parts = sorted(path.glob("part-*.parquet"))
        if not parts:
            raise FileNotFoundError(f"no part-*.parquet in {path}")
        for part in parts:
            with pq.ParquetFile(part) as opened:
                for batch in opened.iter_batches(rows, columns=SCHEMA.names):
                    column = batch.column("population")
                    places = np.array([LAYER_POPULATIONS.index(name) for name in column.dictionary.to_pylist()], dtype=np.int8)
                    codes = column.indices.to_numpy()
                    yield places[codes], batch.column("neuron").to_numpy(), batch.column("step").to_numpy()
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{path}: no readable spikes of area {area} ({error}); simulate again with this area in areas_simulated") from None
