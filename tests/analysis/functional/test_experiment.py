"""Reader of the experimental matrix: a made-up file of its form, files that are not, and the real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.functional.connect import connect_experiment
from analysis.functional.correlation import similarity
from contracts.functional import check_functional
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError
from sources.checksums import SourceFolder
from sources.fetch import raw_folder
from sources.functional import FILE, experimental_connectivity
from tests.analysis.functional.made_up import experiment_text

V1_V2 = 0.7623514948, 0.8055261829
REGIONS = ["A1", *AREAS[::-1], "S"]


def symmetric(seed: int = 1) -> np.ndarray:
    values = np.random.default_rng(seed).uniform(-0.9, 0.9, (2 * len(REGIONS),) * 2)
    values = (values + values.T) / 2
    np.fill_diagonal(values, 0.0)
    return values


def folder(tmp_path: Path, text: str) -> SourceFolder:
    path = tmp_path / FILE
    path.write_text(text)
    return SourceFolder(tmp_path, {FILE: path})


def test_each_hemisphere_is_read_by_the_names_of_its_areas(tmp_path: Path) -> None:
    values = symmetric()
    files = folder(tmp_path, experiment_text(values, REGIONS * 2))
    n = len(REGIONS)
    tables = {name: experimental_connectivity(files, name) for name in ("first", "second", "mean")}
    place = {area: REGIONS.index(area) for area in AREAS}
    for one, other in (("V1", "TH"), ("7a", "46"), ("V2", "V3A")):
        i, j = place[one], place[other]
        assert tables["first"].loc[one, other] == pytest.approx(values[i, j])
        assert tables["second"].loc[one, other] == pytest.approx(values[n + i, n + j])
        assert tables["mean"].loc[one, other] == pytest.approx((values[i, j] + values[n + i, n + j]) / 2)
    assert experimental_connectivity(files).equals(tables["second"])  # as published
    assert list(tables["first"].index) == list(tables["first"].columns) == list(AREAS)
    assert (np.diag(tables["mean"]) == 1).all()


def without(name: str) -> list[str]:
    return [region for region in REGIONS if region != name] + ["Z"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (experiment_text(symmetric(), without("V4t") * 2), "line 4 does not name V4t twice; expected the regions of both hemispheres"),
        (experiment_text(symmetric()[:-1], REGIONS * 2), "67 lines of numbers for 68 regions; expected one line for each"),
        (
            experiment_text(symmetric(), REGIONS * 2).replace("\t0.", "\tx.", 1),
            "not a table of numbers below line 4; expected 68 in each line",
        ),
        (experiment_text(np.triu(symmetric()), REGIONS * 2), "the matrix is not symmetric; expected correlation coefficients"),
        (experiment_text(symmetric(), REGIONS + REGIONS[::-1]), "the two halves of line 4 name different regions"),
        ("", "line 4 does not name V1, "),
    ],
    ids=["an area is missing", "a line is missing", "no number", "not symmetric", "other halves", "empty"],
)
def test_files_of_another_form_are_refused(tmp_path: Path, text: str, finding: str) -> None:
    with pytest.raises(InputError) as error:
        experimental_connectivity(folder(tmp_path, text))
    assert finding in str(error.value)
    assert "\n" not in str(error.value)


def test_unknown_hemisphere(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hemisphere left: expected first, second, mean"):
        experimental_connectivity(folder(tmp_path, ""), "left")


@pytest.mark.golden
def test_the_real_file(raw_dir: Path) -> None:
    files = raw_folder(raw_dir, uses=("functional",))
    tables = {name: experimental_connectivity(files, name) for name in ("first", "second", "mean")}
    # read off the file: row V1, column V2 of either half
    assert tables["first"].loc["V1", "V2"] == pytest.approx(V1_V2[0])
    assert tables["second"].loc["V1", "V2"] == pytest.approx(V1_V2[1])
    assert similarity(tables["first"].to_numpy(), tables["second"].to_numpy(), diagonal=False) == pytest.approx(0.8991, abs=1e-4)
    dataset = connect_experiment(raw_dir)
    check_functional(dataset, "experiment")
    np.testing.assert_array_equal(dataset["correlation"], tables["second"])
    assert dataset.attrs["hemisphere"] == "second"
