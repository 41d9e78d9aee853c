"""Made-up simulations with what the workflow's first commands make of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.helpers.commands import analyse
from tests.helpers.spikes import write_spikes

FILES = {"series": "series.nc", "statistics": "statistics.parquet"}


def write_run(folder: Path, state: str, areas: Sequence[str], seed: int, kinds: Sequence[str] = tuple(FILES), **spikes: Any) -> Path:
    """Write spikes (options of `write_spikes`), their series and their statistics; return the folder."""
    write_spikes(folder / "spikes", areas, seed, **spikes)
    for kind in kinds:
        assert analyse(kind, folder / "spikes", "--state", state, "--out", folder / FILES[kind]) == 0
    return folder
