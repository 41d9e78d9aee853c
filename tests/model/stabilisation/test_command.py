"""``python -m model stabilise|compare-indegrees``: files in, files out, on two areas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from contracts.stabilisation import read_stabilisation
from model.__main__ import main
from model.anatomy import Anatomy
from model.stabilisation.drive import DrivenNetwork
from model.stabilisation.parameters import StabilisationParameters
from model.stabilisation.table import read_stabilised
from procortex.utilities.errors import InputError
from tests.model.stabilisation.networks import stabilised, two_areas


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[StabilisationParameters]:
    """Two areas instead of the whole anatomy; what the command asks of them."""
    given: list[StabilisationParameters] = []

    def small(_: Anatomy, parameters: StabilisationParameters) -> DrivenNetwork:
        given.append(parameters)
        network = two_areas(("V1", "V2"), 3.1)
        return DrivenNetwork(network.labels, network.indegree, network.external_indegree, parameters)

    monkeypatch.setattr("model.stabilisation.indegrees.driven_network", small)
    return given


def test_stabilise_writes_table_and_record(
    asked: list[StabilisationParameters], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, record = tmp_path / "indegrees.csv", tmp_path / "record.nc"
    options = ["--record", str(record), "--dt", "0.1", "--T", "40", "--kappa-target", "1.2"]
    assert main(["stabilise", "--out", str(out), *options]) == 0
    assert asked == [StabilisationParameters(dt=0.1, T=40.0, kappa_target=1.2)]
    expected = stabilised()
    before, after = read_stabilised(expected.network.labels, out)
    np.testing.assert_allclose(before, expected.iterations[0].network.indegree, rtol=1e-11)
    np.testing.assert_allclose(after, expected.indegree, rtol=1e-11)
    np.testing.assert_array_equal(read_stabilisation(record)["indegree"][-1], expected.indegree)
    change = np.abs(expected.indegree - expected.iterations[0].network.indegree).sum() / expected.iterations[0].network.indegree.sum()
    printed = capsys.readouterr().out
    assert printed.startswith(f"{out}: 2 changes, {change:.1%} of the in-degrees moved, no transition below kappa = 1.2, ")


def test_every_parameter_is_an_option(asked: list[StabilisationParameters], tmp_path: Path) -> None:
    values = {
        "g": -16.0, "rate_ext": 8.5, "fac_nu_ext_TH": 1.1, "kappa_start": 1.01, "kappa_target": 1.05, "kappa_step": 0.02, "dt": 0.2,
        "T": 10.0, "max_iterations": 0,
    }  # fmt: skip
    options = [part for name, value in values.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    main(["stabilise", "--out", str(tmp_path / "indegrees.csv"), *options])
    assert asked == [StabilisationParameters(**values)]


def test_what_cannot_be_stabilised_ends_with_status_2_and_writes_nothing(
    asked: list[StabilisationParameters], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, record = tmp_path / "indegrees.csv", tmp_path / "record.nc"
    options = ["--record", str(record), "--dt", "0.1", "--T", "40", "--kappa-target", "1.2", "--max-iterations", "0"]
    assert main(["stabilise", "--out", str(out), *options]) == 2
    assert "error: stabilisation: after 0 changes a transition at kappa = 1." in capsys.readouterr().err
    assert main(["stabilise", "--out", str(out), *options, "--set", "surface=1.5", "av_indegree_V1=4000"]) == 2
    error = capsys.readouterr().err
    assert (
        "is left; expected none below 1.2; this anatomy has network_params.surface 1.5 (published: 1) and connection_params.av_ind" in error
    )
    assert error.endswith("expected values nearer to the published ones, or connectivity.stabilisation: none\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--dt 0", "dt: is 0, expected more than 0, at most 1"),
        ("--dt 2", "dt: is 2, expected more than 0, at most 1"),
        ("--T 0", "T: is 0, expected more than 0"),
        ("--g 4", "g: is 4, expected 0 or less"),
        ("--rate-ext -1", "rate_ext: is -1, expected 0 or more"),
        ("--fac-nu-ext-TH -1", "fac_nu_ext_TH: is -1, expected 0 or more"),
        ("--kappa-start 0.5", "kappa_start: is 0.5, expected at least 0.7"),
        ("--kappa-step 0", "kappa_step: is 0, expected more than 0, and at most the way from kappa_start to kappa_target"),
        ("--kappa-step 0.5", "kappa_step: is 0.5, expected more than 0, and at most the way from kappa_start to kappa_target"),
        ("--max-iterations -1", "max_iterations: is -1, expected 0 or more"),
    ],
)
def test_bad_options_end_with_status_2_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: str, message: str) -> None:
    assert main(["stabilise", "--out", str(tmp_path / "indegrees.csv"), *options.split()]) == 2
    where = "" if message.startswith("--") else "stabilisation: "
    assert capsys.readouterr().err == f"error: {where}{message}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", ["--dt nan", "--T inf"])
def test_numbers_are_finite(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: str) -> None:
    assert main(["stabilise", "--out", str(tmp_path / "indegrees.csv"), *options.split()]) == 2
    assert capsys.readouterr().err == f"error: {options}: expected a finite number\n"
    assert list(tmp_path.iterdir()) == []


def test_all_bad_parameters_are_named() -> None:
    with pytest.raises(InputError) as error:
        StabilisationParameters(kappa_start=1.2, kappa_target=1.1, dt=0.0)
    assert str(error.value).splitlines() == [
        "stabilisation: kappa_target: is 1.1, expected more than kappa_start (1.2)",
        "stabilisation: kappa_step: is 0.01, expected more than 0, and at most the way from kappa_start to kappa_target",
        "stabilisation: dt: is 0, expected more than 0, at most 1",
    ]


def test_the_configuration_makes_the_anatomy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "none"
    assert main(["stabilise", "--set", f"tables_dir={folder}", "--out", str(tmp_path / "indegrees.csv")]) == 2
    assert str(folder) in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("published", [True, False])
def test_compare_writes_every_table(
    published: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[list[str]] = []

    def over_kappa(_: object, matrices: dict[str, np.ndarray]) -> pd.DataFrame:
        seen.append(list(matrices))
        return pd.DataFrame({"kappa": [1.0]})

    def raw_folder(*_: object, **__: object) -> str:
        if not published:
            raise InputError("no raw data")
        return "raw"

    # scans of the whole anatomy take a minute each; the published in-degrees need the raw data
    monkeypatch.setattr("model.stabilisation.compare.over_kappa", over_kappa)
    monkeypatch.setattr("sources.fetch.raw_folder", raw_folder)
    monkeypatch.setattr("model.anatomy.stabilised.read_published_indegrees", lambda _: np.ones((254, 254)))
    out = tmp_path / "tables"
    assert main(["compare-indegrees", "--out", str(out), "--chi", "1"]) == 0
    names = ["by_area_pair", "by_layer", "largest_changes", "over_chi", "over_kappa", "summary"]
    assert sorted(path.name for path in out.iterdir()) == [f"{name}.csv" for name in names]
    matrices = ["none", "computed", *(["published"] if published else [])]
    assert seen == [matrices]
    assert list(pd.read_csv(out / "over_chi.csv")["indegrees"].fillna("none")) == matrices
    assert set(pd.read_csv(out / "over_chi.csv")["chi"]) == {1.0}
    printed = capsys.readouterr().out
    assert ("without the published in-degrees: no raw data" in printed) != published
