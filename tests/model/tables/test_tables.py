"""The repository's tables: what they hold, where they come from, and what an edit does."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from contracts.tables import DATA, NAMES, STABILISED, table_files
from model.__main__ import main
from model.anatomy import build_anatomy
from model.configuration import resolve_parameters
from model.curation import curate
from model.network.build import build_network
from model.tables import Tables, read_tables, write_tables
from model.tables.document import COMMAND, manual
from model.tables.tables import LAYOUTS
from procortex.formats.populations import AREAS, label_areas
from sources.checksums import SourceFolder
from tests.model.tables.conftest import Edit


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_tables()


def assert_equal(found: Tables, expected: Tables) -> None:
    for name in NAMES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name), check_exact=True)


def test_names_of_files_and_of_tables_agree() -> None:
    assert tuple(layout.name for layout in LAYOUTS) == tuple(Tables.__dataclass_fields__) == NAMES
    assert {path.name for path in DATA.glob("*.csv")} == {path.name for path in table_files()} | {STABILISED}


def test_the_manual_is_in_sync() -> None:
    difference = "\n".join(difflib.unified_diff((DATA / "README.md").read_text().splitlines(), manual().splitlines(), lineterm=""))
    assert not difference, f"data/README.md is out of sync with model/tables; run `{COMMAND}`\n{difference}"


def test_every_column_is_described() -> None:
    for layout in LAYOUTS:
        for name, info in layout.row.model_fields.items():
            assert info.description, name
            assert f"| `{name}`" in manual()


def test_written_tables_read_back_to_the_same_bits(tables: Tables, tmp_path: Path) -> None:
    write_tables(tables, tmp_path)
    assert_equal(read_tables(tmp_path), tables)
    for path in table_files():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_a_full_disk_leaves_all_tables_as_they_were(
    tables: Tables, tmp_path: Path, full_disk: Callable[[int], AbstractContextManager[None]]
) -> None:
    (tmp_path / LAYOUTS[0].file).write_text("older")
    with full_disk(20_000), pytest.raises(OSError, match="File too large"):  # the second table has more
        write_tables(tables, tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["older"]


def test_areas_and_patterns_stay_texts(tables: Tables) -> None:
    assert list(tables.areas.index) == list(AREAS)
    assert tables.connections["source_pattern"]["46", "7a"] == tables.matrix("source_pattern").loc["46", "7a"]
    assert any(pattern.isdigit() and pattern.startswith("0") for pattern in tables.connections["source_pattern"])
    assert tables.matrix("evidence").loc["46", "46"] == ""
    assert np.isnan(tables.matrix("fln_predicted").loc["46", "46"])


def test_any_order_of_rows_and_columns_will_do(folder: Path, tables: Tables) -> None:
    for path in table_files(folder):
        with path.open(newline="") as lines:
            header, *rows = csv.reader(lines)
        with path.open("w", newline="", encoding="utf-8-sig") as out:  # and what spreadsheets make of a file
            csv.writer(out, lineterminator="\r\n").writerows([row[::-1] for row in [header, *rows[::-1]]] + [[""] * len(header)])
    assert_equal(read_tables(folder), tables)


def test_empty_derived_cells_are_computed(folder: Path, edit: Edit, tables: Tables) -> None:
    edit("areas", "46", neurons_23E="", neurons_6I="")
    edit("connections", "V1,V2", fln_normalised="")
    assert_equal(read_tables(folder), tables)


def curate_again(folder: Path) -> None:
    assert main(["curate", "--tables", str(folder), "--out", str(folder)]) == 0


def test_the_refresh_changes_nothing_but_derived_cells(folder: Path, edit: Edit) -> None:
    curate_again(folder)
    for path in table_files():
        assert (folder / path.name).read_bytes() == path.read_bytes()
    edit("areas", "46", density_5=60000, neurons_23E=5)
    before = (folder / "areas.csv").read_text().splitlines()
    curate_again(folder)
    after = (folder / "areas.csv").read_text().splitlines()
    changed = [i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    assert [after[i].partition(",")[0] for i in changed] == ["46"]
    old, new = (pd.Series(text[changed[0]].split(","), index=text[0].split(",")) for text in (before, after))
    assert list(new.index[old.to_numpy() != new.to_numpy()]) == ["density_5", "neurons_23E", "neurons_5E", "neurons_5I"]


def test_the_refresh_refuses_bad_tables(folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str]) -> None:
    edit("connections", "V1,V2", fln_measured=2)
    before = (folder / "connections.csv").read_bytes()
    assert main(["curate", "--tables", str(folder), "--out", str(folder)]) == 2
    assert "row V1 <- V2: fln_measured is 2" in capsys.readouterr().err
    assert (folder / "connections.csv").read_bytes() == before


@pytest.mark.parametrize("cells", [{"fln_measured": 0}, {"evidence": "none"}], ids=["no neurons", "no evidence"])
def test_a_lesion_removes_one_connection_and_leaves_its_share_to_the_others(
    folder: Path, edit: Edit, tables: Tables, cells: dict[str, object]
) -> None:
    edit("connections", "MT,V2", **cells)
    curate_again(folder)
    whole, lesioned = build_anatomy(tables), build_anatomy(read_tables(folder))
    areas = label_areas([str(label) for label in whole.indegree["target"].to_numpy()])
    before, after = whole.indegree.to_numpy(), lesioned.indegree.to_numpy()
    into, out_of = areas == "MT", areas == "V2"
    assert before[np.ix_(into, out_of)].any()
    assert not after[np.ix_(into, out_of)].any()
    np.testing.assert_array_equal(after[~into], before[~into])
    np.testing.assert_array_equal(after[np.ix_(into, into)], before[np.ix_(into, into)])
    others = before[np.ix_(into, ~into & ~out_of)]
    ratio = after[np.ix_(into, ~into & ~out_of)][others > 0] / others[others > 0]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)
    assert ratio[0] > 1
    shares = [each.connections.labelled.drop("MT") for each in (whole, lesioned)]
    pd.testing.assert_frame_equal(*shares, check_exact=True)


def test_an_area_without_input_from_cortex_has_external_input_only(folder: Path, edit: Edit) -> None:
    for source in AREAS:
        if source != "TH":
            edit("connections", f"TH,{source}", evidence="none")
    edit("areas", "TH", external_fln=0)
    curate_again(folder)
    anatomy = build_anatomy(read_tables(folder))
    assert anatomy.synapses.corticocortical.sel(target_area="TH").sum() == 0
    assert np.isfinite(anatomy.indegree).all()
    assert np.isfinite(anatomy.external_indegree).all()


def test_tables_of_another_folder(folder: Path, edit: Edit) -> None:
    given = {
        "stabilisation": "none",
        "areas_simulated": ["V1"],
        "replace_non_simulated_areas": "hom_poisson_stat",
    }
    edit("areas", "V1", density_5=100000.0)
    curate_again(folder)
    own, other = build_network(resolve_parameters(given)), build_network(resolve_parameters(given | {"tables_dir": str(folder)}))
    ratio = (other["neurons_real"] / own["neurons_real"]).to_series()
    assert ratio["V1-5E"] == pytest.approx(100000 / 152108.54915928794)
    assert (ratio.drop(["V1-5E", "V1-5I"]) == 1).all()
    assert own.attrs["tables_sha256"] != other.attrs["tables_sha256"]


@pytest.mark.golden
def test_the_tables_are_what_the_curation_gives(raw: SourceFolder, tables: Tables) -> None:
    curated = curate(raw).tables
    for name in NAMES:
        pd.testing.assert_frame_equal(getattr(curated, name), getattr(tables, name), rtol=1e-12, atol=0)


@pytest.mark.golden
def test_the_command_writes_them(raw_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["curate", "--raw-dir", str(raw_dir), "--out", str(tmp_path)]) == 0
    assert "32 areas, 571 connections" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in table_files()}
    read_tables(tmp_path)


def test_the_command_explains_bad_options(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["curate", "--tables", str(folder), "--sln-fit", "refit", "--out", str(out)]) == 2
    assert "--sln-fit refit: needs the raw counts" in capsys.readouterr().err
    assert main(["curate", "--raw-dir", str(tmp_path / "nowhere"), "--out", str(out)]) == 2
    assert "nowhere: no such folder" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.golden
def test_raw_sources_and_tables_give_the_same_network(raw_dir: Path) -> None:
    given = {"stabilisation": "none", "cc_weights_factor": 1.9, "cc_weights_I_factor": 2.0}
    by_source = [build_network(resolve_parameters(given | {"source": source, "raw_dir": str(raw_dir)})) for source in ("tables", "raw")]
    tables, raw = by_source
    assert set(tables.variables) == set(raw.variables)
    for name in tables.variables:
        if tables[name].dtype.kind == "f":
            np.testing.assert_allclose(tables[name], raw[name], rtol=1e-12, err_msg=str(name))
        else:
            np.testing.assert_array_equal(tables[name], raw[name], err_msg=str(name))
