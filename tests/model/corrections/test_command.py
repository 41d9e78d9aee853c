"""``python -m model corrections``: a table of what corrections change."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from model.__main__ import main


@pytest.mark.slow
@pytest.mark.golden
def test_a_row_for_each_correction(raw_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "corrections.csv"
    options = ["--set", "stabilisation=none", "cc_weights_factor=0", f"connectivity.raw_dir={raw_dir}"]
    names = ["series_sign", "m121_label", "absent_layer_thickness", "m121_label+series_sign"]
    assert main(["corrections", *options, "--corrections", *names, "--out", str(out)]) == 0
    table = pd.read_csv(out, index_col="correction", keep_default_na=False)
    assert list(table.index) == ["none", *names]
    assert out.with_suffix(".md").read_text().count("\n") == 2 + len(table)
    changes = [name for name in table if name.endswith("_change")]
    assert (table.loc["none", changes] == 0).all()
    assert table.loc["none", "neurons"] == pytest.approx(4130056.7202180717, rel=1e-9)
    assert table.loc["none", "synapses"] == pytest.approx(27690096281.064323, rel=1e-8)
    assert table.loc["none", "external_synapses"] == pytest.approx(13860989340.948, rel=1e-8)
    assert table.loc["absent_layer_thickness", "neurons"] == pytest.approx(4.13488e6, rel=2e-6)
    assert (table["network_change"] == table["indegree_change"]).all()  # nothing was stabilised
    assert (table["network_synapses"] == table["synapses"]).all()
    assert (table["indegree_change"] > 0).tolist() == [False, True, True, True, True]
    assert (table["external_change"] > 0).tolist() == [False, True, False, True, True]
    alone = table.loc[["series_sign", "m121_label"], "indegree_change"]  # one is about areas themselves, the other between them
    assert table.loc["m121_label+series_sign", "indegree_change"] == pytest.approx(alone.sum(), rel=1e-6)
    # without connections between areas their laminar origin has no effect on rates, the other two have one
    assert table.loc["m121_label", "rate_change"] == pytest.approx(0, abs=1e-9)
    assert (table.loc[["series_sign", "absent_layer_thickness"], "rate_change"] > 1e-6).all()


@pytest.mark.golden
def test_a_network_that_cannot_be_stabilised_leaves_its_cells_empty(
    raw_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from procortex.utilities.errors import InputError

    def fail(*_: object) -> None:
        raise InputError("stabilisation: the mean rate is 80 spikes/s")

    out = tmp_path / "corrections.csv"
    monkeypatch.setattr("model.network.build.computed_indegrees", fail)
    assert main(["corrections", "--set", f"connectivity.raw_dir={raw_dir}", "--corrections", "series_sign", "--out", str(out)]) == 0
    table = pd.read_csv(out, index_col="correction", keep_default_na=False, na_values="")
    assert table.loc["series_sign", "indegree_change"] > 0
    assert table[["network_synapses", "network_change", "mean_rate", "rate_change"]].isna().all(axis=None)
    assert "series_sign: stabilisation: the mean rate is 80 spikes/s" in capsys.readouterr().err


def test_an_unknown_name_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corrections", "--corrections", "series_sgn+m121_label", "--out", str(tmp_path / "c.csv")]) == 2
    assert "unknown correction 'series_sgn', did you mean 'series_sign'?" in capsys.readouterr().err


def test_published_in_degrees_cannot_show_a_correction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corrections", "--set", "stabilisation=published", "--out", str(tmp_path / "c.csv")]) == 2
    assert capsys.readouterr().err == (
        "error: connectivity.stabilisation: is published, which replaces the corrected in-degrees; expected computed or none\n"
    )


@pytest.mark.golden
def test_corrected_tables_can_be_curated(raw_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from model.configuration import resolve_parameters
    from model.network.build import tables_of
    from model.tables import read_tables, tables_digest

    assert main(["curate", "--raw-dir", str(raw_dir), "--corrections", "m121_label", "--out", str(tmp_path / "tables")]) == 0
    parameters = resolve_parameters({"source": "raw", "corrections": "m121_label", "connectivity.raw_dir": str(raw_dir)})
    assert tables_digest(read_tables(tmp_path / "tables")) == tables_digest(tables_of(parameters)) != tables_digest(read_tables())
    assert main(["curate", "--tables", str(tmp_path / "tables"), "--corrections", "m121_label", "--out", str(tmp_path)]) == 2
    assert "--corrections m121_label: needs the raw sources; give --raw-dir instead of --tables" in capsys.readouterr().err


def test_a_name_that_would_be_written_over_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corrections", "--set", "stabilisation=none", "--out", str(tmp_path / "corrections.md")]) == 2
    assert "expected a name that ends in .csv" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
