"""CSV files to tables; everything that is wrong is said at once, by file, row and column."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from contracts.tables import DATA, NO_TABLE, shown_folder
from model.configuration.fields import nearest
from model.tables.axes import Frame
from model.tables.checks import derived_findings, row_findings
from model.tables.columns import described
from model.tables.derived import with_derived
from model.tables.tables import LAYOUTS, Key, Layout, Tables
from procortex.utilities.errors import InputError
from procortex.utilities.texts import SHOWN, UnreadableError, content_of, csv_rows, first_ones, number_hint, quoted

NAMED_AT_MOST = 5


def read_tables(folder: Path | None = None, *, ignore_derived: bool = False) -> Tables:
    """Read and check the five tables of a folder.

    Parameters
    ----------
    folder
        Folder with the files; the repository's ``data/`` if None.
    ignore_derived
        Compute the derived columns whatever stands in them.

    Raises
    ------
    InputError
        With one line for each thing that is wrong: file, row, column, what would be right.
    """
    folder = DATA if folder is None else folder
    shown = shown_folder(folder)
    findings: list[str] = []
    frames: dict[str, Frame] = {}
    for layout in LAYOUTS:
        own: list[str] = []
        frame = _read_table(folder / layout.file, layout, own)
        if frame is not None:
            own += row_findings(layout, frame)
            frames[layout.name] = frame
        findings += [f"{shown}/{layout.file}: {finding}" for finding in first_ones(own)]
    if findings:
        raise InputError("\n".join(findings))
    given = Tables(**frames)
    tables = with_derived(given)
    if not ignore_derived:
        findings = [f"{shown}/{file}: {finding}" for file, finding in derived_findings(given, tables, shown)]
    if findings:
        raise InputError("\n".join(findings))
    return tables


def _read_table(path: Path, layout: Layout, findings: list[str]) -> Frame | None:
    """Read one table; None if something is wrong, which is added to the findings."""
    try:
        content = csv_rows(content_of(path), layout.columns)
    except FileNotFoundError:
        findings.append(NO_TABLE)
        return None
    except UnreadableError as error:
        findings.append(str(error))
        return None
    if not content:
        findings.append(f"is empty, expected the columns {', '.join(layout.columns)}")
        return None
    (_, header), *rows = content
    if wrong := _header_findings(header, layout):
        findings += wrong
        return None
    records: list[tuple[Key, dict[str, Any]]] = []
    valid = True
    for line, cells in rows:
        if len(cells) != len(header):
            findings.append(f"line {line}: has {len(cells)} cells, expected {len(header)} as in the first line")
            valid = False
            continue
        given = dict(zip(header, cells, strict=True))
        try:
            record = layout.row.model_validate({name: value or None for name, value in given.items()}).model_dump()
        except ValidationError as error:
            findings += _explain(error, layout, given, line)
            valid = False
        else:
            records.append((tuple(record[key] for key in layout.keys), record))
    if valid:  # a row that is wrong would also be missing
        findings += (wrong := _key_findings([key for key, _ in records], layout))
        valid = not wrong
    return layout.frame(record for _, record in records) if valid else None


def _header_findings(header: list[str], layout: Layout) -> list[str]:
    missing = [name for name in layout.columns if name not in header]
    findings = []
    for name, count in Counter(header).items():
        if name not in layout.columns:
            near = nearest(name, missing)
            hint = f"did you mean {near}?" if near else f"expected {', '.join(layout.columns)}"
            findings.append(f"column {quoted(name)}: unknown, {hint}" if name else f"column {header.index(name) + 1} has no name: {hint}")
        elif count > 1:
            findings.append(f"column {name}: stands {count} times, expected once")
    return findings + [f"column {name}: missing; {layout.row.model_fields[name].description}" for name in missing]


def _explain(error: ValidationError, layout: Layout, given: dict[str, str], line: int) -> list[str]:
    """Turn pydantic's errors into lines: row, column, what is wrong, what would be right."""
    wrong = [str(details["loc"][0]) for details in error.errors(include_url=False)]
    known = not any(key in wrong for key in layout.keys)
    row = f"row {layout.label(given[key] for key in layout.keys)}" if known else f"line {line}"
    findings = []
    for name in wrong:
        info, value = layout.row.model_fields[name], given[name]
        near = nearest(value, described(info, "choices"))
        hint = f"; did you mean {near}?" if near else number_hint(value)
        findings.append(f"{row}: {name} is {_in_words(value)}, expected {described(info, 'expected')}{hint}")
    return findings


def _in_words(value: str) -> str:
    try:
        float(value)
    except ValueError:
        return quoted(value) if value else "empty"
    return value[:SHOWN]


def _key_findings(found: list[Key], layout: Layout) -> list[str]:
    """Say which rows are missing, stand twice, or should not be there."""
    count = Counter(found)
    findings = [f"row {layout.label(key)}: stands {number} times, expected once" for key, number in count.items() if number > 1]
    # of the tables' keys only pairs of areas can have valid parts and be none of the rows
    findings += [
        f"row {layout.label(key)}: target and source are the same area, expected different ones"
        for key in count
        if key not in set(layout.expected)
    ]
    missing = [layout.label(key) for key in layout.expected if key not in count]
    if missing:
        more = f" and {len(missing) - NAMED_AT_MOST} others" if len(missing) > NAMED_AT_MOST else ""
        findings.append(f"rows are missing: {', '.join(missing[:NAMED_AT_MOST])}{more}; expected {len(layout.expected)} rows")
    return findings
