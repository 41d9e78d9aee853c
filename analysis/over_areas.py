"""Work on the spikes of one area at a time, areas shared out among processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from contracts.errors import InputError
from contracts.populations import split_label
from contracts.progress import Progress
from contracts.spike_meta import SpikeMeta

Part = TypeVar("Part")

SPIKES_PER_PROCESS = 1_000_000
"""A process takes as long to start as it takes to work on so many spikes."""


def recorded_areas(folder: Path, meta: SpikeMeta) -> list[str]:
    """Areas with recorded neurons, in model order.

    Raises
    ------
    InputError
        If there are none.
    """
    areas = list(dict.fromkeys(split_label(label)[0] for label, recorded in meta.recorded.items() if recorded > 0))
    if not areas:
        raise InputError(f"{folder}: no population was recorded; run the simulation with recording on")
    return areas


def over_areas(name: str, work: Callable[[str], Part], areas: Sequence[str], meta: SpikeMeta, jobs: int) -> Iterator[Part]:
    """Yield what `work` gives for each area, in their order, and show progress.

    Parameters
    ----------
    name
        What is done, for the progress.
    work
        Function of an area's name that can be pickled.
    areas
        Names of areas.
    meta
        Description of the spikes: few of them need few processes.
    jobs
        Largest number of processes.
    """
    processes = min(jobs, len(areas), 1 + sum(meta.spikes.values()) // SPIKES_PER_PROCESS)
    with (
        ProcessPoolExecutor(processes, get_context("spawn")) if processes > 1 else nullcontext() as pool,
        Progress(name, len(areas), "areas") as progress,
    ):
        for part in pool.map(work, areas) if pool else map(work, areas):
            yield part
            progress.update(1)
