"""Factors on single projections: the table, the pairs that its lines select, and what networks and theory see of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from model.__main__ import main
from model.circuit.overrides import Override, pair_factors, read_overrides, selected_pairs, without_effect
from model.configuration import Parameters, resolve_parameters
from model.network.assemble import assemble_network, full_scale_circuit
from model.network.build import anatomy_of, build_network, factors_of
from model.theory.meanfield import mean_field_of
from procortex.formats.network import labels_of, pair_matrix, stream_matrix
from procortex.formats.populations import label_areas, population_labels
from procortex.utilities.errors import InputError

LABELS = population_labels()
AREAS = label_areas(LABELS)
BETWEEN = AREAS[:, None] != AREAS[None, :]


def classes() -> np.ndarray:
    """V1 and V2 feed forward to V4, V4 back to them; everything else is lateral."""
    letters = np.full(BETWEEN.shape, "C")
    low, high = np.isin(AREAS, ["V1", "V2"]), AREAS == "V4"
    letters[high[:, None] & low[None, :]] = "F"
    letters[low[:, None] & high[None, :]] = "M"
    return letters


def override(target: str, source: str, kind: str = "", indegree: float = 1.0, weight: float = 1.0) -> Override:
    return Override(2, target, source, kind, indegree, weight)


def table(folder: Path, text: str) -> Path:
    path = folder / "overrides.csv"
    path.write_text(text)
    return path


def test_a_table_is_read_in_any_order_of_its_columns(tmp_path: Path) -> None:
    path = table(tmp_path, "\ufeffkind,weight,source,target\nfeedback, 0.5 ,*,V1\n,,,\n,,46-5E,23I\n")
    assert read_overrides(path) == (Override(2, "V1", "*", "feedback", 1.0, 0.5), Override(4, "23I", "46-5E", "", 1.0, 1.0))


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("", ["is empty, expected CSV with the columns target, source, indegree, weight"]),
        ("target,source\n", ["line 1: columns indegree, weight: both missing, expected factors in at least one of them"]),
        (
            "target,indegree,weights\n",
            ["line 1: column 'weights': unknown, did you mean weight?", "line 1: column source: missing, expected"],
        ),
        ("target,source,weight,weight\n", ["line 1: column weight: stands 2 times, expected once"]),
        ("target,source,weight\nV1,V2\n", ["line 2: has 2 cells, expected 3 as in the first line"]),
        (
            "target,source,weight,kind\nV22,,half,feedbak\nTH-4E,TH,-1,\nV1,V1,nan,\n",
            [
                "line 2: target is 'V22', expected an area (V4), a population of an area (V4-23E), a population of all areas (5E), or *; "
                "did you mean V2?",
                "line 2: source is empty, expected an area",
                "line 2: kind is 'feedbak', expected feedforward, lateral, feedback or nothing; did you mean feedback?",
                "line 2: weight is 'half', expected a factor of 0 or more, or nothing",
                "line 3: target is 'TH-4E', expected",
                "line 3: weight is '-1', expected",
                "line 4: weight is 'nan', expected",
            ],
        ),
        ("target,source,weight\n", ["holds no line below its header, expected one for each override"]),
        ("target;source;weight\nV1;V2;1,5\n", ["line 1: cells are separated by semicolons; expected commas between cells"]),
        ("sep=;\ntarget;source;weight\n", ["line 1: cells are separated by semicolons"]),
        ("target\tsource\tweight\n", ["line 1: cells are separated by tabs"]),
        ("target source weight\nV1 V2 1.5\n", ["line 1: cells are separated by spaces"]),
        ("target,source,weight,\nV1,V2,1,\n", ["line 1: column 4 has no name: expected target, source, indegree, weight, kind"]),
        ("target,source,weight\nV1,V2,1_5\n", ["line 2: weight is '1_5', expected a factor of 0 or more, or nothing"]),
        ('target,source,weight\nV1,V2,"1,5"\n', ["line 2: weight is '1,5', expected a factor of 0 or more, or nothing; write 1.5"]),
        ("target,source,weight\nV1,V2,\0\n", ["line 2: holds a NUL byte, expected a text in UTF-8"]),
        ("target,source,weight\n" + "x,V2,1\n" * 1000, ["line"] * 20 + ["and 980 more lines of this kind"]),
        ('target,source,weight\n"V1,V2,1\n', ["line 2: not readable as CSV (unexpected end of data)"]),
    ],
)
def test_every_mistake_is_named_with_its_line(tmp_path: Path, text: str, findings: list[str]) -> None:
    path = table(tmp_path, text)
    with pytest.raises(InputError) as error:
        read_overrides(path)
    lines = str(error.value).split("\n")
    assert len(lines) == len(findings)
    for line, finding in zip(lines, findings, strict=True):
        assert line.startswith(f"{path}: {finding}")


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        ("täble".encode("latin-1"), "line 1: byte 0xe4 is not UTF-8"),
        ("target,source".encode("utf-16"), "is text in UTF-16, expected a text in UTF-8"),
        ("target,source".encode("utf-16-le"), "line 1: holds a NUL byte, expected a text in UTF-8"),
        (b"PK\x03\x04xl", "is a spreadsheet (.xlsx, .ods) or zip archive, expected a text in UTF-8 (of a spreadsheet: CSV)"),
        (b"\x1f\x8b\x08", "is packed with gzip, expected a text"),
        (None, "is a folder, expected a file"),
        ("pipe", "is a pipe, socket or device, expected a file"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes | str | None, finding: str) -> None:
    path = tmp_path / "overrides.csv"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(InputError) as error:
        read_overrides(path)
    assert str(error.value).startswith(f"{path}: {finding}")
    assert "\n" not in str(error.value)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such table of overrides; expected CSV with the columns target, source, indegree, weight"):
        read_overrides(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("target", "source", "kind", "number"),
    [
        ("V4", "FEF", "", 8 * 8),
        ("V4-23E", "FEF", "", 8),
        ("V4-23E", "FEF-5E", "", 1),
        ("5E", "46", "", 32 * 8),
        ("4E", "TH", "", 31 * 6),
        ("*", "*", "", 254 * 254),
        ("V4", "*", "feedforward", 8 * 16),
        ("*", "V4-5E", "feedback", 16),
        ("*", "*", "feedback", 16 * 8),
        ("V1", "V2", "lateral", 64),
    ],
)
def test_a_line_selects_pairs(target: str, source: str, kind: str, number: int) -> None:
    assert selected_pairs(override(target, source, kind), LABELS, classes()).sum() == number


def test_later_lines_multiply() -> None:
    factors = pair_factors([override("V4", "*", indegree=0.5), override("23E", "V1", indegree=4, weight=3)], LABELS, classes(), "t")
    there = factors.indegree[LABELS.index("V4-23E")]
    assert there[LABELS.index("V1-5E")] == 2
    assert there[LABELS.index("V2-5E")] == 0.5
    assert factors.weight[LABELS.index("V4-23E"), LABELS.index("V1-5E")] == 3
    assert (factors.weight != 1).sum() == 32 * 8


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            override("V4", "V1", "feedback"),
            "t: line 2: kind is feedback, but V4 <- V1 is feedforward by its fraction of supragranular neurons; expected feedforward",
        ),
        (override("V4", "V4-5E", "lateral"), "t: line 2: V4 <- V4-5E lies within one area, which has no kind; expected none, or two areas"),
    ],
)
def test_a_line_that_selects_nothing_is_refused(line: Override, message: str) -> None:
    with pytest.raises(InputError) as error:
        pair_factors([line], LABELS, classes(), "t")
    assert str(error.value).startswith(message)


def test_lines_about_pairs_without_synapses_are_found(anatomy) -> None:
    useless = override("V4", "FEF-23I")
    factors = pair_factors([override("V4", "FEF"), useless], LABELS, classes(), "t")
    assert without_effect(factors, LABELS, classes(), anatomy.indegree.to_numpy()) == [useless]


def test_networks_have_the_factors_before_scaling_and_replacement(anatomy, rates) -> None:
    """Every in-degree and weight of the circuit is multiplied, and so are the synapses, the streams and the current made from it."""
    factors = pair_factors(
        [override("V1", "V1-23I", weight=2), override("V2", "*", "lateral", 0), override("V1", "V2", indegree=0.25)], LABELS, classes(), "t"
    )
    given = {"areas_simulated": ["V1", "V2"], "N_scaling": 0.1, "K_scaling": 0.25}
    plain, changed = (assemble_network(anatomy, resolve_parameters(given), rates, rates, factors=f) for f in (None, factors))
    labels = labels_of(plain)
    pick = np.ix_([LABELS.index(label) for label in labels], [LABELS.index(label) for label in labels])
    matrices = {
        name: [pair_matrix(network, name).values for network in (plain, changed)] for name in ("indegree", "weight_mean", "weight_sd")
    }
    np.testing.assert_allclose(matrices["indegree"][1], matrices["indegree"][0] * factors.indegree[pick], rtol=1e-12)
    connected = matrices["indegree"][1] > 0  # only projections have weights
    for name in ("weight_mean", "weight_sd"):
        before, after = (matrix[connected] for matrix in matrices[name])
        np.testing.assert_allclose(after, before * factors.weight[pick][connected], rtol=1e-12)
    # no lateral area reaches V2 any more, as synapses or as Poisson input: what is left is the background, and V4
    outside = [float(stream_matrix(network, "stream_rate")[labels.index("V2-23E")].sum()) for network in (plain, changed)]
    background = 10.0 * float(plain["external_indegree"].sel(population="V2-23E"))
    v4 = 0.25 * float(anatomy.indegree.sel(target="V2-23E").values[AREAS == "V4"] @ rates[AREAS == "V4"])
    assert outside[1] == pytest.approx(background + v4, rel=1e-12)
    assert outside[0] > outside[1]
    # the mean input at the target rates is that of the full-scale network with the factors
    circuit = full_scale_circuit(anatomy, resolve_parameters({}), factors)
    current = (circuit.weight_mean * circuit.indegree) @ rates + circuit.external_weight * circuit.external_indegree * 10
    mean = 1e-3 * 10.0 * 0.5 / 250 * current  # tau_m tau_syn / C_m, mV
    scaled = mean_field_of(changed).mean(rates[np.isin(AREAS, ["V1", "V2"])])
    np.testing.assert_allclose(scaled, mean[np.isin(AREAS, ["V1", "V2"])], rtol=1e-9)


def test_the_file_says_what_was_overridden(anatomy, rates) -> None:
    factors = pair_factors([override("V1", "V1-23I", weight=2)], LABELS, classes(), "t")
    parameters = resolve_parameters({"areas_simulated": ["V1"], "overrides": "anywhere.csv"})
    network = assemble_network(anatomy, parameters, rates, rates, factors=factors)
    assert json.loads(network.attrs["overrides"]) == [{"target": "V1", "source": "V1-23I", "kind": "", "indegree": 1.0, "weight": 2.0}]
    assert "anywhere" not in network.attrs["configuration"]


class TestRealAnatomy:
    """From a file to the network, the theory and the anatomy file."""

    @staticmethod
    def parameters(path: Path | None, **given: object) -> Parameters:
        small = {"stabilisation": "none", "areas_simulated": ["V4", "FEF"], "replace_non_simulated_areas": "hom_poisson_stat"}
        return resolve_parameters(small | ({"overrides": str(path)} if path else {}) | given)

    def test_a_lesion(self, tmp_path: Path) -> None:
        path = table(tmp_path, "target,source,indegree\nFEF,V4,0\n")
        plain, lesioned = (build_network(self.parameters(given)) for given in (None, path))
        area = label_areas(labels_of(plain))
        gone = (area == "FEF")[:, None] & (area == "V4")[None, :]
        before, after = (pair_matrix(network, "synapses").values for network in (plain, lesioned))
        assert before[gone].any()
        assert not gone[lesioned["target"].values, lesioned["source"].values].any()
        np.testing.assert_array_equal(after[~gone], before[~gone])

    def test_the_classes_are_those_of_the_model(self, tmp_path: Path) -> None:
        """Every connection of the published model has the class of its synapses; 172 of 571 feed back."""
        path = table(tmp_path, "target,source,weight,kind\n*,*,0.5,feedback\n")
        parameters = self.parameters(path)
        anatomy = anatomy_of(parameters)
        factors = factors_of(anatomy, parameters)
        assert factors is not None
        by_area = factors.weight[np.ix_(*[np.unique(AREAS, return_index=True)[1]] * 2)]
        names = list(np.unique(AREAS))
        published = anatomy.connections.classes.loc[names, names].to_numpy()
        assert (published == "M").sum() == 172
        assert (by_area[published == "M"] == 0.5).all()
        assert (by_area[np.isin(published, ["F", "C"])] == 1).all()

    def test_a_line_without_effect_is_mentioned(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = table(tmp_path, "target,source,indegree\nMDP,V1-4E,2\nV4,FEF,2\n")
        build_network(self.parameters(path))
        assert capsys.readouterr().err.strip() == f"{path}: line 2: no synapses from V1-4E to MDP, no effect"

    def test_theory_and_anatomy_file_see_the_factors(self, tmp_path: Path) -> None:
        from contracts.anatomy import read_anatomy

        path = table(tmp_path, "target,source,indegree,weight\nFEF,V4,0.5,2\n")
        parameters = self.parameters(path)
        circuit = full_scale_circuit(anatomy_of(parameters), parameters, factors_of(anatomy_of(parameters), parameters))
        out = tmp_path / "anatomy.nc"
        options = ["--set", "stabilisation=none", f"overrides={path}"]
        assert main(["anatomy", *options, "--out", str(out)]) == 0
        written = read_anatomy(out)
        np.testing.assert_array_equal(written["indegree"], circuit.indegree)
        np.testing.assert_array_equal(written["weight_mean"], circuit.weight_mean)
        assert not np.array_equal(written["indegree"], written["indegree_anatomical"])
        plain, changed = (mean_field_of(build_network(self.parameters(given))) for given in (None, path))
        fef = slice(8, 16)
        np.testing.assert_allclose(changed.mean_gain[fef, :8], plain.mean_gain[fef, :8], rtol=1e-12)  # half as many, twice as strong
        np.testing.assert_allclose(changed.variance_gain[fef, :8], 2 * plain.variance_gain[fef, :8], rtol=1e-12)

    def test_a_bad_table_ends_with_its_lines(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = table(tmp_path, "target,source,indegree\nFEFF,V4,0\nFEF,V4,x\n")
        assert main(["build", "--set", f"overrides={path}", "--out", str(tmp_path / "n.nc")]) == 2
        assert capsys.readouterr().err.count(f"{path}: line ") == 2
        assert list(tmp_path.iterdir()) == [path]
