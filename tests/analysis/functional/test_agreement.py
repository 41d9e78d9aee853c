"""The table of agreement, the figure, and the commands that write both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.functional.agreement import COLUMNS, agreement, collect
from analysis.functional.communities import adjusted_rand
from analysis.functional.correlation import similarity
from contracts.anatomy import read_anatomy
from procortex.formats.network import write_network
from procortex.formats.series import write_series
from procortex.utilities.errors import InputError
from tests.analysis.functional.made_up import functional_file
from tests.helpers.figures import assert_written_twice_the_same, drawn, letters, panels
from tests.helpers.results import analyse
from tests.networks import small_network

SOME = ("V1", "V2", "TH", "46")


def shown(figure: Figure) -> list[Axes]:
    """Panels whose axes are not switched off."""
    return [axes for axes in panels(figure) if axes.axison]


def titles(figure: Figure) -> list[str]:
    return [axes.get_title("left") for axes in shown(figure)]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {
        "ground": functional_file(tmp_path / "ground.nc", 1, state="ground"),
        "resting": functional_file(tmp_path / "resting.nc", 2),
        "second": functional_file(tmp_path / "second.nc", 3),
        "bold": functional_file(tmp_path / "bold.nc", 4, signal="bold", t_max=100_500.0),
        "experiment": functional_file(tmp_path / "experiment.nc", 5, signal="experiment"),
    }


def test_everything_is_compared_with_experiment_and_structure(anatomy_file: Path, files: dict[str, Path]) -> None:
    collection = collect(anatomy_file, list(files.values()))
    table = agreement(collection)
    assert tuple(table.columns) == COLUMNS
    assert list(table["reference"]) == ["experiment", "structure"] * 4 + ["structure"]
    resting = collection.simulated[1]
    row = table[(table["seed"] == 2) & (table["reference"] == "experiment")].iloc[0]
    assert collection.experiment is not None
    assert row["r"] == pytest.approx(similarity(resting.matrix, collection.experiment.matrix))
    assert row["r_off_diagonal"] == pytest.approx(similarity(resting.matrix, collection.experiment.matrix, diagonal=False))
    assert row["adjusted_rand"] == pytest.approx(adjusted_rand(resting.communities, collection.experiment.communities))
    assert row["adjusted_rand"] == 1  # both have the halves that the series were made with


def test_the_structure_is_the_share_of_all_synapses(anatomy_file: Path, files: dict[str, Path]) -> None:
    anatomy = read_anatomy(anatomy_file)
    matrix = collect(anatomy_file, [files["ground"]]).structure.matrix
    synapses = anatomy["indegree"] * anatomy["neurons"]
    target = [label.startswith("V2-") for label in anatomy["target"].to_numpy()]
    source = [label.startswith("V1-") for label in anatomy["source"].to_numpy()]
    external = (anatomy["external_indegree"] * anatomy["neurons"])[target].sum()
    expected = synapses[target][:, source].sum() / (synapses[target].sum() + external)
    assert matrix[1, 0] == pytest.approx(float(expected))


def test_areas_of_the_experiment_are_those_of_the_simulation(anatomy_file: Path, tmp_path: Path, files: dict[str, Path]) -> None:
    few = functional_file(tmp_path / "few.nc", 6, areas=SOME)
    collection = collect(anatomy_file, [few, files["experiment"]])
    assert collection.areas == SOME
    assert collection.experiment is not None
    assert collection.experiment.matrix.shape == collection.structure.matrix.shape == (4, 4)


def test_files_that_do_not_go_together(anatomy_file: Path, tmp_path: Path, files: dict[str, Path]) -> None:
    few = functional_file(tmp_path / "few.nc", 6, areas=SOME)
    two = functional_file(tmp_path / "two.nc", 6, areas=("V1", "V2"))
    other = functional_file(tmp_path / "other.nc", 6, signal="experiment", areas=SOME)
    for paths, finding in (
        ([files["ground"], few], f"{few}: holds other areas than {files['ground']}; expected simulations of the same areas"),
        ([two], f"{two}: holds 2 areas; expected 3 or more, whose matrices can be compared"),
        ([files["experiment"]], "functional connectivity: no file of a simulation; make one with "),
        ([files["ground"], files["experiment"], other], f"{other}: a second file of the experiment; expected one at most"),
        ([files["ground"], other], f"{other}: lacks the areas VP, V3, "),
    ):
        with pytest.raises(InputError) as error:
            collect(anatomy_file, paths)
        assert str(error.value).startswith(finding)


def test_all_panels(anatomy_file: Path, files: dict[str, Path]) -> None:
    figure = drawn("functional-connectivity", anatomy_file, *files.values())
    assert titles(figure) == [
        "ground: synaptic input",
        "resting: synaptic input",
        "resting: BOLD",
        "Experiment (fMRI)",
        "Structure",
        "Similarity to the experiment",
        "Communities",
        "Adjusted Rand index",
    ]
    assert letters(figure) == "ABCDEFGH"
    assert figure.get_supxlabel() == ""
    orders = {tuple(label.get_text() for label in axes.get_yticklabels()) for axes in shown(figure)[:5]}
    assert len(orders) == 1
    assert len(set(next(iter(orders)))) == 32
    bars = [patch.get_height() for patch in shown(figure)[5].patches]
    table = agreement(collect(anatomy_file, list(files.values())))
    of = table[table["reference"] == "experiment"].set_index("seed")["r"]
    np.testing.assert_allclose(bars, [of[1], (of[2] + of[3]) / 2, of[4]])  # two seeds of the resting state


def test_what_is_missing_is_said(anatomy_file: Path, files: dict[str, Path]) -> None:
    figure = drawn("functional-connectivity", anatomy_file, files["ground"], files["resting"])
    assert titles(figure)[:4] == ["ground: synaptic input", "resting: synaptic input", "Structure", "Similarity to the structure"]
    note = figure.get_supxlabel()
    assert "Without the BOLD signal: it needs 30 s, the simulations have 2 s." in note
    assert "Without the experiment" in note


def test_one_state_may_be_chosen_and_many_leave_the_best(anatomy_file: Path, tmp_path: Path, files: dict[str, Path]) -> None:
    assert titles(drawn("functional-connectivity", anatomy_file, files["ground"], files["resting"], state="ground"))[:2] == [
        "ground: synaptic input",
        "Structure",
    ]
    with pytest.raises(InputError, match="no state 'high'; the inputs hold ground, resting"):
        drawn("functional-connectivity", anatomy_file, files["ground"], files["resting"], state="high")
    many = [functional_file(tmp_path / f"chi-{i}.nc", 10 + i, state=f"chi-{i}") for i in range(5)]
    figure = drawn("functional-connectivity", anatomy_file, *many, files["experiment"])
    table = agreement(collect(anatomy_file, [*many, files["experiment"]]))
    best = table[table["reference"] == "experiment"].set_index("state")["r"].idxmax()
    assert titles(figure)[:3] == [f"{best}: synaptic input", "Experiment (fMRI)", "Structure"]
    assert [label.get_text() for label in shown(figure)[3].get_xticklabels()] == [f"chi-{i}" for i in range(5)]


def test_the_structure_opens_no_row(anatomy_file: Path, files: dict[str, Path]) -> None:
    figure = drawn("functional-connectivity", anatomy_file, *(files[name] for name in ("ground", "resting", "experiment")))
    assert titles(figure)[:4] == ["ground: synaptic input", "resting: synaptic input", "Experiment (fMRI)", "Similarity to the experiment"]
    assert [label.get_text() for label in shown(figure)[4].get_yticklabels()] == ["ground, input", "resting, input", "fMRI", "structure"]


def test_the_order_of_inputs_is_said(anatomy_file: Path) -> None:
    with pytest.raises(InputError, match="1 input; it draws an anatomy file and one file of `functional` or more, in this order"):
        drawn("functional-connectivity", anatomy_file)


def test_commands(anatomy_file: Path, tmp_path: Path, files: dict[str, Path]) -> None:
    table = tmp_path / "agreement.csv"
    given = [files[name] for name in ("ground", "resting", "experiment")]
    assert analyse("functional-agreement", *given, "--anatomy", anatomy_file, "--out", table) == 0
    assert list(pd.read_csv(table)["reference"]) == ["experiment", "structure"] * 2 + ["structure"]
    assert_written_twice_the_same("functional-connectivity", [anatomy_file, *given], tmp_path)


def test_command_from_series_and_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.analysis.functional.made_up import series

    labels = ["V1-23E", "V1-23I", "V2-5E", "TH-5E"]
    write_network(small_network(dict.fromkeys(labels, 30), 5.0, 1000.0), tmp_path / "network.nc")
    write_series(series(np.random.default_rng(1).poisson(2, (4, 800)), labels), tmp_path / "series.nc")
    call = ("functional", tmp_path / "series.nc", tmp_path / "network.nc", "--out", tmp_path / "functional.nc")
    assert analyse(*call) == 0
    assert (tmp_path / "functional.nc").is_file()
    assert analyse(*call, "--signal", "bold") == 2
    assert "series: 800 ms are simulated; expected 30000 ms or more" in capsys.readouterr().err
