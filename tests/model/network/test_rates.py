"""Rate files: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from contracts.rates import write_rates
from model.configuration import resolve_parameters
from model.network.build import build_network
from model.network.rates import rate_vector, read_rates
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, population_labels
from procortex.utilities.errors import InputError
from tests.helpers.series import write_periodic

LABELS = population_labels()


def everything() -> dict[str, dict[str, float | None]]:
    return {area: {"total": 3.0, **dict.fromkeys(LAYER_POPULATIONS, 1.0)} for area in AREAS}


def vector(folder: Path, rates: object):
    path = folder / "rates.json"
    path.write_text(json.dumps(rates))
    found, where = read_rates(str(path), None)
    return rate_vector(found, LABELS, lambda _: True, where)


def test_totals_and_layer_4_of_th_are_ignored(tmp_path: Path) -> None:
    rates = everything()
    rates["TH"] |= {"4E": 0.0, "4I": 0.0}
    assert vector(tmp_path, rates).sum() == 254


def test_every_missing_rate_is_named(tmp_path: Path) -> None:
    rates = everything()
    del rates["V2"], rates["MT"]["5E"]
    rates["V1"] |= {"23E": None, "4I": -1.0, "5E": 1e300, "6E": "x"}
    with pytest.raises(InputError) as error:
        vector(tmp_path, rates)
    lines = [line.partition("rates.json: ")[2] for line in str(error.value).split("\n")]
    assert lines == [
        "area V2 is missing, expected rates (spikes/s) of its populations",
        "the rate of V1-23E is missing, expected spikes/s, 0 or more",
        "the rate of V1-4I is -1.0, expected spikes/s, 0 or more",
        "the rate of V1-5E is 1e+300, expected spikes/s, at most 10,000",
        'the rate of V1-6E is "x", expected spikes/s, 0 or more',
        "the rate of MT-5E is missing, expected spikes/s, 0 or more",
    ]


def test_rates_that_nobody_needs_may_be_missing() -> None:
    rates = {"V2": dict.fromkeys(LAYER_POPULATIONS, 2.0)}
    assert rate_vector(rates, LABELS, lambda label: label.startswith("V2-"), "here").sum() == 16


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[1]", "expected rates as"),
        ('{"V1": 3}', "expected rates as"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"V1": {"23E": 1, "23E": 2}}', "23E is given twice"),
        ('{"V1": {"23E": NaN}}', "NaN is no finite number"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rates.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_rates(str(path), None)
    with pytest.raises(InputError, match=r"no such file of rates; expected JSON [^?]*$"):
        read_rates(str(tmp_path / "none.json"), None)


def test_a_misspelt_word_is_no_path() -> None:
    with pytest.raises(InputError, match=r"^theorie: no such file of rates; .*; did you mean theory\?$"):
        read_rates("theorie", None)


def test_a_build_needs_the_published_rates_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for needed in ({"K_scaling": 0.5}, {"areas_simulated": "V1"}):
        with pytest.raises(InputError, match=r"cannot be reached \(.*\); 8 published files are still needed"):
            build_network(resolve_parameters({"published": True, "fullscale_rates": "published", **needed}))
    assert not list(tmp_path.rglob("*.npy"))


def statistics(path: Path, runs: int = 1) -> Path:
    rows = [
        {
            "state": "resting",
            "simulator": "cpu",
            "seed": seed,
            "area": area,
            "population": population,
            "statistic": statistic,
            "definition": definition,
            "value": value,
        }
        for seed in range(1, runs + 1)
        for area, value in (("V1", 2.5), ("all", 9.0))
        for population in ("23E", "6I")
        for statistic, definition in (("rate", "knight2021"), ("rate", "schmidt2018"), ("lvr", "knight2021"))
    ]
    pd.DataFrame(rows).to_parquet(path)
    return path


def test_rates_of_a_run_from_its_statistics(tmp_path: Path) -> None:
    expected = {"V1": {"23E": 2.5, "6I": 2.5}}
    assert read_rates(str(statistics(tmp_path / "statistics.parquet")), None)[0] == expected
    assert read_rates(str(tmp_path), None)[0] == expected


def test_rates_of_a_run_from_its_series_are_those_after_the_start(tmp_path: Path) -> None:
    series = write_periodic(tmp_path / "series.nc", 700, ["V1"])
    for place in (tmp_path, tmp_path / "series.nc"):
        rates, _ = read_rates(str(place), None)
        assert rates["V1"]["5E"] == pytest.approx(float(series["counts"].sel(target="V1-5E")[500:].sum()) / 200 / 0.2)


def test_a_file_of_rates_goes_before_what_it_was_made_from(tmp_path: Path) -> None:
    statistics(tmp_path / "statistics.parquet")
    write_rates({"V1": {"4E": 1.0}}, tmp_path / "rates.json")
    assert read_rates(str(tmp_path), None)[0] == {"V1": {"4E": 1.0}}


def test_runs_without_rates_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds none of rates\.json, statistics\.parquet, series\.nc; expected the folder of one run"):
        read_rates(str(tmp_path), None)
    with pytest.raises(InputError, match=r"holds rates of 2 runs: resting of cpu with seed 1; resting of cpu with seed 2; expected"):
        read_rates(str(statistics(tmp_path / "two.parquet", 2)), None)
    write_periodic(tmp_path / "short.nc", 500, ["V1"])
    with pytest.raises(InputError, match="ends at 500 ms, but rates are those after 500 ms"):
        read_rates(str(tmp_path / "short.nc"), None)
    (tmp_path / "text.parquet").write_text("no table")
    for name, message in (("text", "not a readable Parquet table"), ("none", "no such file of statistics")):
        with pytest.raises(InputError, match=message):
            read_rates(str(tmp_path / f"{name}.parquet"), None)
