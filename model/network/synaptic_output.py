"""Synaptic output of populations over time, from the series of an earlier run or from the original's files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.network.circuit import Matrix, Vector
from model.network.currents import filtered
from model.network.synaptic_output_files import NO_ARRAY, output_files, require_output
from procortex.constants import BIN_MS
from procortex.formats.series import read_series
from procortex.utilities.arrays import map_array
from procortex.utilities.errors import InputError
from procortex.utilities.texts import UnreadableError, first_ones


def synaptic_output(source: Path, labels: Sequence[str], tau_syn: float) -> Matrix:
    """Read the synaptic output of some populations.

    Parameters
    ----------
    source
        A series of ours, the folder of a run that holds one, or the prefix of the original's files, which hold synaptic output (one value
        for each ms) and are taken as they are.
    labels
        The m populations.
    tau_syn
        Time constant of their synapses (ms).

    Returns
    -------
    numpy.ndarray
        Rates (spikes/s) filtered by the synapses, in bins of 1 ms, shape (m, bins); times in-degree and weight (pA) and 1e-3 the
        current that they cause (pA).

    Raises
    ------
    InputError
        With one line for each file or population that is missing or of the wrong form.
    """
    files = output_files(source, labels)
    require_output(source, files)
    return _of_series(files[0], labels, tau_syn) if files[0].suffix == ".nc" else _of_arrays(files)


def _of_series(path: Path, labels: Sequence[str], tau_syn: float) -> Matrix:
    series = read_series(path)
    held = [str(label) for label in series["target"].to_numpy()]
    if missing := [label for label in labels if label not in held]:
        raise InputError(f"{path}: holds no series of {' '.join(missing)}; expected the series of all replaced populations")
    if float(series.attrs["bin_ms"]) != BIN_MS:
        raise InputError(f"{path}: has bins of {series.attrs['bin_ms']:g} ms, expected {BIN_MS:g} ms")
    chosen = series.sel(target=list(labels))
    counts = chosen["counts"].to_numpy().astype(np.float64)
    return filtered(counts / chosen["neurons"].to_numpy()[:, None] * (1e3 / BIN_MS), tau_syn)


def _of_arrays(files: Sequence[Path]) -> Matrix:
    findings: list[str] = []
    arrays: list[Vector] = []
    for path in files:
        try:
            array = map_array(path)
        except FileNotFoundError:
            findings.append(f"{path}: {NO_ARRAY}")
            continue
        except UnreadableError as error:
            findings.append(f"{path}: {error}; expected one number for each ms")
            continue
        if array.ndim != 1 or array.size == 0 or not np.isfinite(array).all():
            findings.append(f"{path}: holds {array.dtype} of shape {array.shape}; expected one finite number for each ms")
        elif arrays and len(array) != len(arrays[0]):
            findings.append(f"{path}: holds {len(array)} ms, others {len(arrays[0])}; expected series of one length")
        else:
            arrays.append(np.asarray(array, dtype=np.float64))
    if findings:
        raise InputError("\n".join(first_ones(findings)))
    return np.array(arrays)
