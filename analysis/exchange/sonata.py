"""Spikes as a SONATA file (Dai et al. 2020, PLoS Comput Biol 16:e1007696): HDF5, one SONATA population for each of ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.exchange.choice import Choice, chosen_spikes
from procortex.formats.hdf5_output import hdf5_output
from procortex.utilities.atomic import whole_file
from procortex.utilities.progress import Progress

MAGIC, VERSION = 0x0A7A, (0, 1)
"""What the format puts at the head of its files."""

SORTING = {"none": 0, "by_id": 1, "by_time": 2}
CHUNK = 1 << 16
COMPRESSION: dict[str, Any] = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
"""Not by default: the HDF5 library within libsonata's packages reads no compressed data, of whatever kind. lzf comes with h5py alone."""

DECIMALS = 9


def write_sonata(choice: Choice, path: Path, *, compress: bool = False) -> int:
    """Write spikes to ``/spikes/<label>/{timestamps,node_ids}``; the file appears when it is whole.

    `timestamps` are ms (float64, rounded to 1e-9, so that 0.3 is 0.3), `node_ids` the index of the neuron within its population, from 0;
    both are sorted by time. The attribute `n_nodes` of each population says how many neurons were recorded: silent ones leave no other
    trace. Memory does not grow with the number of spikes, of which each takes 16 bytes on disk.

    Parameters
    ----------
    choice
        What to write.
    path
        The file.
    compress
        Compress with gzip to about a quarter: h5py and most programs read that, libsonata's packages do not.

    Returns
    -------
    int
        Number of spikes written.
    """
    import h5py

    meta, total = choice.meta, 0
    with (
        whole_file(path) as temporary,
        hdf5_output(temporary, path) as output,
        h5py.File(output, "w") as file,
        Progress("export", len(choice.areas), "areas") as progress,
    ):
        file.attrs.create("magic", MAGIC, dtype=np.uint32)
        file.attrs.create("version", VERSION, dtype=np.uint32)
        file.attrs.update(dt=meta.dt, t_sim=meta.t_sim, seed=meta.seed, simulator=meta.backend)
        options = COMPRESSION if compress else {}
        groups = {label: _population(file, label, number, meta.spikes.get(label, 0), options) for label, number in choice.neurons.items()}
        for area in choice.areas:
            for label, neuron, step in chosen_spikes(choice, area):
                _append(groups[label]["timestamps"], np.round(step * meta.dt, DECIMALS))
                _append(groups[label]["node_ids"], neuron)
                output.check()
                total += len(step)
            progress.update(1, f"{total:,} spikes")
    return total


def _population(file: Any, label: str, n_nodes: int, n_spikes: int, options: Mapping[str, Any]) -> Any:
    """Group of a population, empty so far; a chunk takes its place on disk even where it is not full."""
    import h5py

    group = file.create_group(f"spikes/{label}")
    group.attrs.create("sorting", SORTING["by_time"], dtype=h5py.enum_dtype(SORTING, basetype="u1"))
    group.attrs["n_nodes"] = n_nodes
    layout: dict[str, Any] = {"shape": (0,), "maxshape": (None,), "chunks": (min(max(n_spikes, 1), CHUNK),), **options}
    group.create_dataset("timestamps", dtype=np.float64, **layout).attrs["units"] = "ms"
    group.create_dataset("node_ids", dtype=np.uint64, **layout)
    return group


def _append(dataset: Any, values: NDArray[Any]) -> None:
    end = len(dataset)
    dataset.resize((end + len(values),))
    dataset[end:] = values
