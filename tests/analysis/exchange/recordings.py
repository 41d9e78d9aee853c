"""Spikes as other programs write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from procortex.formats.populations import split_label

SIZES = {"V1-23E": 3, "V1-5I": 2, "46-4E": 4, "TH-23E": 2}
FORMS = ("time_ms", "time_step", "gdf", "npy", "genn")
DAT_HEAD = "# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\n"


def write_gids(folder: Path, sizes: Mapping[str, int], first: int = 1) -> dict[str, int]:
    """Write ``network_gids.txt``; give the first identifier of each population."""
    folder.mkdir(parents=True, exist_ok=True)
    starts = dict(zip(sizes, (int(x) for x in first + np.cumsum([0, *sizes.values()])), strict=False))
    lines = [f"{','.join(split_label(label))},{start},{start + sizes[label] - 1}\n" for label, start in starts.items()]
    (folder / "network_gids.txt").write_text("".join(lines))
    return starts


def write_recordings(
    folder: Path, steps: Sequence[int], ids: Sequence[int], *, form: str = "time_ms", files: int = 1, dt: float = 0.1
) -> None:
    """Write spikes as a recorder on several threads would: ``.dat`` with times or steps, ``.gdf`` with times."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(files):
        mine = list(zip(steps, ids, strict=True))[k::files]
        if form == "time_ms":
            text = DAT_HEAD + "sender\ttime_ms\n" + "".join(f"{i}\t{step * dt:.3f}\n" for step, i in mine)
        elif form == "time_step":
            text = DAT_HEAD + "sender\ttime_step\ttime_offset\n" + "".join(f"{i}\t{step}\t0.000\n" for step, i in mine)
        else:
            text = "".join(f"{i}\t{step * dt:.1f}\t\n" for step, i in mine)  # NEST 2 ended lines with a tab
        (folder / f"run-spikes-{17}-{k}.{'gdf' if form == 'gdf' else 'dat'}").write_text(text)


def write_arrays(
    folder: Path, sizes: Mapping[str, int], steps: np.ndarray, index: np.ndarray, *, genn: bool, first: int = 1, dt: float = 0.1
) -> None:
    """Write an array for each population, as the original's analysis caches them, or as its GeNN version does; `index` from 0."""
    folder.mkdir(parents=True, exist_ok=True)
    start = 0
    for label, size in sizes.items():
        mine = (index >= start) & (index < start + size)
        area, population = split_label(label)
        if genn:
            np.save(folder / f"{area}_{population}.npy", np.array([(steps[mine] - 1) * dt, index[mine] - start]))
        else:
            np.save(folder / f"a1b2-spikes-{area}-{population}.npy", np.column_stack([index[mine] + first, steps[mine] * dt]))
        start += size


def record(folder: Path, form: str, steps: np.ndarray, index: np.ndarray, first: int, files: int) -> None:
    """Write spikes of `SIZES` in one of the `FORMS`, with the table of identifiers beside them; `index` from 0 over all populations."""
    write_gids(folder, SIZES, first)
    if form in ("npy", "genn"):
        write_arrays(folder, SIZES, steps, index, genn=form == "genn", first=first)
    else:
        write_recordings(folder, steps.tolist(), (index + first).tolist(), form=form, files=files)
