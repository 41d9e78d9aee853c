"""Figures of the theory: the panels and names that they should have, what they do with unusual files, and which they refuse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from analysis.figures.catalogue import of_category
from contracts.anatomy import write_anatomy
from contracts.stabilisation import write_stabilisation
from contracts.theory import write_theory
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError
from tests.helpers.anatomy import random_anatomy
from tests.helpers.figures import assert_written_twice_the_same, drawn, letters, panels, titles
from tests.helpers.theory import made_up_scans, made_up_stabilisation, made_up_theory


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What each figure draws."""
    folder = tmp_path_factory.mktemp("theory")
    paths = {
        "theory": folder / "theory.nc",
        "stabilisation": folder / "stabilisation.nc",
        "indegree-changes": folder / "anatomy.nc",
        "over-chi": folder / "indegrees",
    }
    write_theory(made_up_theory(), paths["theory"])
    write_stabilisation(made_up_stabilisation(), paths["stabilisation"])
    write_anatomy(random_anatomy(), paths["indegree-changes"])
    made_up_scans(paths["over-chi"])
    return paths


def legend_texts(figure: Figure) -> list[str]:
    return [text.get_text() for legend in figure.findobj(Legend) for text in legend.get_texts()]  # type: ignore[attr-defined]


EXPECTED: dict[str, tuple[int, str, dict[str, int]]] = {
    "theory": (5, "ABCDE", {"Real part": 1, "Pseudo-time": 2}),
    "stabilisation": (2 + 4 * 3 + 3, "ABCDEFG", {"Drive κ": 2, "Pseudo-time": 3, "Real part": 3, "Mode": 3}),
    "indegree-changes": (5, "ABCDE", {"Source": 1, "Relative change of synapses": 1, "SLN of the connection": 1}),
    "over-chi": (4, "ABCD", {"Strength between areas χ (χ$_\\mathrm{I}$ = 2, 1 at χ = 1)": 3, "Drive κ": 1}),
}
"""Number of panels, their letters, and how often an x-axis has which label."""


@pytest.mark.parametrize("name", of_category("Theory"))
def test_panels_are_named(files: dict[str, Path], name: str) -> None:
    figure = drawn(name, files[name])
    count, expected_letters, expected_labels = EXPECTED[name]
    labels = [axes.get_xlabel() for axes in panels(figure)]
    assert len(labels) == count
    assert letters(figure) == expected_letters
    assert {label: labels.count(label) for label in expected_labels} == expected_labels


@pytest.mark.parametrize("name", of_category("Theory"))
def test_files_are_written_twice_the_same(files: dict[str, Path], name: str, tmp_path: Path) -> None:
    assert_written_twice_the_same(name, [files[name]], tmp_path)


@pytest.mark.parametrize("name", of_category("Theory"))
def test_several_inputs_are_refused(files: dict[str, Path], name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: 2 inputs; it draws one "):
        drawn(name, files[name], files[name])


@pytest.mark.parametrize(("name", "wrong"), [("theory", "stabilisation"), ("stabilisation", "theory"), ("indegree-changes", "theory")])
def test_another_file_is_refused(files: dict[str, Path], name: str, wrong: str) -> None:
    with pytest.raises(InputError, match=f"{files[wrong].name}: variable .* is missing"):
        drawn(name, files[wrong])


@pytest.mark.parametrize(("areas", "place"), [(AREAS, 0), (("V1", "TH"), 0), (("V1",), 0)], ids=["all areas", "two areas", "one area"])
def test_theory_shows_the_areas_of_its_network(tmp_path: Path, areas: tuple[str, ...], place: int) -> None:
    write_theory(made_up_theory(areas), tmp_path / "theory.nc")
    matrix = panels(drawn("theory", tmp_path / "theory.nc"))[place]
    assert sorted(label.get_text() for label in matrix.get_xticklabels()) == sorted(areas)
    shown = matrix.images[0].get_array()
    assert shown is not None
    assert shown.shape == (8, len(areas))
    assert np.ma.count_masked(shown) == 2 * ("TH" in areas)  # no layer 4


def test_theory_without_low_activity_says_so(tmp_path: Path) -> None:
    write_theory(made_up_theory(found=0), tmp_path / "theory.nc")
    assert titles(drawn("theory", tmp_path / "theory.nc"))[0].startswith("No state of low activity; ")


def test_theory_colours_starts_by_where_they_end(tmp_path: Path) -> None:
    write_theory(made_up_theory(starts=6), tmp_path / "theory.nc")
    mean = panels(drawn("theory", tmp_path / "theory.nc"))[3]
    assert mean.get_title("left") == "6 starts, 4 at rest, 2 states"
    assert len({to_hex(str(line.get_color())) for line in mean.lines}) == 3


def test_the_critical_eigenvector_points_up(tmp_path: Path) -> None:
    theory = made_up_theory()
    theory["critical_right"] = -np.abs(theory["critical_right"])
    write_theory(theory, tmp_path / "theory.nc")
    points = [line for line in panels(drawn("theory", tmp_path / "theory.nc"))[1].lines if line.get_marker() == "o"]
    assert all(np.nanmin(line.get_ydata()) >= 0 for line in points)


def test_stabilisation_marks_every_transition_with_its_kind(files: dict[str, Path]) -> None:
    figure = drawn("stabilisation", files["stabilisation"])
    first = panels(figure)[0]
    marks = [(line.get_marker(), float(line.get_xdata()[0])) for line in first.lines if len(line.get_xdata()) == 1]  # type: ignore[arg-type,index]
    assert marks == [("o", 1.05), ("o", 1.1), ("D", pytest.approx(1.15))]
    assert {"anatomy", "after change 3", "transition, separatrix", "transition, fold"} <= set(legend_texts(figure))
    assert "3: fold\nκ = 1.1500" in titles(figure)


def test_a_stable_network_has_nothing_but_its_scan(tmp_path: Path) -> None:
    write_stabilisation(made_up_stabilisation(()), tmp_path / "stabilisation.nc")
    assert titles(drawn("stabilisation", tmp_path / "stabilisation.nc")) == ["All populations", "Populations 5E and 6E"]


@pytest.mark.parametrize(
    ("configuration", "title"),
    [
        ('{"connectivity": {"stabilisation": "computed"}}', "Our stabilisation: "),
        ('{"connectivity": {"stabilisation": "published"}}', "Published stabilisation: "),
        ("{}", "Stabilisation: "),
    ],
)
def test_the_title_says_which_stabilisation_it_is(tmp_path: Path, configuration: str, title: str) -> None:
    write_anatomy(random_anatomy().assign_attrs(configuration=configuration), tmp_path / "anatomy.nc")
    assert titles(drawn("indegree-changes", tmp_path / "anatomy.nc"))[0].startswith(title)


def test_unchanged_indegrees_are_refused(tmp_path: Path) -> None:
    anatomy = random_anatomy()
    write_anatomy(anatomy.assign(indegree=anatomy["indegree_anatomical"]), tmp_path / "anatomy.nc")
    with pytest.raises(InputError, match=r"the in-degrees are those of the anatomy; expected connectivity\.stabilisation"):
        drawn("indegree-changes", tmp_path / "anatomy.nc")


def test_the_most_changed_pair_is_shown_by_population(tmp_path: Path) -> None:
    anatomy = random_anatomy()
    changed = anatomy["indegree_anatomical"].copy()
    changed.loc[{"target": "46-5E", "source": "FEF-23E"}] += 1e4
    write_anatomy(anatomy.assign(indegree=changed), tmp_path / "anatomy.nc")
    pair = panels(drawn("indegree-changes", tmp_path / "anatomy.nc"))[3]
    assert pair.get_title("left") == "Largest change: FEF to 46"
    assert "+10000" in [text.get_text() for text in pair.texts]


@pytest.mark.parametrize(("names", "expected"), [(("none", "computed"), 2), (("none", "computed", "published"), 3)])
def test_scans_show_the_networks_that_there_are(tmp_path: Path, names: tuple[str, ...], expected: int) -> None:
    figure = drawn("over-chi", made_up_scans(tmp_path / "indegrees", names))
    assert len(panels(figure)[3].lines) == expected
    assert ("published stabilisation" in legend_texts(figure)) == (expected == 3)


def test_rates_that_do_not_rest_are_open(files: dict[str, Path]) -> None:
    first = panels(drawn("over-chi", files["over-chi"]))[0]
    opened = [x for line in first.lines if line.get_markerfacecolor() == "white" for x in np.asarray(line.get_xdata()).tolist()]
    assert sorted(set(opened)) == [2.0, 2.5]


@pytest.mark.parametrize(
    ("file", "change", "finding"),
    [
        ("over_chi.csv", None, "no such table; make it with `python -m model compare-indegrees"),
        ("over_kappa.csv", None, "no such table"),
        ("over_chi.csv", ("critical_eigenvalue", "eigenvalue"), "the columns critical_eigenvalue are missing"),
        ("over_chi.csv", ("published", "guessed"), "in-degrees guessed; expected none, computed, published"),
        ("over_kappa.csv", ("published", "guessed"), "in-degrees guessed; expected none, computed, published"),
        ("over_chi.csv", (",4.0,40.0,", ",much,40.0,"), "mean_rate is not a number everywhere"),
        ("over_chi.csv", (",True,True,", ",maybe,True,"), "settled is not True or False everywhere"),
        ("over_chi.csv", (",True,True,4.0,", ",True,True,,"), "low_mean_rate lacks a number where low_activity is True"),
    ],
)
def test_wrong_tables_are_named(tmp_path: Path, file: str, change: tuple[str, str] | None, finding: str) -> None:
    folder = made_up_scans(tmp_path / "indegrees")
    path = folder / file
    if change is None:
        path.unlink()
    else:
        assert change[0] in path.read_text()
        path.write_text(path.read_text().replace(*change))
    with pytest.raises(InputError) as error:
        drawn("over-chi", folder)
    assert finding in str(error.value)
    assert str(path) in str(error.value)


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    folder = made_up_scans(tmp_path / "indegrees")
    (folder / "over_kappa.csv").write_text("kappa,none\n")
    with pytest.raises(InputError, match=r"over_kappa\.csv: holds no rows"):
        drawn("over-chi", folder)


def test_changes_are_counted_in_synapses() -> None:
    from analysis.theory.changes import population_changes

    anatomy = random_anatomy()
    halved = anatomy.assign(indegree=anatomy["indegree_anatomical"].where(anatomy["source"] != "V1-5E", anatomy["indegree_anatomical"] / 2))
    changes = population_changes(halved, "source")
    synapses = (anatomy["indegree_anatomical"] * anatomy["neurons"]).transpose("target", "source").to_pandas()
    inside = [label for label in synapses.index if label.startswith("V1-")]
    senders = [label for label in synapses.columns if label.endswith("-5E")]
    total = sum(
        synapses.loc[[label for label in synapses.index if label.split("-")[0] == sender.split("-")[0]], sender].sum() for sender in senders
    )
    assert changes.loc["5E", "within"] == pytest.approx(-0.5 * synapses.loc[inside, "V1-5E"].sum() / total)
    assert changes.loc["5E", "between"] < 0
    assert changes.loc["23E"].tolist() == [0.0, 0.0]
    assert changes["between"].isna().tolist() == [False, True, True, True, False, True, False, True]  # what sends nothing to other areas


def test_shares_of_an_eigenvector_sum_to_one() -> None:
    from analysis.theory.modes import area_shares

    vector = made_up_theory()["critical_right"]
    shares = area_shares(3 * vector)
    assert shares.to_numpy().sum() == pytest.approx(1.0)
    assert shares.loc["V2", "5E"] == pytest.approx(float(vector.sel(target="V2-5E")) ** 2)
    assert shares.loc["TH", "4E"] == 0.0


def test_relative_changes_need_something_to_begin_with() -> None:
    from analysis.theory.changes import relative

    before, after = (xr.DataArray(values, dims="pair") for values in ([2.0, 0.0, 4.0], [1.0, 3.0, 0.0]))
    np.testing.assert_array_equal(relative(before, after).to_numpy(), [-0.5, np.nan, -1.0])
