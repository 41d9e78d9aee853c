"""The table of stabilised in-degrees: round trip, errors by line, and the one in ``data/``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from contracts.tables import stabilised_file
from model.configuration import load_experiment
from model.network.build import build_network
from model.stabilisation.indegrees import driven_network
from model.stabilisation.table import SAME, read_stabilised, same_indegrees, write_stabilised
from model.theory.meanfield import mean_field_of
from model.theory.relaxation import fixed_point
from model.theory.siegert import Array
from model.theory.stability import critical_eigenvalue
from procortex.formats.populations import label_areas, label_layers, population_labels
from procortex.utilities.errors import InputError
from tests.model.stabilisation.networks import anatomy

LABELS = population_labels(["V1", "TH"])
HEADER = "target,source,anatomical,stabilised\n"


def random_pair() -> tuple[Array, Array]:
    """In-degrees of many sizes, some connections only before or only after."""
    random = np.random.default_rng(1)
    before, after = 10 ** random.uniform(-6, 4, (2, 14, 14))
    before[random.random((14, 14)) < 0.3] = 0
    after[random.random((14, 14)) < 0.3] = 0
    return before, after


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    before, after = random_pair()
    write_stabilised(LABELS, before, after, path)
    read = read_stabilised(LABELS, path)
    for found, expected in zip(read, (before, after), strict=True):
        np.testing.assert_allclose(found, expected, rtol=5e-12, atol=0)  # twelve digits
        assert same_indegrees(found, expected)
    lines = path.read_text().splitlines()
    assert lines[0] + "\n" == HEADER
    assert len(lines) == 1 + int(((before > 0) | (after > 0)).sum())
    write_stabilised(LABELS, *read, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == path.read_bytes()


def test_rows_are_target_source_before_after_in_any_order(tmp_path: Path) -> None:
    rows = "V1-23E,TH-5E,0,2.5\r\nV1-23I,V1-23E,7,0\r\n"
    path = written(tmp_path, "\ufeff" + HEADER + rows)  # as spreadsheets save it
    before, after = read_stabilised(LABELS, path)
    first, second = (LABELS.index("V1-23E"), LABELS.index("TH-5E")), (LABELS.index("V1-23I"), LABELS.index("V1-23E"))
    assert (before[first], after[first]) == (0, 2.5)
    assert (before[second], after[second]) == (7, 0)
    assert np.count_nonzero(before) == np.count_nonzero(after) == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("V1-23E,V1-23E,1", "has 3 cells, expected 4"),
        ("V1-23E,V1-23E,1,2,3", "has 5 cells, expected 4"),
        ("V2-23E,V1-23E,1,2", "'V2-23E' is no population, expected a label such as V1-23E"),
        ("V1-23E,TH-4E,1,2", "'TH-4E' is no population, expected a label such as V1-23E"),
        ("V1-23E,V1-23I,a,2", "in-degrees are 'a' and '2', expected two numbers"),
        ("V1-23E,V1-23I,1_0,2", "in-degrees are '1_0' and '2', expected two numbers"),
        ("V1-23E,V1-23I,,2", "in-degrees are '' and '2', expected two numbers"),
        ("V1-23E,V1-23I,1,-2", "in-degrees are 1 and -2, expected 0 or more"),
        ("V1-23E,V1-23I,nan,2", "in-degrees are nan and 2, expected 0 or more"),
        ("V1-23E,V1-23I,1,inf", "in-degrees are 1 and inf, expected 0 or more"),
        ("V1-6I,V1-6I,1,2", "V1-6I <- V1-6I stands a second time, expected once"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    path = written(tmp_path, f"{HEADER}V1-6I,V1-6I,1,1\n{row}\nV1-5E,V1-5E,1,1\n")
    with pytest.raises(InputError) as error:
        read_stabilised(LABELS, path)
    assert str(error.value) == f"{path}: line 3: {message}"


def test_all_lines_with_errors_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "a,V1-23E,1,2\nV1-23E,V1-23E,1,2\nV1-23E,V1-23I,x,2\n")
    with pytest.raises(InputError) as error:
        read_stabilised(LABELS, path)
    assert [line.split(": ")[1] for line in str(error.value).splitlines()] == ["line 2", "line 4"]


COLUMNS = "target, source, anatomical, stabilised"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"is empty, expected CSV with the columns {COLUMNS}"),
        ("target,source,stabilised\n", f"the columns are target, source, stabilised; expected {COLUMNS}"),
        (HEADER.replace(",", ";"), "line 1: cells are separated by semicolons; expected commas between cells, and points in numbers"),
        (HEADER + 'V1-23E,V1-23E,1,"1,5"\n', "line 2: in-degrees are '1' and '1,5', expected two numbers; write 1.5, with a point"),
        (HEADER + "V1-23E,V1-23E,1,1.5,\n", "line 2: has 5 cells, expected 4"),
    ],
)
def test_other_layouts_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as error:
        read_stabilised(LABELS, path)
    assert str(error.value) == f"{path}: {message}"


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(HEADER.encode() + b"V1-23E,V1-23E,1,\xff\n")
    with pytest.raises(
        InputError, match=r"table\.csv: line 2: byte 0xff is not UTF-8 \(Latin-1 or Windows-1252\?\); save the file as UTF-8"
    ):
        read_stabilised(LABELS, path)


def test_indegrees_are_the_same_up_to_the_digits_of_a_table() -> None:
    before, _ = random_pair()
    assert same_indegrees(before * (1 + 0.5 * SAME), before)
    assert not same_indegrees(before * (1 + 2 * SAME), before)
    one = before.copy()
    one[0, 0] += 1e-3 * (one[0, 0] + 1)
    assert not same_indegrees(one, before)


@pytest.fixture(scope="module")
def committed() -> tuple[Array, Array]:
    """In-degrees before and after, of the table in ``data/``."""
    return read_stabilised(population_labels(), stabilised_file())


def test_the_committed_table_starts_from_the_committed_anatomy(committed: tuple[Array, Array]) -> None:
    assert same_indegrees(committed[0], driven_network(anatomy()).indegree)


def test_the_committed_table_keeps_to_the_constraints(committed: tuple[Array, Array]) -> None:
    before, after = committed
    areas, layers = label_areas(population_labels()), label_layers(population_labels())
    between = areas[:, None] != areas[None, :]
    sources = set(layers[(after * between > 0).any(axis=0)])
    assert sources == {"23E", "5E", "6E"}
    assert (after >= 0).all()
    np.testing.assert_array_equal(after[between & ~np.isin(layers, ["23E", "5E", "6E"])[None, :]], 0)
    # a correction of the anatomy, not another one; the published stabilisation moves an eighth
    assert 0.001 < np.abs(after - before).sum() / before.sum() < 0.2


def test_the_committed_table_has_a_ground_state() -> None:
    given = {"stabilisation": "computed", "g": -11, "rate_ext": 10, "cc_weights_factor": 1, "cc_weights_I_factor": 1}
    field = mean_field_of(build_network(load_experiment([], given).state()))
    rest = fixed_point(field)
    assert rest.settled
    assert 2 < rest.rates.mean() < 6
    assert rest.rates.max() < 50
    assert critical_eigenvalue(field, rest.rates) < 1


def test_the_committed_table_without_stabilisation_has_none() -> None:
    given = {"stabilisation": "none", "g": -11, "rate_ext": 10, "cc_weights_factor": 1, "cc_weights_I_factor": 1}
    rest = fixed_point(mean_field_of(build_network(load_experiment([], given).state())))
    assert rest.rates.mean() > 50


def test_the_committed_table_leaves_low_activity_under_stronger_connections() -> None:
    factors = (1.4, 1.9, 2.5)
    ends = []
    for factor in factors:
        given = {"stabilisation": "computed", "g": -11, "rate_ext": 10, "cc_weights_factor": factor, "cc_weights_I_factor": 2}
        ends.append(fixed_point(mean_field_of(build_network(load_experiment([], given).state()))))
    assert any(not end.settled and end.rates.max() > 100 for end in ends)
