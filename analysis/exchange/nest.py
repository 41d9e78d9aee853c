"""Spike recordings of NEST: ``.dat`` of the ascii backend (NEST 3), ``.gdf`` of NEST 2; a file for each recorder and thread."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.exchange.grid import to_steps
from contracts.errors import InputError

SUFFIXES = (".dat", ".gdf")
TIMES, STEPS, BARE = ("sender", "time_ms"), ("sender", "time_step", "time_offset"), ("sender", "time")
ROWS = 1 << 20
"""Spikes that are read at once."""

BYTES_PER_SPIKE = 12
"""A line of a recording, at the least."""

HEADER_LINES = 50


@dataclass(frozen=True)
class Recording:
    """One file of spikes.

    Attributes
    ----------
    columns
        `TIMES`, `STEPS`, or `BARE` where no line names them.
    skip
        Number of lines before the first spike.
    version
        NEST's version, if the file says it.
    """

    path: Path
    columns: tuple[str, ...]
    skip: int
    version: str = ""


def find_recordings(path: Path) -> list[Recording]:
    """Spike files of a folder, or of ``recordings`` within it, or one file.

    Potentials (files whose columns are others, and ``.dat`` without header beside ``.gdf``) are left out, with a line on standard error.

    Raises
    ------
    InputError
        If there are none, or a file is not readable as one.
    """
    files = recording_files(path)
    if not files:
        raise InputError(f"{path}: no recordings of NEST here; expected files NAME.dat (record_to: ascii) or NAME.gdf")
    old = any(file.suffix == ".gdf" for file in files)
    found = []
    for file in files:
        recording = _read_header(file)
        bare_potentials = old and file.suffix == ".dat" and recording.columns == BARE
        if recording.columns in (TIMES, STEPS, BARE) and not bare_potentials:
            found.append(recording)
        else:
            print(f"{file}: columns {', '.join(recording.columns)}, no spikes; left out", file=sys.stderr)
    if not found:
        raise InputError(f"{path}: no file has the columns {' and '.join(TIMES)}, or {', '.join(STEPS)}; expected recordings of spikes")
    return found


def recording_files(path: Path) -> list[Path]:
    """Files that may be recordings, by their names."""
    if path.is_file():
        return [path] if path.suffix in SUFFIXES else []
    folders = [folder for folder in (path, path / "recordings") if folder.is_dir()]
    return [file for folder in folders for file in sorted(folder.iterdir()) if file.suffix in SUFFIXES and file.is_file()]


def _read_header(path: Path) -> Recording:
    version = ""
    try:
        with path.open(encoding="ascii") as opened:
            for number, line in enumerate(islice(opened, HEADER_LINES)):
                words = line.split()
                if line.startswith("#"):
                    version = words[-1] if line.startswith("# NEST version") else version
                elif words and words[0] == "sender":
                    return Recording(path, tuple(words), number + 1, version)
                elif words:
                    return Recording(
                        path, BARE if len(words) == 2 else tuple(f"column {k + 1}" for k in range(len(words))), number, version
                    )
    except UnicodeDecodeError:
        raise InputError(f"{path}: is no text; expected a recording of NEST's ascii backend") from None
    return Recording(path, BARE, 0, version)  # a recorder without spikes


def read_recording(recording: Recording, dt: float) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Spikes of one file, piece by piece, in its order.

    Yields
    ------
    tuple
        Time steps and NEST's identifiers.

    Raises
    ------
    InputError
        If a line is no spike, or a time is not on the grid of `dt` (ms).
    """
    path, columns = recording.path, list(recording.columns)
    kinds: dict[str, str] = (
        dict.fromkeys(columns, "float64") | {"sender": "int64"} | ({"time_step": "int64"} if "time_step" in columns else {})
    )
    done = recording.skip
    try:
        with pd.read_csv(
            path, sep=r"\s+", header=None, names=[*columns, "more"], index_col=False, dtype=kinds | {"more": "object"},
            skiprows=recording.skip, chunksize=ROWS, engine="c", encoding="ascii", skip_blank_lines=False,
        ) as pieces:  # fmt: skip
            for piece in pieces:
                if piece["more"].notna().any() or piece[columns].isna().to_numpy().any():
                    raise _bad_line(recording, done)
                yield _steps(piece, recording, dt), piece["sender"].to_numpy()
                done += len(piece)
    except pd.errors.EmptyDataError:
        return
    except (ValueError, OverflowError):  # a text for a number; pandas' own errors of parsing are ValueErrors
        raise _bad_line(recording, done) from None


def _steps(piece: pd.DataFrame, recording: Recording, dt: float) -> NDArray[np.int64]:
    if recording.columns != STEPS:
        return to_steps(piece[recording.columns[1]].to_numpy(), dt, recording.path)
    offsets = piece["time_offset"].to_numpy()
    if offsets.any():
        raise InputError(f"{recording.path}: a spike has time_offset {offsets[offsets != 0][0]:g} ms; expected 0, spikes on the grid")
    steps = piece["time_step"].to_numpy(np.int64)
    to_steps(steps * dt, dt, recording.path)  # refuses what lies before the first step
    return steps


def _bad_line(recording: Recording, after: int) -> InputError:
    """Find the line that made reading fail, after so many good ones."""
    expected = " ".join(recording.columns)
    with recording.path.open(encoding="ascii", errors="replace") as opened:
        for number, line in enumerate(islice(opened, after, None), after + 1):
            if not _is_spike(line.split(), recording.columns):
                return InputError(f"{recording.path}: line {number} is {line.strip()[:60]!r}, expected numbers: {expected}")
    return InputError(f"{recording.path}: is not readable after line {after}; expected lines of numbers: {expected}")


def _is_spike(words: list[str], columns: tuple[str, ...]) -> bool:
    try:
        numbers = [int(word) if name in ("sender", "time_step") else float(word) for word, name in zip(words, columns, strict=True)]
    except ValueError:
        return False
    return all(map(math.isfinite, numbers)) and abs(numbers[0]) < 2**63
