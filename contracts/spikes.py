"""The spike files: a Parquet data set partitioned by area, with ``meta.json`` beside it.

Columns ``population`` (dictionary), ``neuron`` (uint32, index within the population), ``step`` (int32, time stamp / dt, the
first step is 1), sorted by (step, population in layer order, neuron). Row groups have a fixed size, so that equal spikes make
equal bytes, however the simulation was cut into pieces.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
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

ROW_GROUP_SIZE = 1 << 20
META_NAME = "meta.json"

SCHEMA = pa.schema(
    [
        pa.field("population", pa.dictionary(pa.int8(), pa.string())),
        pa.field("neuron", pa.uint32()),
        pa.field("step", pa.int32()),
    ]
)


@dataclass(frozen=True)
class SpikeMeta:
    """What one simulation was, and what it cost.

    Attributes
    ----------
    dt, t_sim
        Resolution and biological time (ms).
    populations
        Number of neurons of each simulated population, by label, in model order.
    recorded
        Number of recorded neurons of each population: the first ones by index.
    spikes
        Number of recorded spikes of each population.
    wall_time_s
        Wall-clock seconds by phase.
    """

    dt: float
    t_sim: float
    seed: int
    backend: str
    device: str
    populations: Mapping[str, int]
    recorded: Mapping[str, int]
    spikes: Mapping[str, int]
    wall_time_s: Mapping[str, float]
    versions: Mapping[str, str]
    network: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 1
    peak_memory_bytes: int = 0

    @property
    def n_steps(self) -> int:
        """Number of time steps."""
        return round(self.t_sim / self.dt)


class SpikeWriter:
    """Write spikes to a folder while a simulation runs; the folder appears when all of them are there.

    Parameters
    ----------
    folder
        The data set's folder. What stood there is replaced at the end, not before.
    populations
        Number of neurons of each population, by label, in model order: neuron 0 of the second population has the index that
        follows the last neuron of the first one.
    """

    def __init__(self, folder: Path, populations: Mapping[str, int]) -> None:
        self._populations = dict(populations)
        labels = list(self._populations)
        sizes = np.array(list(self._populations.values()), dtype=np.int64)
        self._first = np.concatenate([[0], np.cumsum(sizes)])
        self._counts = np.zeros(len(labels), dtype=np.int64)
        areas = [split_label(label)[0] for label in labels]
        self._areas = list(dict.fromkeys(areas))
        self._area_bounds = np.array([self._first[areas.index(area)] for area in self._areas] + [self._first[-1]])
        self._layer = np.array([LAYER_POPULATIONS.index(split_label(label)[1]) for label in labels], dtype=np.int8)
        self._whole = whole_folder(folder)
        self._pending: dict[str, list[pa.RecordBatch]] = {area: [] for area in self._areas}
        self._pending_rows = dict.fromkeys(self._areas, 0)
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._meta: SpikeMeta | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Number of spikes so far, by population."""
        return {label: int(count) for label, count in zip(self._populations, self._counts, strict=True)}

    def __enter__(self) -> SpikeWriter:
        self._folder = self._whole.__enter__()
        for area in self._areas:
            part = self._folder / f"area={area}" / "part-0.parquet"
            part.parent.mkdir()
            self._writers[area] = pq.ParquetWriter(part, SCHEMA, compression="zstd", version="2.6")
        return self

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
        order = np.searchsorted(self._area_bounds[1:], index, side="right")
        for number, area in enumerate(self._areas):
            mine = order == number
            if not mine.any():
                continue
            neurons = index[mine].astype(np.int64)
            population = np.searchsorted(self._first[1:], neurons, side="right")
            self._counts += np.bincount(population, minlength=len(self._counts))
            batch = pa.record_batch(
                [
                    pa.DictionaryArray.from_arrays(pa.array(self._layer[population]), pa.array(LAYER_POPULATIONS)),
                    pa.array((neurons - self._first[population]).astype(np.uint32)),
                    pa.array(step[mine].astype(np.int32, copy=False)),
                ],
                schema=SCHEMA,
            )
            self._pending[area].append(batch)
            self._pending_rows[area] += batch.num_rows
            if self._pending_rows[area] >= ROW_GROUP_SIZE:
                self._flush(area, everything=False)

    def set_meta(self, meta: SpikeMeta) -> None:
        """Set what ``meta.json`` will say; must be called before the end."""
        self._meta = meta

    def _flush(self, area: str, *, everything: bool) -> None:
        table = pa.Table.from_batches(self._pending[area], schema=SCHEMA).combine_chunks()
        whole = table.num_rows if everything else table.num_rows // ROW_GROUP_SIZE * ROW_GROUP_SIZE
        for start in range(0, whole, ROW_GROUP_SIZE):
            self._writers[area].write_table(table.slice(start, min(ROW_GROUP_SIZE, whole - start)), row_group_size=ROW_GROUP_SIZE)
        rest = table.slice(whole)
        self._pending[area] = rest.to_batches()
        self._pending_rows[area] = rest.num_rows

    def _finish(self) -> None:
        if self._meta is None:
            raise RuntimeError("SpikeWriter.set_meta was not called")
        for area in self._areas:
            self._flush(area, everything=True)
            self._writers.pop(area).close()
        (self._folder / META_NAME).write_text(json.dumps(asdict(self._meta), indent=1) + "\n")

    def _close_quietly(self) -> None:
        for writer in self._writers.values():
            try:
                writer.close()
            except OSError:  # the disk is full: the folder is about to be removed anyway
                continue


def read_meta(folder: Path) -> SpikeMeta:
    """Read ``meta.json`` of a spike data set.

    Raises
    ------
    InputError
        If the folder is no spike data set.
    """
    path = folder / META_NAME
    try:
        return SpikeMeta(**json.loads(path.read_text()))
    except FileNotFoundError:
        raise InputError(
            f"{folder}: no spikes here ({META_NAME} is missing); expected what `python -m simulator run … --out` writes"
        ) from None
    except (json.JSONDecodeError, TypeError) as error:
        raise InputError(f"{path}: not readable as the description of a simulation ({error}); run the simulation again") from None


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
