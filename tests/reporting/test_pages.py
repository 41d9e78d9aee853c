"""Pages: what they show, and that they need nothing but themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from procortex.utilities.errors import InputError
from reporting.html import number
from reporting.page import provenance_page
from reporting.record import Record
from reporting.tables import table_page


def rows(page: str, section: str) -> list[list[str]]:
    """Text of the cells of the first table under a heading."""
    table = page.partition(f"<h2>{section}</h2>")[2].partition("</table>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table)
    ]


def test_a_row_for_each_simulation(record: Record) -> None:
    header, *found = rows(provenance_page(record), "Simulations")
    column = dict(zip(header, zip(*found, strict=True), strict=True))
    assert column["state"] == ("ground", "ground", "resting")
    assert column["device"] == ("processor", "processor", "GPU &lt;1&gt;")
    assert column["RTF"] == ("20", "20", "10")
    assert column["processors"] == ("1.5", "", "1.5")
    assert column["others"] == ("0.62", "", "0.62")
    assert column["energy (J)"] == ("", "", "12.5")
    assert column["GPU memory (GB)"] == ("", "", "1.5")
    assert column["synapses"] == ("1,234",) * 3


def test_columns_without_content_are_left_out(record: Record) -> None:
    page = provenance_page(replace(record, runs=record.runs[:2]))
    assert not {"energy (J)", "GPU memory (GB)", "compile (s)"} & set(rows(page, "Simulations")[0])
    assert "not counted: no GPU took part" in page
    assert "12.5 J" in provenance_page(record)


def test_parameters_that_differ_stand_first(record: Record) -> None:
    header, *found = rows(provenance_page(record), "Parameters")
    assert header == ["parameter", "ground", "resting"]
    assert found == [["sim_params.t_sim", "100", "200"], ["connection_params.cc_weights_factor", "1", "1.9"]]
    assert "network_params.N_scaling</code></td><td>0.5</td>" in provenance_page(record)


def test_files_and_versions_are_listed(record: Record) -> None:
    page = provenance_page(record)
    assert rows(page, "Tables that went in")[1][1:] == ["9", record.inputs[0].sha256]
    assert len(rows(page, "Files that came out")) == 3
    assert ["compiler (simulator cpu)", "c++"] in rows(page, "Versions")


def test_pages_need_nothing_but_themselves(record: Record, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a\n1\n")
    for page in (provenance_page(record), table_page(tmp_path / "table.csv", "Table")):
        assert not re.search(r"<(script|link|img|iframe)|url\(|https?://", page)


def test_a_table_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "comparison.csv"
    path.write_text("state,population,value,verdict\nground,23E,0.123456,inside\nground,<b>,,outside\nresting,4E,1000,\n")
    page = table_page(path, "Distances & verdicts", ["state"])
    assert "<h1>Distances &amp; verdicts</h1>" in page
    assert "Verdicts: 1 inside, 1 outside, 1 none." in page
    assert rows(page, "state ground") == [["population", "value", "verdict"], ["23E", "0.1235", "inside"], ["&lt;b&gt;", "", "outside"]]
    assert rows(page, "state resting")[1] == ["4E", "1,000", ""]
    assert '<span class="outside">outside</span>' in page


@pytest.mark.parametrize(
    ("content", "group", "finding"),
    [
        (None, [], "no such file"),
        ("", [], "is empty, expected a CSV table"),
        ("a;b\n1;2\n", [], "line 1: cells are separated by semicolons"),
        ("a,b\n1\n", [], "line 2: has 1 cells, expected 2"),
        ("a,a\n1,2\n", [], "column 'a' stands 2 times"),
        ("a,b\n1,\0\n", [], "line 2: holds a NUL byte"),
        ('a,b\n1,"2\n', [], "line 2: not readable as CSV"),
        ("a,b\n1,2\n", ["c"], "there is no column c; expected one of a, b"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: str | None, group: list[str], finding: str) -> None:
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=finding):
        table_page(path, "Table", group)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0, "0"), (1234567, "1,234,567"), (0.00012345, "0.000123"), (2.5e9, "2,500,000,000"), (1.23456e20, "1.23e+20")],
)
def test_numbers(value: float | None, text: str) -> None:
    assert number(value) == text
