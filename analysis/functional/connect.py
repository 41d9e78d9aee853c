"""Functional connectivity of one simulation, or of the experiment: series to correlations between areas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from analysis.functional import SHORTEST_BOLD, SHORTEST_WINDOW
from analysis.functional.bold import bold_signal
from analysis.functional.correlation import correlations
from analysis.functional.inputs import synaptic_input
from contracts.functional import BOLD, EXPERIMENT, PAIR, SYNAPTIC_INPUT
from contracts.startup import START_MS
from procortex.utilities.errors import InputError
from sources.fetch import raw_folder
from sources.functional import PUBLISHED_HEMISPHERE, experimental_connectivity
from sources.registry import FUNCTIONAL

BOLD_STEP = 10.0
"""Step of the balloon model (ms), whose fastest time constant is a second."""

BOLD_DROPPED = 5000.0
"""Start of the BOLD signal that is dropped (ms)."""

SIGNALS = (SYNAPTIC_INPUT, BOLD)


def connect(series: xr.Dataset, network: xr.Dataset, signal: str = SYNAPTIC_INPUT, t_min: float = START_MS) -> xr.Dataset:
    """Correlate the areas of one simulation.

    The BOLD signal starts in the steady state of the mean activity, since the balloon takes longer than the dropped 5 s to fill; the
    published one starts at rest.

    Parameters
    ----------
    series, network
        Series and network files of the same simulation.
    signal
        ``synaptic-input``, or the ``bold`` signal that it would give, each area's input taken relative to its maximum.
    t_min
        Start of the window (ms).

    Returns
    -------
    xarray.Dataset
        What `contracts.functional` describes.

    Raises
    ------
    InputError
        If the simulation is too short, or series and network do not belong together.
    """
    width, t_sim = float(series.attrs["bin_ms"]), float(series.attrs["t_sim"])
    inputs = synaptic_input(series, network)
    if t_sim < t_min + SHORTEST_WINDOW:
        raise InputError(
            f"series: {t_sim:g} ms are simulated; expected {t_min + SHORTEST_WINDOW:g} ms or more, the first {t_min:g} ms are dropped"
        )
    window = inputs.sel(time=slice(t_min, None)).to_numpy()
    if signal == BOLD:
        if t_sim < SHORTEST_BOLD:
            raise InputError(
                f"series: {t_sim:g} ms are simulated; expected {SHORTEST_BOLD:g} ms or more (published: 100500 ms) for a BOLD signal"
            )
        window = _bold(window, width)
        t_min += BOLD_DROPPED
    return _dataset(
        correlations(window),
        [str(area) for area in inputs["area"].to_numpy()],
        signal=signal,
        **{name: series.attrs[name] for name in ("state", "simulator", "seed")},
        t_min=t_min,
        t_max=t_sim,
    )


def connect_experiment(raw_dir: Path | None = None, hemisphere: str = PUBLISHED_HEMISPHERE) -> xr.Dataset:
    """Bring the experimental correlations into the same form; `raw_dir` as in `sources.fetch.raw_folder`."""
    table = experimental_connectivity(raw_folder(raw_dir, uses=(FUNCTIONAL,)), hemisphere)
    return _dataset(table.to_numpy(), list(table.index), signal=EXPERIMENT, hemisphere=hemisphere)


def _bold(inputs: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """BOLD signal without its start, of inputs (area, time) in bins of a width (ms)."""
    per_step = round(BOLD_STEP / width)
    steps = inputs.shape[1] // per_step
    strongest = inputs.max(axis=1, keepdims=True)
    relative = inputs / np.where(strongest > 0, strongest, 1.0)
    coarse = relative[:, : steps * per_step].reshape(len(inputs), steps, per_step).mean(axis=2)
    signal = bold_signal(coarse, BOLD_STEP * 1e-3, before=coarse.mean(axis=1))
    return signal[:, round(BOLD_DROPPED / BOLD_STEP) :]


def _dataset(matrix: NDArray[np.float64], areas: list[str], **attributes: Any) -> xr.Dataset:
    return xr.Dataset({"correlation": (PAIR, matrix)}, dict.fromkeys(PAIR, areas), attributes)
