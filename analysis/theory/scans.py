"""The tables that `python -m model compare-indegrees` writes: states over the strength of connections between areas, and over the drive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from contracts.frames import read_csv_frame
from procortex.utilities.errors import InputError

CHI, KAPPA = "over_chi.csv", "over_kappa.csv"
COMMAND = "python -m model compare-indegrees --config FILE"
INDEGREES = ("none", "computed", "published")
"""In-degrees that a table may hold."""

NUMBERS, FLAGS = ("chi", "chi_I", "mean_rate"), ("settled", "low_activity")
LOW = ("low_mean_rate", "critical_eigenvalue")
"""Empty where there is no state of low activity."""


def read_over_chi(folder: Path) -> Mapping[str, pd.DataFrame]:
    """Read the states over chi; for each matrix of in-degrees a table with ascending chi.

    Raises
    ------
    InputError
        If the table is missing or is another one.
    """
    path = folder / CHI
    frame = _read(path, ("indegrees", *NUMBERS, *FLAGS, *LOW))
    findings = _unknown(path, frame["indegrees"].unique())
    findings += [f"{path}: {name} is not a number everywhere" for name in NUMBERS if not _numbers(frame[name]).notna().all()]
    findings += [f"{path}: {name} is not True or False everywhere" for name in FLAGS if not frame[name].isin([True, False]).all()]
    low = frame["low_activity"].isin([True])
    findings += [
        f"{path}: {name} lacks a number where low_activity is True" for name in LOW if not _numbers(frame[name])[low].notna().all()
    ]
    if findings:
        raise InputError("\n".join(findings))
    frame = frame.assign(**{name: _numbers(frame[name]) for name in (*NUMBERS, *LOW)}, **{name: frame[name].astype(bool) for name in FLAGS})
    return {name: frame[frame["indegrees"] == name].sort_values("chi") for name in INDEGREES if (frame["indegrees"] == name).any()}


def read_over_kappa(folder: Path) -> pd.DataFrame:
    """Read the mean rates over kappa; index kappa, a column for each matrix of in-degrees.

    Raises
    ------
    InputError
        If the table is missing or is another one.
    """
    path = folder / KAPPA
    frame = _read(path, ("kappa", INDEGREES[0]))
    findings = _unknown(path, [name for name in frame.columns if name != "kappa"])
    findings += [f"{path}: {name} is not a number everywhere" for name in frame.columns if not _numbers(frame[name]).notna().all()]
    if findings:
        raise InputError("\n".join(findings))
    return frame.astype(float).set_index("kappa").sort_index()


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    if not path.exists():
        raise InputError(f"{path}: no such table; make it with `{COMMAND} --out {path.parent}`")
    frame = read_csv_frame(path, f"a table of `{COMMAND}`", columns)
    if frame.empty:
        raise InputError(f"{path}: holds no rows; make the table again with `{COMMAND}`")
    return frame


def _numbers(values: pd.Series[Any]) -> pd.Series[Any]:
    numbers = pd.to_numeric(values.astype(str) if values.dtype == bool else values, errors="coerce")
    return numbers.where(np.isfinite(numbers))


def _unknown(path: Path, names: Iterable[object]) -> list[str]:
    strange = [str(name) for name in names if name not in INDEGREES]
    return [f"{path}: in-degrees {', '.join(strange)}; expected {', '.join(INDEGREES)}"] if strange else []
