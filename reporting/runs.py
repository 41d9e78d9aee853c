"""Simulations as a table: what they took and what they gave."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from reporting.record import Run, read_run


def runs_table(folders: Sequence[Path]) -> pd.DataFrame:
    """Tabulate simulations.

    Parameters
    ----------
    folders
        Spike data sets, in folders STATE/seed-SEED/BACKEND/.

    Returns
    -------
    pandas.DataFrame
        A row for each: state, seed, backend, device, version, ``t_sim`` (ms), spikes, synaptic events, wall-clock seconds of set-up,
        simulation and recording, real-time factor of the simulation and with recording, processors that it and that other programs
        kept busy meanwhile, and energy (J). What is not known is missing.
    """
    return pd.DataFrame([_row(read_run(folder)) for folder in folders])


def _row(run: Run) -> dict[str, str | float | None]:
    seconds = {phase: round(run.wall_time_s.get(phase, 0.0), 3) for phase in ("set_up", "simulate", "record")}
    return {
        "state": run.state,
        "seed": run.seed,
        "backend": run.backend,
        "device": run.device,
        "version": run.versions.get("procortex"),
        "t_sim": run.t_sim,
        "spikes": run.spikes,
        "events": run.events,
        **{f"{phase}_s": value for phase, value in seconds.items()},
        "rtf_simulate": round(run.wall_time_s.get("simulate", 0.0) * 1e3 / run.t_sim, 3),
        "rtf": round(run.real_time_factor, 3),
        "processors": _rounded(run.processors),
        "processors_of_others": _rounded(run.processors_of_others),
        "energy_J": run.energy_J if run.energy_J is None else round(run.energy_J, 1),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
