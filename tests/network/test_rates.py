"""Rate files: what is read, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.errors import InputError
from contracts.populations import AREAS, LAYER_POPULATIONS, population_labels
from model.circuit.rates import rate_vector, read_rates

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
    rates["V1"] |= {"23E": None, "4I": -1.0, "6E": "x"}
    with pytest.raises(InputError) as error:
        vector(tmp_path, rates)
    lines = [line.partition("rates.json: ")[2] for line in str(error.value).split("\n")]
    assert lines == [
        "area V2 is missing, expected rates (spikes/s) of its populations",
        "the rate of V1-23E is missing, expected spikes/s, 0 or more",
        "the rate of V1-4I is -1.0, expected spikes/s, 0 or more",
        'the rate of V1-6E is "x", expected spikes/s, 0 or more',
        "the rate of MT-5E is missing, expected spikes/s, 0 or more",
    ]


def test_rates_that_nobody_needs_may_be_missing() -> None:
    rates = {"V2": dict.fromkeys(LAYER_POPULATIONS, 2.0)}
    assert rate_vector(rates, LABELS, lambda label: label.startswith("V2-"), "here").sum() == 16


@pytest.mark.parametrize(("text", "message"), [("{", "not valid JSON"), ("[1]", "expected rates as"), ('{"V1": 3}', "expected rates as")])
def test_other_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rates.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_rates(str(path), None)
    with pytest.raises(InputError, match="no such file of rates"):
        read_rates(str(tmp_path / "none.json"), None)
