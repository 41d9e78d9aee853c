"""Bad tables: each error names file, row and column, and says what would be right."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.tables import table_files
from model.tables import read_tables, tables_digest
from procortex.utilities.errors import InputError
from tests.model.tables.conftest import Edit


def findings(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_tables(folder)
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


CELLS = [
    ("connections", "V1,V2", {"fln_measured": -0.1}, "row V1 <- V2: fln_measured is -0.1, expected a number from 0 to 1 or nothing"),
    ("connections", "V1,V2", {"fln_measured": "nan"}, "row V1 <- V2: fln_measured is nan, expected a number from 0 to 1 or nothing"),
    ("connections", "V1,V2", {"fln_measured": "O.1"}, "row V1 <- V2: fln_measured is 'O.1', expected a number from 0 to 1 or nothing"),
    ("connections", "V1,V2", {"fln_predicted": ""}, "row V1 <- V2: fln_predicted is empty, expected a number from 0 to 1"),
    ("connections", "46,7a", {"sln_measured": 2}, "row 46 <- 7a: sln_measured is 2, expected a number from 0 to 1 or nothing"),
    (
        "connections",
        "46,7a",
        {"evidence": "cocomak"},
        "row 46 <- 7a: evidence is 'cocomak', expected cocomac, tracing or none; did you mean cocomac?",
    ),
    (
        "connections",
        "V1,V2",
        {"source_pattern": "0XX03"},
        "row V1 <- V2: source_pattern is '0XX03', expected six characters for layers 1 to 6, each one of X ? 0 1 2 3 or nothing",
    ),
    (
        "connections",
        "V1,V2",
        {"target_pattern": "0XX034"},
        "row V1 <- V2: target_pattern is '0XX034', expected six characters for layers 1 to 6, each one of X ? 0 1 2 3 or nothing",
    ),
    ("connections", "V1,V2", {"distance_mm": 0}, "row V1 <- V2: distance_mm is 0, expected a positive number"),
    (
        "connections",
        "V2,V1",
        {"distance_mm": 5.5},
        "row V1 <- V2: distance_mm is 17.8644694083, but 5.5 in row V2 <- V1; expected the same",
    ),
    ("connections", "V1,V2", {"source": "V1"}, "row V1 <- V1: target and source are the same area, expected different ones"),
    ("connections", "V1,V2", {"source": "V3"}, "row V1 <- V3: stands 2 times, expected once"),
    ("areas", "V2", {"area": "V2a"}, "line 3: area is 'V2a', expected one of V1 V2"),
    ("areas", "V2", {"area": "V1"}, "row V1: stands 2 times, expected once"),
    ("areas", "V2", {"area": "V1"}, "rows are missing: V2; expected 32 rows"),
    ("areas", "V2", {"architectural_type": 9}, "row V2: architectural_type is 9, expected a whole number from 1 to 8"),
    ("areas", "V2", {"architectural_type": 6.5}, "row V2: architectural_type is 6.5, expected a whole number from 1 to 8"),
    ("areas", "V2", {"surface_mm2": "-3"}, "row V2: surface_mm2 is -3, expected a positive number"),
    ("areas", "V2", {"density_source": "nisl"}, "row V2: density_source is 'nisl', expected nissl, neun or type_mean; did you mean nissl?"),
    ("areas", "V2", {"thickness_source": ""}, "row V2: thickness_source is empty, expected measured or regression"),
    ("areas", "V2", {"density_5": 0}, "row V2: density_5 is 0.0, expected a positive number: the area has this layer"),
    ("areas", "TH", {"density_4": 5}, "row TH: density_4 is 5.0, expected 0: the area has no layer 4"),
    ("areas", "V2", {"thickness_mm": 3}, "row V2: thickness_mm is 3.0, expected the sum over the layers, 1.46"),
    ("areas", "V2", {"external_fln": "inf"}, "row V2: external_fln is inf, expected a number of at least 0"),
    ("microcircuit", "23E", {"probability_4I": 1}, "row 23E: probability_4I is 1, expected a number from 0 up to, but not including, 1"),
    ("microcircuit", "23E", {"population": "3E"}, "line 2: population is '3E', expected 23E, 23I, 4E, 4I, 5E, 5I, 6E or 6I; did you mean"),
    ("synapse_to_cell_body", "4", {"4E": 0.5}, "row 4: the probabilities sum to 0.774"),
    ("constants", "fln_slope", {"name": "fln_slop"}, "line 5: name is 'fln_slop', expected fln_intrinsic"),
    ("constants", "fln_intrinsic", {"value": 1.2}, "row fln_intrinsic: value is 1.2, expected a number from 0 to 1"),
    ("constants", "fln_subcortical", {"value": 0.3}, "rows fln_intrinsic, fln_subcortical: the values sum to more than 1"),
]


@pytest.mark.parametrize(("name", "row", "cells", "finding"), CELLS)
def test_a_bad_cell_is_named(folder: Path, edit: Edit, name: str, row: str, cells: dict[str, object], finding: str) -> None:
    edit(name, row, **cells)
    assert any(line.startswith(f"{name}.csv: {finding}") for line in findings(folder)), findings(folder)


def drop(name: str) -> Callable[[str], str]:
    """Remove a column."""

    def change(text: str) -> str:
        rows = [line.split(",") for line in text.splitlines()]
        place = rows[0].index(name)
        return "\n".join(",".join(row[:place] + row[place + 1 :]) for row in rows)

    return change


TEXTS: list[tuple[str, Callable[[str], str], list[str]]] = [
    ("areas", lambda text: text.replace("hierarchy", "hierarchi"), ["column 'hierarchi': unknown, did you mean hierarchy?"]),
    ("areas", lambda text: text.replace("hierarchy", "zzzz"), ["column 'zzzz': unknown, expected area, architectural_type"]),
    ("areas", lambda text: text.replace("hierarchy", "surface_mm2"), ["column surface_mm2: stands 2 times, expected once"]),
    ("connections", drop("distance_mm"), ["column distance_mm: missing; Median distance between the voxels of the two areas."]),
    ("areas", lambda text: text.replace("V2,7,", "V2,7,,"), ["line 3: has 27 cells, expected 26 as in the first line"]),
    ("areas", lambda _: "", ["is empty, expected the columns area"]),
    ("areas", lambda text: text.replace("V2,7", 'V2,"7'), ["line 3: not readable as CSV (unexpected end of data)"]),
    ("areas", lambda text: text.replace("hierarchy", ""), ["column 3 has no name: expected area, architectural_type"]),
    ("areas", lambda text: re.sub("$", ",", text, flags=re.MULTILINE), ["column 27 has no name: expected area"]),
    ("areas", lambda text: re.sub("V2,7,[^,]*,", 'V2,7,"0,5",', text), ["row V2: hierarchy is '0,5', expected"]),
    (
        "areas",
        lambda text: text.replace("\nV2,", "\nV2" * 300 + ","),
        ["line 3: has 1 cells, expected 26", "and 279 more lines of this kind"],
    ),
    (
        "areas",
        lambda text: "\n".join(text.splitlines()[:20]),
        ["rows are missing: MSTl, CITv, CITd, FEF, TF and 8 others; expected 32 rows"],
    ),
    ("connections", lambda text: "\n".join(text.splitlines()[:992]), ["rows are missing: TH <- AITd; expected 992 rows"]),
]


@pytest.mark.parametrize(("name", "change", "expected"), TEXTS)
def test_a_bad_layout_is_explained(folder: Path, name: str, change: Callable[[str], str], expected: list[str]) -> None:
    path = folder / f"{name}.csv"
    path.write_text(change(path.read_text()))
    found = findings(folder)
    for finding in expected:
        assert any(line.startswith(f"{name}.csv: {finding}") for line in found), found


def test_other_encodings_are_refused(folder: Path) -> None:
    path = folder / "constants.csv"
    path.write_bytes(path.read_text().replace("Markov", "Märkov").encode("latin-1"))
    place = path.read_bytes().split(b"M\xe4rkov")[0].count(b"\n") + 1
    assert findings(folder) == [f"constants.csv: line {place}: byte 0xe4 is not UTF-8 (Latin-1 or Windows-1252?); save the file as UTF-8"]


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators_are_named_once_for_each_table(folder: Path, sign: str, name: str) -> None:
    for path in folder.glob("*.csv"):
        with path.open(newline="") as file:
            rows = list(csv.reader(file))
        with path.open("w", newline="") as file:
            csv.writer(file, delimiter=sign).writerows(rows)
    found = findings(folder)
    assert len(found) == len(table_files(folder))
    assert all(f": line 1: cells are separated by {name}; expected commas between cells, and points in numbers" in line for line in found)


@pytest.mark.parametrize(("before", "line_end"), [(b"\xef\xbb\xbf", b"\r\n"), (b"", b"\r"), (b"\n\n", b"\n")])
def test_what_editors_do_to_a_table_is_no_matter(folder: Path, before: bytes, line_end: bytes) -> None:
    digest = tables_digest(read_tables(folder))
    for path in table_files(folder):
        path.write_bytes(before + path.read_bytes().replace(b"\n", line_end))
    assert tables_digest(read_tables(folder)) == digest


def test_a_missing_table_and_a_missing_folder_are_named(folder: Path) -> None:
    (folder / "microcircuit.csv").unlink()
    assert findings(folder) == ["microcircuit.csv: no such table"]
    with pytest.raises(InputError, match=r"nowhere: no such folder; expected one with areas.csv, connections.csv"):
        read_tables(folder / "nowhere")


def test_everything_is_said_at_once(folder: Path, edit: Edit) -> None:
    edit("areas", "46", hierarchy=2, density_source="x")
    edit("areas", "7a", surface_mm2="")
    edit("connections", "V1,V2", fln_measured=-1)
    edit("constants", "fln_slope", value="steep")
    assert [line.partition(", expected")[0] for line in findings(folder)] == [
        "areas.csv: row 7a: surface_mm2 is empty",
        "areas.csv: row 46: hierarchy is 2",
        "areas.csv: row 46: density_source is 'x'",
        "connections.csv: row V1 <- V2: fln_measured is -1",
        "constants.csv: row fln_slope: value is 'steep'",
    ]


def test_a_contradicting_derived_cell_is_refused(folder: Path, edit: Edit) -> None:
    edit("areas", "46", neurons_23E=5)
    remedy = f"leave it empty, or run `python -m model curate --tables {folder} --out {folder}`"
    (finding,) = findings(folder)
    assert finding.startswith("areas.csv: row 46: neurons_23E is 5.0, but the other columns give 6032896.4")
    assert finding.endswith(f"; {remedy}")


def test_one_edit_makes_one_line_for_each_derived_column(folder: Path, edit: Edit) -> None:
    edit("connections", "MT,V1", fln_measured=0.5)
    edit("areas", "V2", thickness_5=0.1, thickness_mm=1.46 - 0.2486617118914605 + 0.1)
    places = [line.partition(" is ")[0] for line in findings(folder)]
    assert places == [
        "areas.csv: row V2: neurons_5E",
        "areas.csv: row V2: neurons_5I",
        "connections.csv: rows MT <- V1, MT <- V2, MT <- VP and 18 others: fln_normalised",
    ]
