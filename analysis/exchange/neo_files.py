"""Spikes as files of Neo objects: a pickle, or NIX."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from analysis.exchange.choice import Choice, chosen_spikes
from analysis.exchange.neo_objects import neo_trains
from analysis.statistics.definitions import Window
from analysis.statistics.trains import Trains
from procortex.formats.populations import split_label
from procortex.utilities.atomic import whole_file
from procortex.utilities.errors import InputError
from procortex.utilities.progress import Progress

MAX_TRAINS = {"neo": 200_000, "nix": 3_000}
"""Trains that fit in reasonable time: a Neo object takes about 0.1 ms and 2 kB, in NIX 10 to 50 ms."""


def write_neo(choice: Choice, path: Path) -> int:
    """Write a Neo block as a pickle, which the same versions of Python and Neo read (`neo.PickleIO`)."""
    block = neo_block(choice, "neo")
    from neo.io import PickleIO

    with whole_file(path) as temporary:
        PickleIO(str(temporary)).write_block(block)
    return _spikes_of(block)


def write_nix(choice: Choice, path: Path) -> int:
    """Write a Neo block as a NIX file (Stoewer et al. 2014), for chosen neurons.

    Raises
    ------
    InputError
        If there are too many trains, the name does not end in ``.nix`` or nixio is not installed.
    """
    if path.suffix != ".nix":
        raise InputError(f"{path}: expected a name that ends in .nix, by which Neo knows the format")
    try:
        import nixio  # noqa: F401
    except ImportError as error:
        raise InputError(f"--format nix needs nixio ({error}): pip install nixio, or use --format sonata") from None
    block = neo_block(choice, "nix")
    from neo.io import NixIO

    with _files_in_memory():
        file = NixIO(str(path), "ow")
        try:
            file.write_block(block)
            hdf5 = file.nix_file._h5file
            hdf5.flush()
            content = hdf5.id.get_file_image()
        finally:
            file.close()
    with whole_file(path) as temporary:
        temporary.write_bytes(content)
    return _spikes_of(block)


@contextmanager
def _files_in_memory() -> Iterator[None]:
    """Let nixio make its files in memory: on a full disk the HDF5 library crashes. nixio has no option for it."""
    import h5py
    import nixio.file

    def access() -> Any:
        settings = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
        settings.set_fapl_core(1 << 20, backing_store=False)
        return settings

    usual, nixio.file.make_fapl = nixio.file.make_fapl, access
    try:
        yield
    finally:
        nixio.file.make_fapl = usual


def neo_block(choice: Choice, file_format: str = "neo") -> Any:
    """Neo block of chosen neurons: one segment with all trains, and a group of trains for each population.

    Trains are named ``V1-23E-0`` and annotated with area, population and neuron; silent neurons have empty ones.

    Raises
    ------
    InputError
        If there are more trains than `MAX_TRAINS` of the format.
    """
    if choice.n_trains > MAX_TRAINS[file_format]:
        raise InputError(
            f"{choice.folder}: {choice.n_trains:,} trains are too many for --format {file_format} (at most {MAX_TRAINS[file_format]:,}); "
            "choose with --areas, --populations, --neurons, or use --format sonata"
        )
    import neo

    meta, window = choice.meta, Window(choice.first_step, choice.end_step, choice.meta.dt)
    block = neo.Block(name=choice.folder.name, dt=meta.dt, t_sim=meta.t_sim, seed=meta.seed, simulator=meta.backend)
    segment = neo.Segment(name="spikes")
    block.segments.append(segment)
    with Progress("trains", choice.n_trains, "trains") as progress:
        for area in choice.areas:
            pieces: dict[str, list[Any]] = {label: [] for label in choice.neurons if split_label(label)[0] == area}
            for label, neuron, step in chosen_spikes(choice, area):
                pieces[label].append((neuron, step))
            for label, parts in pieces.items():
                number, population = choice.neurons[label], split_label(label)[1]
                neuron, step = (np.concatenate([part[k] for part in parts] or [np.empty(0, np.int64)]) for k in (0, 1))
                trains = neo_trains(Trains.from_columns(neuron, step, number, window), range(number), window, t_stop=choice.t_stop)
                for k, train in enumerate(trains):
                    train.name = f"{label}-{k}"
                    train.annotate(area=area, population=population, neuron=k)
                segment.spiketrains.extend(trains)
                group = neo.Group(name=label)
                group.spiketrains.extend(trains)
                block.groups.append(group)
                progress.update(number)
    return block


def _spikes_of(block: Any) -> int:
    return sum(len(train) for train in block.segments[0].spiketrains)
