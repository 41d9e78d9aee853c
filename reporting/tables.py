"""A CSV table as a page, in parts that belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import pandas as pd

from contracts.frames import read_csv_frame
from procortex.utilities.errors import InputError
from procortex.utilities.texts import in_short
from reporting.html import number, page, paragraph, section, table

VERDICT = "verdict"
"""Column whose values colour their cells: inside, outside, or anything else."""


def table_page(path: Path, title: str, group: Sequence[str] = ()) -> str:
    """Draw up a page from a CSV table.

    Parameters
    ----------
    path
        The table, its first row the names of the columns.
    title
        Heading of the page.
    group
        Columns whose values part the table; each part gets a heading and lacks these columns.

    Raises
    ------
    InputError
        If the file is missing or no table, or a column is unknown.
    """
    frame = read_csv_frame(path, "a CSV table")
    unknown = [name for name in group if name not in frame.columns]
    if unknown:
        raise InputError(f"{path}: there is no column {unknown[0]}; expected one of {in_short(', '.join(frame.columns))}")
    return page(title, [*_summary(frame), *_parts(frame, list(group))])


def _summary(frame: pd.DataFrame) -> Iterable[str]:
    if VERDICT in frame.columns:
        counts = frame[VERDICT].fillna("none").value_counts()
        yield paragraph("Verdicts: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) + ".")


def _parts(frame: pd.DataFrame, group: list[str]) -> Iterable[str]:
    if not group:
        yield _draw(frame)
        return
    for key, part in frame.groupby(group, sort=False, dropna=False):
        title = ", ".join(f"{name} {value}" for name, value in zip(group, key, strict=True))
        yield section(title, [*_summary(part), _draw(part.drop(columns=group))])


def _draw(frame: pd.DataFrame) -> str:
    numbers = {str(name): "number" for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])}
    columns = [
        [_number(value) for value in frame[name]] if name in numbers else [_text(str(name), value) for value in frame[name]]
        for name in frame.columns
    ]
    return table([str(name) for name in frame.columns], zip(*columns, strict=True), numbers)


def _number(value: float) -> str:
    return "" if pd.isna(value) else number(value, 4)


def _text(column: str, value: object) -> str:
    text = "" if pd.isna(value) else escape(str(value))  # type: ignore[call-overload]
    return f'<span class="{text}">{text}</span>' if column == VERDICT and text in {"inside", "outside"} else text
