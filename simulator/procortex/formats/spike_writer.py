"""Writing a spike data set (`procortex.formats.spikes`) while a simulation runs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from procortex.formats.populations import LAYER_POPULATIONS, split_label
from procortex.formats.spike_folder import SpikeFolder
from procortex.formats.spike_meta import Part, SpikeMeta, write_meta
from procortex.formats.spikes import ROW_GROUP_SIZE, SCHEMA, part_name, part_of, part_path

WRITING_THREADS = 4


@contextmanager
def spike_data_set(
    out: Path, populations: Mapping[str, int], identity: Mapping[str, Any] | None = None, *, overwrite: bool = False
) -> Iterator[SpikeWriter]:
    """Write a data set from its first spike to its last; it appears when the block ends well.

    Parameters
    ----------
    out
        The data set's folder, see `procortex.formats.spike_folder.SpikeFolder`.
    populations
        Number of neurons of each population, by label, in model order.
    identity, overwrite
        All that decides the spikes; whether a data set of another identity is replaced.
    """
    place = SpikeFolder(out, identity or {}, overwrite=overwrite)
    with place.open() as folder:
        with SpikeWriter(folder, populations) as writer:
            yield writer
        place.finish()


class SpikeWriter:
    """Write spikes to a folder while a simulation runs.

    Parameters
    ----------
    folder
        The folder to write in, see `procortex.formats.spike_folder.SpikeFolder`.
    populations
        Number of neurons of each population, by label, in model order: neuron 0 of the second population has the index that
        follows the last neuron of the first one.
    part, counts, parts
        When a simulation is resumed: number of the next part, spikes of each population so far, and what the finished files hold.
    """

    def __init__(
        self,
        folder: Path,
        populations: Mapping[str, int],
        part: int = 0,
        counts: Sequence[int] | None = None,
        parts: Mapping[str, Part] | None = None,
    ) -> None:
        self.folder = folder
        self.parts: dict[str, Part] = dict(parts or {})
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
        self._pending: dict[str, list[tuple[NDArray[Any], ...]]] = {area: [] for area in self._areas}
        self._pending_rows = dict.fromkeys(self._areas, 0)
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._threads = ThreadPoolExecutor(max_workers=WRITING_THREADS, thread_name_prefix="write")
        self._writing: dict[str, Future[None]] = {}
        self._meta: SpikeMeta | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Number of spikes so far, by population."""
        return {label: int(count) for label, count in zip(self._populations, self._counts, strict=True)}

    def __enter__(self) -> SpikeWriter:
        with ExitStack() as undo:  # with too few open files the threads must not stay
            undo.callback(self._close_quietly)
            self._open_part()
            undo.pop_all()
        return self

    def _open_part(self) -> None:
        for area in self._areas:
            path = part_path(self.folder, area, self._part)
            path.parent.mkdir(exist_ok=True)
            self._writers[area] = pq.ParquetWriter(path, SCHEMA, compression="zstd", version="2.6", write_page_checksum=True)

    def next_part(self) -> None:
        """End the parts of all areas, so that they are on the disk, and begin the next ones."""
        self._close_part()
        for area in self._areas:
            with part_path(self.folder, area, self._part).open("rb") as finished:
                os.fsync(finished.fileno())
        self._part += 1
        self._open_part()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                if self._meta is None:
                    raise RuntimeError("SpikeWriter.set_meta was not called")
                write_meta(self.folder, self._meta)
        finally:
            self._close_quietly()

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

    def set_meta(self, meta: SpikeMeta) -> SpikeMeta:
        """End the last parts; give the description that the data set will have, with its spikes and parts."""
        self._close_part()
        self._meta = replace(meta, spikes=self.counts, parts=dict(sorted(self.parts.items())))
        return self._meta

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

    def _close_part(self) -> None:
        for area in self._areas:
            self._flush(area, everything=True)
        for area in self._areas:
            if area in self._writing:
                self._writing.pop(area).result()
            self._writers.pop(area).close()
        for area in self._areas:
            path = part_path(self.folder, area, self._part)
            self.parts[part_name(path)] = part_of(path)

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
