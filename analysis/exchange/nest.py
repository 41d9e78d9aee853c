"""Spike recordings of NEST: ``.dat`` of the ascii backend (NEST 3), ``.gdf`` of NEST 2; a file for each recorder and thread."""

from __future__ import annotations

import csv
import io
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.exchange.grid import to_steps
from analysis.exchange.packed import PACKED, UNREAD, blocks, plain_name
from procortex.utilities.errors import InputError
from procortex.utilities.texts import NUMBER, in_short, quoted

SUFFIXES = (".dat", ".gdf")
TIMES, STEPS, BARE = ("sender", "time_ms"), ("sender", "time_step", "time_offset"), ("sender", "time")
BLOCK = 1 << 24
"""Bytes that are read at once, and the longest line."""

BYTES_PER_SPIKE = 12
"""A line of a recording, at the least."""

IN_NUMBERS = b"0123456789+-.eE \t\r\n"
"""What a recording is written with; Python and pandas know more numbers, such as 1_000, nan and True."""

WHOLE = re.compile(r"[+-]?\d+")

HEADER_LINES, HEADER_BYTES = 50, 1 << 16


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
    if packed := unread_files(path):
        raise InputError(f"{packed[0]}: is packed; unpack it, or pack it as one of {', '.join(PACKED)}")
    if not files:
        raise InputError(
            f"{path}: no recordings of NEST here; expected files NAME.dat (record_to: ascii) or NAME.gdf, as they are or packed "
            f"({', '.join(PACKED)})"
        )
    _check_files(files)
    old = any(plain_name(file).suffix == ".gdf" for file in files)
    found, others = [], []
    for file in files:
        recording = _read_header(file)
        bare_potentials = old and plain_name(file).suffix == ".dat" and recording.columns == BARE
        if recording.columns in (TIMES, STEPS, BARE) and not bare_potentials:
            found.append(recording)
        else:
            others.append(recording)
    if others:
        columns = in_short(", ".join(others[0].columns))
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        print(f"{others[0].path}{more}: columns {columns}, no spikes; left out", file=sys.stderr)
    if not found:
        raise InputError(f"{path}: no file has the columns {' and '.join(TIMES)}, or {', '.join(STEPS)}; expected recordings of spikes")
    return found


def recording_files(path: Path) -> list[Path]:
    """Files that may be recordings, by their names, packed ones among them."""
    return [file for file in _listed(path) if plain_name(file).suffix in SUFFIXES and not file.is_dir()]


def unread_files(path: Path) -> list[Path]:
    """Files that are recordings by their names, but packed in a way that is not read: leaving them out would lose spikes."""
    return [file for file in _listed(path) if file.suffix in UNREAD and file.with_suffix("").suffix in SUFFIXES]


def _listed(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [file for folder in (path, path / "recordings") if folder.is_dir() for file in sorted(folder.iterdir())]


def _check_files(files: list[Path]) -> None:
    """Refuse what is no file of its own: a link to nothing would be spikes that are missing."""
    count = Counter(map(plain_name, files))
    for file in files:
        if not file.is_file():
            raise InputError(f"{file}: is a link to nothing, or a pipe or device; expected a recording, or another name")
        if count[plain_name(file)] > 1:
            raise InputError(f"{file}: stands here twice, packed and as it is; expected each recording once")


def _read_header(path: Path) -> Recording:
    """Read the lines before the first spike."""
    version = ""
    head = next(blocks(path, HEADER_BYTES), b"")
    if not head and plain_name(path).suffix == ".dat":
        raise InputError(f"{path}: is empty, without even the lines that NEST begins with; the run or the copy was cut off")
    try:
        lines = [line.decode("ascii") for line in islice(io.BytesIO(head), HEADER_LINES)]
    except UnicodeDecodeError:
        raise InputError(f"{path}: is no text; expected a recording of NEST's ascii backend") from None
    for number, line in enumerate(lines):
        words = line.split()
        if line.startswith("#"):
            version = words[-1] if line.startswith("# NEST version") else version
        elif any(set(words) == set(columns) and words != list(columns) for columns in (TIMES, STEPS)):
            raise InputError(f"{path}: line {number + 1} names the columns {' '.join(words)}; expected them in NEST's order, sender first")
        elif words and words[0] == "sender":
            return Recording(path, tuple(words), number + 1, version)
        elif words:
            return Recording(path, BARE if len(words) == 2 else tuple(f"column {k + 1}" for k in range(len(words))), number, version)
    return Recording(path, BARE, len(lines), version)  # a recorder without spikes


def read_recording(recording: Recording, dt: float) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Spikes of one file, piece by piece, in its order.

    Yields
    ------
    tuple
        Time steps and NEST's identifiers.

    Raises
    ------
    InputError
        If a line is no spike, the last line is cut off, or a time is not on the grid of `dt` (ms).
    """
    columns = list(recording.columns)
    done, skip = 0, recording.skip
    for block in blocks(recording.path, BLOCK):
        lines = block.count(b"\n")
        if lines > skip:
            body = block.split(b"\n", skip)[-1]
            if body.translate(None, IN_NUMBERS):  # pandas reads True, nan and inf as numbers, too
                raise _bad_line(recording, body, done + skip)
            try:
                piece = _read_lines(body, columns)
            except (ValueError, OverflowError):  # a text for a number; pandas' own errors of parsing are ValueErrors
                raise _bad_line(recording, body, done + skip) from None
            if len(piece) != lines - skip or piece["more"].notna().any() or not np.isfinite(piece[columns].to_numpy(np.float64)).all():
                raise _bad_line(recording, body, done + skip)
            yield _steps(piece, recording, dt), piece["sender"].to_numpy()
        done, skip = done + lines, max(skip - lines, 0)


def _read_lines(lines: bytes, columns: list[str]) -> pd.DataFrame:
    """Numbers by column; the column ``more`` has what else there is in a line."""
    whole = dict.fromkeys({"sender", "time_step"} & set(columns), "int64")
    with np.errstate(invalid="ignore"):  # pandas tries what is no whole number as a number
        return pd.read_csv(
            io.BytesIO(lines), sep=r"\s+", header=None, names=[*columns, "more"], index_col=False, skip_blank_lines=False,
            dtype=dict.fromkeys(columns, "float64") | whole | {"more": "object"}, engine="c", encoding="ascii", quoting=csv.QUOTE_NONE,
        )  # fmt: skip


def _steps(piece: pd.DataFrame, recording: Recording, dt: float) -> NDArray[np.int64]:
    if recording.columns != STEPS:
        return to_steps(piece[recording.columns[1]].to_numpy(), dt, recording.path)
    offsets = piece["time_offset"].to_numpy()
    if offsets.any():
        raise InputError(f"{recording.path}: a spike has time_offset {offsets[offsets != 0][0]:g} ms; expected 0, spikes on the grid")
    steps = piece["time_step"].to_numpy(np.int64)
    to_steps(steps * dt, dt, recording.path)  # refuses what lies before the first step
    return steps


def _bad_line(recording: Recording, lines: bytes, before: int) -> InputError:
    """Find the line that made reading fail; so many lines of the file are before these."""
    path, expected = recording.path, " ".join(recording.columns)
    for number, line in enumerate(io.BytesIO(lines), before + 1):
        text = line.decode("ascii", errors="replace").strip()
        if line.translate(None, IN_NUMBERS) or not _is_spike(text.split(), recording.columns):
            joined = "; recordings that were joined must be files of their own" if text.startswith(("#", "sender")) else ""
            return InputError(f"{path}: line {number} is {quoted(text)}, expected numbers: {expected}{joined}")
    return InputError(f"{path}: is not readable after line {before}; expected lines of numbers: {expected}")


def _is_spike(words: list[str], columns: tuple[str, ...]) -> bool:
    forms = [WHOLE if name in ("sender", "time_step") else NUMBER for name in columns]
    if len(words) != len(forms) or not all(form.fullmatch(word) for form, word in zip(forms, words, strict=True)):
        return False
    return all(math.isfinite(float(word)) for word in words) and all(
        abs(int(word)) < 2**63 for form, word in zip(forms, words, strict=True) if form is WHOLE
    )
