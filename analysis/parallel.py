"""Work on the spikes of one area at a time, areas shared out among processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import TypeVar

from procortex.formats.populations import split_label
from procortex.formats.spike_meta import SpikeMeta
from procortex.utilities.errors import InputError
from procortex.utilities.orphans import end_with, process_identity
from procortex.utilities.progress import Progress

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
        Description of the spike data set; with few spikes, fewer processes are started.
    jobs
        Largest number of processes.
    """
    processes = min(jobs, len(areas), 1 + sum(meta.spikes.values()) // SPIKES_PER_PROCESS)
    with ending_pool(processes) if processes > 1 else nullcontext() as pool, Progress(name, len(areas), "areas") as progress:
        for part in pool.map(work, areas) if pool else map(work, areas):
            yield part
            progress.update(1)


@contextmanager
def ending_pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that end with this one, also when it is killed, and at once when it is interrupted."""
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=end_with, initargs=(process_identity(),)) as pool:
        try:
            yield pool
        except BaseException:
            for child in active_children():  # otherwise the pool waits until they have done what they are at
                child.terminate()
            raise
